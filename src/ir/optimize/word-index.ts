/**
 * Word index: which dictionary words stand at a place in the bytes, and by which transforms.
 *
 *   bytes      ... |prefix|-- word, maybe in upper case or short of its end --|suffix| ...
 *   looked up by            its first four bytes
 *
 * Transforms are grouped by their prefix, then by what they make of the word. Those that omit a word's
 * first bytes are left out: the first four bytes would need a list for each. Words are listed as
 * they are and in their two upper cases, by a hash of four bytes. Source: RFC 7932, appendices A, B.
 */
import { type Dictionary, loadDictionary } from "../dictionary.ts";
import { TRANSFORMS, WORD_LENGTH_MAXIMUM, WORD_LENGTH_MINIMUM, wordCount } from "../words.ts";

/** Operations of the RFC that keep a word's first bytes or change their case. */
const IDENTITY = 0;
const UPPERCASE_FIRST = 1;
const UPPERCASE_ALL = 2;
const OMIT_LAST = 11;

const HASH_BITS = 15;
const HASHED_BYTES = 4;

/** A word that stands at a place: what a `dict` command says of it. */
export interface FoundWord {
  /** Bytes that it makes there. */
  length: number;
  wordLength: number;
  transform: number;
  operand: number;
}

interface Group {
  readonly prefix: Uint8Array;
  /** Which of the three lists of words. */
  readonly letters: number;
  readonly transforms: { number: number; omitted: number; suffix: Uint8Array }[];
}

export class WordIndex {
  readonly #heads = new Int32Array(3 << HASH_BITS).fill(-1);
  readonly #next: number[] = [];
  /** Number and length of each listed word, and where its letters begin in #letters. */
  readonly #entries: number[] = [];
  readonly #offsets: number[] = [];
  readonly #letters: Uint8Array;
  readonly #groups: readonly Group[];

  constructor(dictionary: Dictionary) {
    this.#groups = groupsOf(dictionary);
    const pure = [IDENTITY, UPPERCASE_FIRST, UPPERCASE_ALL].map((operation) =>
      pureTransform(dictionary, operation),
    );
    const lists = pure.map((transform) => lettersOf(dictionary, transform));
    this.#letters = new Uint8Array(lists.reduce((sum, list) => sum + list.length, 0));
    let offset = 0;
    for (const [list, letters] of lists.entries()) {
      this.#letters.set(letters, offset);
      offset = this.#list(list, offset);
    }
  }

  /** Tells `visit` of every word that stands at `position` and ends by `end`. What it is told is used
   * again for the next word. */
  find(plain: Uint8Array, position: number, end: number, visit: (word: FoundWord) => void): void {
    const found: FoundWord = { length: 0, wordLength: 0, transform: 0, operand: 0 };
    for (const group of this.#groups) {
      const start = position + group.prefix.length;
      if (start + HASHED_BYTES > end || !standsAt(plain, position, group.prefix)) continue;
      const head = (group.letters << HASH_BITS) | hashAt(plain, start);
      for (let entry = this.#heads[head]!; entry !== -1; entry = this.#next[entry]!) {
        const wordLength = this.#entries[entry]! >>> 16;
        const matched = this.#matched(plain, start, end, this.#offsets[entry]!, wordLength);
        for (const { number, omitted, suffix } of group.transforms) {
          const kept = wordLength - omitted;
          if (kept < HASHED_BYTES || kept > matched) continue;
          const stop = start + kept + suffix.length;
          if (stop > end || !standsAt(plain, start + kept, suffix)) continue;
          found.length = stop - position;
          found.wordLength = wordLength;
          found.transform = number;
          found.operand = (this.#entries[entry]! | (number << 24)) >>> 0;
          visit(found);
        }
      }
    }
  }

  /** How many of a word's letters stand at `start`. */
  #matched(
    plain: Uint8Array,
    start: number,
    end: number,
    letters: number,
    wordLength: number,
  ): number {
    const most = Math.min(wordLength, end - start);
    let count = 0;
    while (count < most && this.#letters[letters + count] === plain[start + count]) count++;
    return count;
  }

  /** Lists all words whose letters begin at `offset`; returns where they end. */
  #list(list: number, offset: number): number {
    let at = offset;
    for (let length = WORD_LENGTH_MINIMUM; length <= WORD_LENGTH_MAXIMUM; length++) {
      for (let word = 0; word < wordCount(length); word++) {
        const head = (list << HASH_BITS) | hashAt(this.#letters, at);
        this.#next.push(this.#heads[head]!);
        this.#heads[head] = this.#entries.length;
        this.#entries.push(word | (length << 16));
        this.#offsets.push(at);
        at += length;
      }
    }
    return at;
  }
}

/** Transforms by prefix and list of words. */
function groupsOf(dictionary: Dictionary): Group[] {
  const groups = new Map<string, Group>();
  for (let number = 0; number < TRANSFORMS; number++) {
    const { prefix, operation, suffix } = dictionary.transform(number);
    const omitsFirst = operation > UPPERCASE_ALL && operation <= OMIT_LAST;
    if (omitsFirst) continue;
    const omitted = Math.max(0, operation - OMIT_LAST);
    const letters = operation > OMIT_LAST ? IDENTITY : operation;
    const name = `${letters} ${prefix}`;
    const group = groups.get(name) ?? { prefix, letters, transforms: [] };
    group.transforms.push({ number, omitted, suffix });
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The number of the transform that does this and nothing else. */
function pureTransform(dictionary: Dictionary, operation: number): number {
  for (let number = 0; number < TRANSFORMS; number++) {
    const one = dictionary.transform(number);
    if (one.operation !== operation) continue;
    if (one.prefix.length === 0 && one.suffix.length === 0) return number;
  }
  return 0;
}

/** All words so transformed, one after the other, short ones first. */
function lettersOf(dictionary: Dictionary, transform: number): Uint8Array {
  const words: Uint8Array[] = [];
  let bytes = 0;
  for (let length = WORD_LENGTH_MINIMUM; length <= WORD_LENGTH_MAXIMUM; length++) {
    for (let word = 0; word < wordCount(length); word++) {
      words.push(dictionary.transformedWord(length, word, transform));
      bytes += length;
    }
  }
  const letters = new Uint8Array(bytes);
  let at = 0;
  for (const word of words) {
    letters.set(word, at);
    at += word.length;
  }
  return letters;
}

function standsAt(plain: Uint8Array, position: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (plain[position + i] !== bytes[i]) return false;
  return true;
}

/** A hash of the four bytes there. */
function hashAt(bytes: Uint8Array, at: number): number {
  const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
}

let loading: Promise<WordIndex> | undefined;

/** The index of all words, made on first use and shared afterwards: 2 MB. */
export function loadWordIndex(): Promise<WordIndex> {
  if (loading === undefined) {
    const once = loadDictionary().then((dictionary) => new WordIndex(dictionary));
    once.catch(() => {
      if (loading === once) loading = undefined; // the next one tries again
    });
    loading = once;
  }
  return loading;
}
