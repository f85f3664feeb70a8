/**
 * Dictionary matches: the dictionary's words that could make the bytes at a position.
 *
 *   unit      ... , | Inter national  | of the ...
 *   word                inter national               found by its first four bytes
 *   operand         prefix ", ", first letter upper case, suffix " of the "
 *
 * Words are indexed by a hash of their first four bytes. At a position each prefix that a transform
 * has and the unit shows is passed over; behind it a word is looked for as it is, with its first
 * letter raised, with all letters raised, and without up to nine of its last bytes. Transforms that
 * omit first bytes are not looked for: they would need an index each and are rarely used.
 * Whatever is listed has been written out and compared.
 */
import { wordBits } from "../divans/command.ts";
import { wordAddress, wordBytes, writeWord } from "../divans/dictionary.ts";
import { TRANSFORM_BYTES, TRANSFORM_COUNT, TRANSFORMS, UNIT } from "../memory.ts";
import { PARSER_TABLES } from "./arrival.ts";
import { matchLength } from "./match.ts";

/** Numbers of operations (divans/dictionary.ts). */
const AS_IT_IS: u32 = 0;
const UPPER_FIRST: u32 = 1;
const UPPER_ALL: u32 = 2;
const OMIT_LAST: u32 = 11;
const OMITTED_MAXIMUM: u32 = 9;

const WORD_LENGTH_MINIMUM: u32 = 4;
const WORD_LENGTH_MAXIMUM: u32 = 24;
/** The longest that a word can become. */
export const BECOMES_MAXIMUM: u32 = 37;
/** Least bytes of a word that are worth naming it. */
const SHARED_MINIMUM: u32 = 4;

/** Where the words of each hash begin in WORDS. u32[HASHES + 1]. */
const HASH_BITS: u32 = 14;
const STARTS: usize = PARSER_TABLES;
/** Word | length << 16 and the address of its bytes, by hash. u32[13504][2]. */
const WORDS: usize = STARTS + ((4 << HASH_BITS) + 16);
const WORDS_END: usize = WORDS + 8 * 13504;
/** The first of the transforms, plus one, with an operation, a length of prefix and a first byte of
 * suffix (0: no suffix, otherwise the byte plus one), and the next like each. u8. */
const GROUPS: usize = WORDS_END;
const GROUP_BYTES: usize = 21 * 8 * 257;
const NEXT_ALIKE: usize = GROUPS + GROUP_BYTES;
/** Found at the position: bytes it becomes, operand. u32[][2]. */
const FOUND: usize = (NEXT_ALIKE + 128 + 15) & ~15;
const FOUND_MAXIMUM: usize = 256;
const FOUND_LIMIT: usize = FOUND + 8 * FOUND_MAXIMUM;
/** The unit's bytes with letters lowered; a word as its transform writes it. u8[64] each. */
const LOWERED: usize = FOUND_LIMIT;
const WRITTEN: usize = LOWERED + 64;

/** End of what is found, and how many bytes it may become. */
let foundEnd: usize = FOUND;
let rest: u32 = 0;

/** Makes the index: words sorted by the hash of their first four bytes. */
export function indexDictionary(): void {
  groupTransforms();
  memory.fill(STARTS, 0, (4 << HASH_BITS) + 16);
  for (let length = WORD_LENGTH_MINIMUM; length <= WORD_LENGTH_MAXIMUM; length++) {
    for (let word: u32 = 0; word < 1 << wordBits(length); word++) {
      const start = startOf(wordAddress(length, word));
      store<u32>(start, load<u32>(start) + 1);
    }
  }
  let sum: u32 = 0;
  for (let start = STARTS; start <= STARTS + (4 << HASH_BITS); start += 4) {
    sum += load<u32>(start);
    store<u32>(start, sum); // the end of its words, and by and by their start
  }
  for (let length = WORD_LENGTH_MAXIMUM; length >= WORD_LENGTH_MINIMUM; length--) {
    for (let word: u32 = 1 << wordBits(length); word > 0; word--) {
      const source = wordAddress(length, word - 1);
      const start = startOf(source);
      const place = load<u32>(start) - 1;
      store<u32>(start, place);
      store<u32>(WORDS + (place << 3), (word - 1) | (length << 16));
      store<u32>(WORDS + (place << 3), <u32>source, 4);
    }
  }
}

/** Where the start of the words is noted that begin as the four bytes at `at` do. */
// @ts-ignore: decorator
@inline
function startOf(at: usize): usize {
  return STARTS + (((load<u32>(at, 0, 1) * 0x9e3779b1) >> (32 - HASH_BITS)) << 2);
}

/** Lists what words can make at a position of the unit, no longer than `bytes`. Returns the end of
 * the list, which begins at `wordsFound`. */
export function findWords(position: u32, bytes: u32): usize {
  const here = UNIT + position;
  const first: u32 = load<u8>(here);
  foundEnd = FOUND;
  rest = bytes;
  findBehind(here, 0);
  // The prefixes: " ", " the ", "s ", "e ", ", ", ".", ".com/", a no-break space.
  if (first == 0x20) {
    findBehind(here, 1);
    if (load<u32>(here, 1, 1) == 0x20656874) findBehind(here, 5);
  } else if (first == 0x73 || first == 0x65 || first == 0x2c) {
    if (load<u8>(here, 1) == 0x20) findBehind(here, 2);
  } else if (first == 0x2e) {
    findBehind(here, 1);
    if (load<u32>(here, 1, 1) == 0x2f6d6f63) findBehind(here, 5);
  } else if (first == 0xc2 && load<u8>(here, 1) == 0xa0) {
    findBehind(here, 2);
  }
  return foundEnd;
}

