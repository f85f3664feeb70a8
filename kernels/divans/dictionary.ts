/**
 * Dictionary: the words of RFC 7932, appendix A, and what its transforms (appendix B) make of
 * them. The host puts both where they are read (DICTIONARY, TRANSFORMS).
 *
 *   transform   | prefix length, operation, suffix length, 0 | prefix 12 | suffix 16 |
 *   operation   0 as it is, 1 first letter upper case, 2 all upper case, 3..11 without its
 *               first 1..9 bytes, 12..20 without its last 1..9
 */
import { DICTIONARY, TRANSFORM_BYTES, TRANSFORM_COUNT, TRANSFORMS } from "../memory.ts";
import { wordBits } from "./command.ts";

const UPPER_FIRST: u32 = 1;
const UPPER_ALL: u32 = 2;
const OMIT_FIRST: u32 = 2;
const OMIT_LAST: u32 = 11;
const OPERATIONS: u32 = 21;
/** A prefix or a suffix never takes more than its field. */
const PREFIX_MAXIMUM: u32 = 12;
const SUFFIX_MAXIMUM: u32 = 16;

/** Bytes that a word and transform (an operand of COMMANDS) make; 0 when there is no such. */
export function wordBytes(operand: u32): u32 {
  const length = (operand >> 16) & 0xff;
  const bits = wordBits(length);
  const transform = operand >> 24;
  if (bits == 0 || (operand & 0xffff) >> bits || transform >= <u32>TRANSFORM_COUNT) return 0;
  const entry = TRANSFORMS + <usize>transform * TRANSFORM_BYTES;
  const affixes = prefixOf(entry) + suffixOf(entry);
  return affixes + length - min<u32>(omitted(load<u8>(entry, 1)), length);
}

/** Writes them to `to`; `wordBytes` has said that they exist. */
export function writeWord(operand: u32, to: usize): void {
  const length = (operand >> 16) & 0xff;
  const entry = TRANSFORMS + <usize>(operand >> 24) * TRANSFORM_BYTES;
  const operation: u32 = load<u8>(entry, 1);
  const prefix = prefixOf(entry);
  memory.copy(to, entry + 4, prefix);
  to += prefix;

  const kept = length - min<u32>(omitted(operation), length);
  const skipped = operation > OMIT_FIRST && operation <= OMIT_LAST ? length - kept : 0;
  memory.copy(to, wordAddress(length, operand & 0xffff) + skipped, kept);
  if (operation == UPPER_FIRST) raise(to, to + kept);
  if (operation == UPPER_ALL) {
    let unit = to;
    while (unit < to + kept) unit = raise(unit, to + kept);
  }
  memory.copy(to + kept, entry + 16, suffixOf(entry));
}

/** Where a word lies. */
export function wordAddress(length: u32, word: u32): usize {
  let address = DICTIONARY;
  for (let shorter: u32 = 4; shorter < length; shorter++) address += shorter << wordBits(shorter);
  return address + length * word;
}

/** Makes one character upper case, RFC 7932's way. Returns the address after it. */
function raise(at: usize, end: usize): usize {
  const lead: u32 = load<u8>(at);
  if (lead < 0xc0) {
    if (lead >= 97 && lead <= 122) store<u8>(at, <u8>(lead ^ 32));
    return at + 1;
  }
  const last = lead < 0xe0 ? at + 1 : at + 2;
  if (last < end) store<u8>(last, <u8>(<u32>load<u8>(last) ^ (lead < 0xe0 ? 32 : 5)));
  return last + 1;
}

/** Bytes that an operation leaves out. */
function omitted(operation: u32): u32 {
  if (operation <= OMIT_FIRST || operation >= OPERATIONS) return 0;
  return operation <= OMIT_LAST ? operation - OMIT_FIRST : operation - OMIT_LAST;
}

// @ts-ignore: decorator
@inline
function prefixOf(entry: usize): u32 {
  return min<u32>(load<u8>(entry), PREFIX_MAXIMUM);
}

// @ts-ignore: decorator
@inline
function suffixOf(entry: usize): u32 {
  return min<u32>(load<u8>(entry, 2), SUFFIX_MAXIMUM);
}
