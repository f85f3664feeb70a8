/**
 * Dictionary substitution: literals or a copy that a word of the dictionary says for less.
 *
 *   insert "by the department of"      insert "by the ", dict "department of"
 *   copy 10 from 3000017               dict, when the copy's bytes are one word
 *
 * Words matter at the beginning of a unit, where there is nothing to copy from yet, and for text that
 * is far from its like. In a run of literals words are taken from left to right, each where it saves
 * most among the words that begin there or one byte further on.
 */
import type { IrPrices, Optimizer } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { cheaperIr } from "./price.ts";
import { Outlook, RecentDistances, useCopy } from "./recent.ts";
import { Rewriter } from "./rewriter.ts";
import { loadWordIndex, type WordIndex } from "./word-index.ts";

/** No transformed word that is looked for is longer, nor any shorter. */
const TRANSFORMED_BYTES_MAXIMUM = 24 + 13;
const TRANSFORMED_BYTES_MINIMUM = 4;

export const dictionaryWords: Optimizer = {
  name: "dictionary-words",
  async optimize(ir, plain, prices) {
    const finder = new WordFinder(await loadWordIndex(), plain, prices);
    const out = new Rewriter(plain);
    const outlook = new Outlook(ir, prices);
    const recent = new RecentDistances();
    const used = new RecentDistances();
    const cursor = new IrCursor(ir);
    while (cursor.next()) {
      const { kind, length, position, distance } = cursor;
      if (kind === "insert") {
        insertWithWords(out, finder, length);
        continue;
      }
      if (kind === "copy" && length > 0) {
        const price = useCopy(length, distance, used.become(recent), prices);
        const word =
          length <= TRANSFORMED_BYTES_MAXIMUM ? finder.whole(position, length) : undefined;
        const later = word === undefined ? 0 : outlook.difference(cursor.index + 1, used, recent);
        if (word !== undefined && word.bits < price + later) {
          out.dict(length, word.operand);
          continue;
        }
        recent.become(used);
      }
      out.take(cursor);
    }
    return cheaperIr(ir, out.finish(), plain, prices);
  },
};

/** Writes literals, with words in place of those that cost more. */
function insertWithWords(out: Rewriter, finder: WordFinder, length: number): void {
  const end = out.position + length;
  let start = out.position;
  for (let at = start; at + TRANSFORMED_BYTES_MINIMUM <= end; ) {
    const word = finder.among(start, at, end);
    if (word === undefined) {
      at++;
      continue;
    }
    const further = finder.among(start, at + 1, end);
    if (further !== undefined && further.bits < word.bits) {
      at++;
      continue;
    }
    if (at > start) out.insert(at - start);
    out.dict(word.length, word.operand);
    at += word.length;
    start = at;
  }
  if (end > start) out.insert(end - start);
}

interface Choice {
  readonly length: number;
  readonly operand: number;
  /** What the word costs; among literals, with all of them that are left. */
  readonly bits: number;
}

/** Finds the cheapest words. */
class WordFinder {
  readonly #index: WordIndex;
  readonly #plain: Uint8Array;
  readonly #prices: IrPrices;

  constructor(index: WordIndex, plain: Uint8Array, prices: IrPrices) {
    this.#index = index;
    this.#plain = plain;
    this.#prices = prices;
  }

  /** The cheapest word that makes exactly those bytes. */
  whole(position: number, length: number): Choice | undefined {
    let best: Choice | undefined;
    this.#index.find(this.#plain, position, position + length, (word) => {
      if (word.length !== length) return;
      const bits = this.#prices.dict(word.wordLength, word.transform);
      if (best === undefined || bits < best.bits) best = { length, operand: word.operand, bits };
    });
    return best;
  }

  /** The word at `at` that makes literals from `start` to `end` cheapest, if any makes them
   * cheaper than they are. */
  among(start: number, at: number, end: number): Choice | undefined {
    let best: Choice | undefined;
    let least: number | undefined;
    let before = 0;
    this.#index.find(this.#plain, at, end, ({ length, wordLength, transform, operand }) => {
      if (least === undefined) {
        least = this.#literals(start, end);
        before = this.#literals(start, at);
      }
      const word = this.#prices.dict(wordLength, transform);
      const bits = before + word + this.#literals(at + length, end);
      if (bits >= least) return;
      least = bits;
      best = { length, operand, bits };
    });
    return best;
  }

  #literals(start: number, end: number): number {
    return start === end ? 0 : this.#prices.insert(start, end - start);
  }
}
