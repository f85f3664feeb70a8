/**
 * Primer: what the literals' rows may have read before a unit begins, so that short texts need not
 * teach them the language first: words of the dictionary, shortest lengths in turn, a space before each.
 *
 *   " time" " world" " number" ... " down" " house" ...      the first words of each length
 *
 * The text is laid out in CODED, which nothing else uses when a unit begins.
 */
import { CODED, DICTIONARY, UNIT } from "../memory.ts";
import { wordBits } from "./command.ts";
import { Pricing } from "./direction.ts";
import { beginLiteralsAt, codeLiteral } from "./literal.ts";
import { takeSpent } from "./symbol.ts";

const LENGTH_FIRST: u32 = 4;
const LENGTH_LAST: u32 = 10;
/** Words of each length. */
const WORDS: u32 = 512;
/** Zeros before the text: as far as literals look back. */
const BEFORE: usize = 1024 + 8;

/** Has the literals' rows read the primer. */
export function readPrimer(): void {
  memory.fill(CODED, 0, BEFORE);
  const begin = CODED + BEFORE;
  const end = layOut(begin);
  beginLiteralsAt(begin);
  for (let at = begin; at < end; at++) codeLiteral<Pricing>(at, 1, 0, load<u8>(at));
  takeSpent();
  beginLiteralsAt(UNIT);
}

/** Writes the text. Returns its end. */
function layOut(at: usize): usize {
  for (let word: u32 = 0; word < WORDS; word++) {
    let words = DICTIONARY;
    for (let length = LENGTH_FIRST; length <= LENGTH_LAST; length++) {
      store<u8>(at++, 32);
      memory.copy(at, words + word * length, length);
      at += length;
      words += length << wordBits(length);
    }
  }
  return at;
}
