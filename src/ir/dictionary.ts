/**
 * Dictionary: the words of RFC 7932 and what transforms make of them.
 *
 *   word      |-- as it is, upper case, or without its first or last bytes --|
 *   becomes   prefix + that + suffix
 *
 * The bytes lie in wasm/dictionary.bin (scripts/dictionary.ts says how) and are loaded when first
 * asked for. Upper case is the RFC's: by lead bytes of UTF-8, and only roughly what people call so.
 */
import { assertThat } from "../core/errors.ts";
import { loadKernelFile } from "../core/kernel.ts";
import { TRANSFORMS, transformedLength, WORDS_BYTES, wordOffset } from "./words.ts";

const TRANSFORM_BYTES = 32;
const PREFIX_AT = 4;
const SUFFIX_AT = 16;

/** The RFC's numbers of operations: 3..11 omit the first 1..9 bytes, 12..20 the last. */
const UPPERCASE_FIRST = 1;
const UPPERCASE_ALL = 2;
const OMIT_FIRST = 2;
const OMIT_LAST = 11;

/** The parts of a transform. */
export interface WordTransform {
  readonly prefix: Uint8Array;
  readonly operation: number;
  readonly suffix: Uint8Array;
}

export class Dictionary {
  readonly #file: Uint8Array;

  /** @param file - the bytes of dictionary.bin; not changed */
  constructor(file: Uint8Array) {
    const bytes = WORDS_BYTES + TRANSFORM_BYTES * TRANSFORMS;
    assertThat(file.length === bytes, "dictionary.bin has its length", { bytes: file.length });
    this.#file = file;
  }

  /** A word that `checkWord` lets pass: a view. */
  word(wordLength: number, word: number): Uint8Array {
    const start = wordOffset(wordLength, word);
    return this.#file.subarray(start, start + wordLength);
  }

  /**
   * Writes what a transform makes of a word; both are such that `checkWord` lets them pass.
   *
   * @param target - with room for `transformedLength` bytes from `at` on
   * @returns how many bytes were written
   */
  writeWord(
    target: Uint8Array,
    at: number,
    wordLength: number,
    word: number,
    transform: number,
  ): number {
    const record = WORDS_BYTES + TRANSFORM_BYTES * transform;
    const [prefixLength, operation, suffixLength] = this.#file.subarray(record, record + 3);
    const omittedFirst = within(operation! - OMIT_FIRST, wordLength);
    const omittedLast = within(operation! - OMIT_LAST, wordLength);
    const kept =
      operation! > OMIT_LAST
        ? this.word(wordLength, word).subarray(0, wordLength - omittedLast)
        : this.word(wordLength, word).subarray(omittedFirst);

    const prefix = record + PREFIX_AT;
    const suffix = record + SUFFIX_AT;
    target.set(this.#file.subarray(prefix, prefix + prefixLength!), at);
    const begin = at + prefixLength!;
    const end = begin + kept.length;
    target.set(kept, begin);
    if (operation === UPPERCASE_FIRST) raise(target, begin, end);
    else if (operation === UPPERCASE_ALL) {
      for (let next = begin; next < end; ) next = raise(target, next, end);
    }
    target.set(this.#file.subarray(suffix, suffix + suffixLength!), end);
    return end + suffixLength! - at;
  }

  /** What a transform puts before and behind, and the RFC's number of what it does in between. */
  transform(transform: number): WordTransform {
    const record = WORDS_BYTES + TRANSFORM_BYTES * transform;
    const [prefixLength, operation, suffixLength] = this.#file.subarray(record, record + 3);
    const prefix = record + PREFIX_AT;
    const suffix = record + SUFFIX_AT;
    return {
      operation: operation!,
      prefix: this.#file.subarray(prefix, prefix + prefixLength!),
      suffix: this.#file.subarray(suffix, suffix + suffixLength!),
    };
  }

  /** What a transform makes of a word, in an array of its own. */
  transformedWord(wordLength: number, word: number, transform: number): Uint8Array {
    const bytes = new Uint8Array(transformedLength(wordLength, transform));
    this.writeWord(bytes, 0, wordLength, word, transform);
    return bytes;
  }
}

/** A count in 0..wordLength. */
function within(count: number, wordLength: number): number {
  return Math.min(Math.max(count, 0), wordLength);
}

/** Puts the letter at `at` into upper case, as its lead byte has it; what would lie behind `end` stays.
 *
 * @returns where the next letter begins */
function raise(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  if (lead < 0xc0) {
    if (lead >= 0x61 && lead <= 0x7a) bytes[at] = lead ^ 32;
    return at + 1;
  }
  if (lead < 0xe0) {
    if (at + 1 < end) bytes[at + 1]! ^= 32;
    return at + 2;
  }
  if (at + 2 < end) bytes[at + 2]! ^= 5;
  return at + 3;
}

let loading: Promise<Dictionary> | undefined;

/**
 * The dictionary, read on first use and shared afterwards.
 *
 * @throws PithError "BuildIncomplete" when its file cannot be read
 */
export function loadDictionary(): Promise<Dictionary> {
  if (loading === undefined) {
    const once = loadKernelFile("dictionary.bin").then((file) => new Dictionary(file));
    once.catch(() => {
      if (loading === once) loading = undefined; // the next one tries again
    });
    loading = once;
  }
  return loading;
}
