/**
 * Words: which words the dictionary has, and how long a transform makes them (RFC 7932).
 *
 * All that can be said of a word without its bytes, so that commands can be parsed and built before
 * the dictionary is loaded. The bytes are in dictionary.ts.
 */

export const WORD_LENGTH_MINIMUM = 4;
export const WORD_LENGTH_MAXIMUM = 24;
export const TRANSFORMS = 121;

/** log2 of how many words there are of each length, from 0. RFC 7932, appendix A. */
const WORD_COUNT_BITS = [
  ...[0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10],
  ...[9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5],
] as const;

/** Where the words of each length begin; at the end, the size of all words. */
const WORD_OFFSETS = [0];
for (const [length, bits] of WORD_COUNT_BITS.entries()) {
  WORD_OFFSETS.push(WORD_OFFSETS[length]! + (bits === 0 ? 0 : length << bits));
}

/** Size of all words together, one after the other, short ones first. */
export const WORDS_BYTES = WORD_OFFSETS[WORD_LENGTH_MAXIMUM + 1]!;

/** For each transform, how many bytes prefix and suffix add, and how many of the word are omitted, a
 * base-36 digit each. A test compares them with the table in the dictionary's file. */
const ADDED_BYTES =
  "0120151340500322443112101500361213061640050604440421330001204390031212225d17121153323121224345" +
  "142231412222422233112223333";
const OMITTED_BYTES =
  "0001000000021000000000030032000000400005604000007100009760080005900000000000000000000000000000" +
  "000000000000000000000000000";

/** Why there is no such word; empty when there is. */
export function checkWord(wordLength: number, word: number, transform: number): string {
  const bits = WORD_COUNT_BITS[wordLength] ?? 0;
  if (bits === 0) return "the dictionary has no words of that length";
  if (!Number.isInteger(word) || word < 0 || word >= 2 ** bits) {
    return `the dictionary has ${2 ** bits} words of that length`;
  }
  if (!Number.isInteger(transform) || transform < 0 || transform >= TRANSFORMS) {
    return "there are 121 transforms";
  }
  return "";
}

/** How many words there are of a length: 0, or a power of two. */
export function wordCount(wordLength: number): number {
  const bits = WORD_COUNT_BITS[wordLength] ?? 0;
  return bits === 0 ? 0 : 2 ** bits;
}

/** Where a word that `checkWord` lets pass begins among all words. */
export function wordOffset(wordLength: number, word: number): number {
  return WORD_OFFSETS[wordLength]! + wordLength * word;
}

/** Length of such a word after a transform. */
export function transformedLength(wordLength: number, transform: number): number {
  const added = Number.parseInt(ADDED_BYTES[transform]!, 36);
  const omitted = Number.parseInt(OMITTED_BYTES[transform]!, 36);
  return added + Math.max(0, wordLength - omitted);
}
