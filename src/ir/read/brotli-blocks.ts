/**
 * Blocks of Brotli: the literals, commands and distances of a metablock fall into blocks of a type
 * each, and each type has codes of its own.
 *
 *   literals   |-- type 0, 120 --|-- type 1, 40 --|-- type 0 ...      counted in literals
 *   commands   |------- type 0 -------|-- type 2 ...                  counted in commands
 *   distances  |--- type 0 ---|--- type 1 ...                         counted in distances
 *
 * Source: RFC 7932, section 6.
 */
import type { BrotliBits } from "./brotli-bits.ts";
import { readCount } from "./brotli-context.ts";
import { type PrefixCode, readPrefixCode } from "./prefix-code.ts";

/** Extra bits of the codes for a block's length; each goes on where the one before ends. */
const COUNT_EXTRA_BITS = [
  ...[2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5],
  ...[5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24],
] as const;
const COUNT_BASES: readonly number[] = basesFrom(1, COUNT_EXTRA_BITS);

/** Where each of some codes begins, when the first begins at `first` and none overlap. */
export function basesFrom(first: number, extraBits: readonly number[]): number[] {
  const bases: number[] = [];
  let base = first;
  for (const bits of extraBits) {
    bases.push(base);
    base += 2 ** bits;
  }
  return bases;
}

/** The codes that switch between types, where there is more than one. */
interface SwitchCodes {
  readonly types: PrefixCode;
  readonly counts: PrefixCode;
}

/** The blocks of one category, as far as they are read. */
export class Blocks {
  /** How many types there are. */
  readonly types: number;
  /** The type of the block that is being read. */
  type = 0;
  #typeBefore = 1;
  #left = Infinity;
  readonly #input: BrotliBits;
  readonly #codes: SwitchCodes | undefined;

  /** Reads how many types there are, and the length of the first block. */
  constructor(input: BrotliBits) {
    this.#input = input;
    this.types = readCount(input);
    if (this.types === 1) return;
    const types = readPrefixCode(input, this.types + 2);
    const counts = readPrefixCode(input, COUNT_BASES.length);
    this.#codes = { types, counts };
    this.#left = this.#readCount(counts);
  }

  /** Takes one from the block, or the first of the next one. Returns whether the type changed. */
  take(): boolean {
    if (this.#left > 0) {
      this.#left--;
      return false;
    }
    const { types, counts } = this.#codes!; // without them there is no end to the first block
    const symbol = types.read(this.#input);
    let type = symbol === 0 ? this.#typeBefore : symbol === 1 ? this.type + 1 : symbol - 2;
    if (type === this.types) type = 0;
    this.#left = this.#readCount(counts) - 1;
    this.#typeBefore = this.type;
    this.type = type;
    return type !== this.#typeBefore;
  }

  #readCount(code: PrefixCode): number {
    const symbol = code.read(this.#input);
    return COUNT_BASES[symbol]! + this.#input.take(COUNT_EXTRA_BITS[symbol]!);
  }
}
