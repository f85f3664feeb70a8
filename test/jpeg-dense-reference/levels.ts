/**
 * Reference of dense JPEG files: levels that contexts are made of, and quotients by a quantizer.
 *
 * Written from the sections "Levels" and "Neighbours" of docs/formats/jpeg-dense.md.
 */

const COUNT_STEPS = [1, 2, 3, 4, 6, 9, 13, 18, 24, 31, 39];
const SUM_STEPS = [1, 2, 3, 4, 6, 9, 14, 22, 36, 70];
const LOG_MOST = 4095;

const LOG = logTable();

/** floor(4 log2(1 + n / 3)), found without logarithms: the largest x with 2^x <= (1 + n / 3)^4. */
function logTable(): Uint8Array {
  return Uint8Array.from({ length: LOG_MOST + 1 }, (_, n) => {
    const power = BigInt(n + 3) ** 4n;
    let x = 0;
    while (81n << BigInt(x + 1) <= power) x++;
    return x;
  });
}

export function log(n: number): number {
  return LOG[Math.min(n, LOG_MOST)]!;
}

export function count(n: number): number {
  return COUNT_STEPS.filter((step) => step <= n).length;
}

export function sum(n: number): number {
  return SUM_STEPS.filter((step) => step <= n).length;
}

export function wide(n: number): number {
  return n < 16 ? n : Math.min(24, 16 + Math.floor((n - 16) / 4));
}

/** How many binary digits a number has. */
export function blen(n: number): number {
  return 32 - Math.clz32(n);
}

export function cut(x: number, most: number): number {
  return Math.max(-most, Math.min(most, x));
}

/** 0, 1, 2 for zero, positive and negative. */
export function signOf(x: number): number {
  return x === 0 ? 0 : x > 0 ? 1 : 2;
}

/** Quotients by one quantizer. */
export class Quotients {
  /** At most what a regression takes. */
  readonly cutQuantizer: number;
  readonly #quantizer: number;
  readonly #inverse: number;

  constructor(quantizer: number) {
    this.#quantizer = Math.max(1, quantizer);
    this.#inverse = Math.floor(2 ** 32 / this.#quantizer);
    this.cutQuantizer = Math.min(quantizer, 16_383);
  }

  exact(n: number): number {
    return Math.floor(n / this.#quantizer);
  }

  /** (n * inverse) >> 32, of n from 0 to 2^32, in two parts that doubles hold exactly. */
  ratio(n: number): number {
    const upper = Math.floor(n / 65_536) * this.#inverse;
    const lower = (n % 65_536) * this.#inverse;
    return Math.floor((upper + Math.floor(lower / 65_536)) / 65_536);
  }

  size(n: number): number {
    return this.ratio(n + (this.cutQuantizer >> 1));
  }

  signed(n: number, most: number): number {
    const magnitude = Math.min(most, this.ratio(Math.abs(n)));
    return n < 0 ? -magnitude : magnitude;
  }
}