// @ts-ignore: decorator
@inline
export function wordsFound(): usize {
  return FOUND;
}

/** Lists what words can make behind a prefix of `prefix` bytes. */
function findBehind(here: usize, prefix: u32): void {
  if (rest < prefix + SHARED_MINIMUM) return;
  const at = here + prefix;
  const limit = rest - prefix;
  findForms(here, at, prefix, limit, AS_IT_IS);
  const first: u32 = load<u8>(at);
  const second: u32 = load<u8>(at, 1);
  const raised = isUpper(first) || first >= 0xc0;
  if (!raised && (isLower(first) || !isUpper(second))) return;
  memory.copy(LOWERED, at, WORD_LENGTH_MAXIMUM + 8);
  let next = lower(LOWERED);
  if (raised) findForms(here, LOWERED, prefix, limit, UPPER_FIRST);
  if (isLower(second)) return;
  while (next < LOWERED + WORD_LENGTH_MAXIMUM) next = lower(next);
  findForms(here, LOWERED, prefix, limit, UPPER_ALL);
}

/** Lists what words that begin like the bytes at `like` can make by an operation. */
function findForms(here: usize, like: usize, prefix: u32, limit: u32, operation: u32): void {
  const start = startOf(like);
  const end = WORDS + ((<usize>load<u32>(start, 4)) << 3);
  for (let entry = WORDS + ((<usize>load<u32>(start)) << 3); entry < end; entry += 8) {
    const word = load<u32>(entry);
    const length = word >> 16;
    const shared = matchLength(load<u32>(entry, 4), like, 0, min<u32>(length, limit));
    if (shared < SHARED_MINIMUM) continue;
    if (shared == length) {
      listTransforms(here, prefix, length, word, operation, limit);
    } else if (operation == AS_IT_IS && length - shared <= OMITTED_MAXIMUM) {
      listTransforms(here, prefix, shared, word, OMIT_LAST + length - shared, limit);
    }
  }
}

/** Lists all transforms with this operation whose prefix and suffix the unit shows. */
function listTransforms(
  here: usize,
  prefix: u32,
  kept: u32,
  word: u32,
  operation: u32,
  limit: u32,
): void {
  const group = groupOf(operation, prefix);
  listGroup(here, word, load<u8>(group));
  if (kept == limit) return;
  const behind: u32 = load<u8>(here + prefix + kept);
  listGroup(here, word, load<u8>(group + 1 + behind));
}

function listGroup(here: usize, word: u32, first: u32): void {
  for (let next = first; next != 0; next = load<u8>(NEXT_ALIKE + next - 1)) {
    listWord(here, word | ((next - 1) << 24));
  }
}

// @ts-ignore: decorator
@inline
function groupOf(operation: u32, prefix: u32): usize {
  return GROUPS + ((operation << 3) | prefix) * 257;
}

/** Sorts the transforms by what tells them apart quickly. */
function groupTransforms(): void {
  memory.fill(GROUPS, 0, GROUP_BYTES);
  for (let transform: u32 = <u32>TRANSFORM_COUNT; transform > 0; transform--) {
    const entry = TRANSFORMS + <usize>(transform - 1) * TRANSFORM_BYTES;
    const operation = min<u32>(load<u8>(entry, 1), 20);
    const suffix: u32 = load<u8>(entry, 2) ? 1 + <u32>load<u8>(entry, 16) : 0;
    const group = groupOf(operation, <u32>load<u8>(entry) & 7) + suffix;
    store<u8>(NEXT_ALIKE + transform - 1, load<u8>(group));
    store<u8>(group, transform);
  }
}

/** Lists a word if it makes just the bytes at `here`. */
function listWord(here: usize, operand: u32): void {
  const bytes = wordBytes(operand);
  if (bytes == 0 || bytes > min<u32>(rest, BECOMES_MAXIMUM) || foundEnd == FOUND_LIMIT) return;
  writeWord(operand, WRITTEN);
  if (matchLength(WRITTEN, here, 0, bytes) != bytes) return;
  store<u32>(foundEnd, bytes);
  store<u32>(foundEnd, operand, 4);
  foundEnd += 8;
}

// @ts-ignore: decorator
@inline
function isUpper(letter: u32): bool {
  return letter - 65 < 26;
}

// @ts-ignore: decorator
@inline
function isLower(letter: u32): bool {
  return letter - 97 < 26;
}

/** Undoes what raising does to a character (RFC 7932, appendix B); returns the address after it. */
function lower(at: usize): usize {
  const lead: u32 = load<u8>(at);
  if (lead < 0xc0) {
    if (isUpper(lead)) store<u8>(at, <u8>(lead ^ 32));
    return at + 1;
  }
  const last = lead < 0xe0 ? at + 1 : at + 2;
  store<u8>(last, <u8>(<u32>load<u8>(last) ^ (lead < 0xe0 ? 32 : 5)));
  return last + 1;
}
