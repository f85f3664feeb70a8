/**
 * Reference of dense JPEG files: the units of the model's logits, and what decisions teach.
 *
 * Written from the section "Additive decisions" of docs/formats/jpeg-dense.md; all its constants stand here.
 */

/** A sum of halved logits has this many bits more than what `squash` takes. */
const SQUASH_SHIFT = 4;
/** Steps of what `squash` takes, on either side of zero. */
const SQUASH_MOST = 2048;
/** p(n + 1) is p(n) times this, in 2^31. */
const SQUASH_STEP = 2_139_111_403n;
const PROBABILITY_LEAST = 32;
const PROBABILITY_MOST = 65_504;
const ERROR_SHIFT = 3;
const RATE_BITS = 15;
const RATE_LEAST = 300;
const LOGIT_MOST = 32_767;

const SQUASH = squashTable();

function squashTable(): Uint16Array {
  const table = new Uint16Array(2 * SQUASH_MOST + 1);
  let p = 2n ** 31n;
  for (let n = 0; n <= SQUASH_MOST; n++) {
    const s = 2n ** 31n + p;
    const up = Math.min(PROBABILITY_MOST, Number((2n ** 47n + s / 2n) / s));
    table[SQUASH_MOST + n] = up;
    table[SQUASH_MOST - n] = Math.max(PROBABILITY_LEAST, 65_536 - up);
    p = (p * SQUASH_STEP + 2n ** 30n) >> 31n;
  }
  return table;
}

/** The probability of a one, in 65536ths, that a sum of halved logits says. */
export function probabilityOf(sum: number): number {
  return SQUASH[(cut16(sum) >> SQUASH_SHIFT) + SQUASH_MOST]!;
}

/** What a context's logit adds to a decision's. */
export function halved(logit: number): number {
  return logit >> 1;
}

/** A logit within 16 bits. */
export function cut16(logit: number): number {
  return Math.max(-LOGIT_MOST - 1, Math.min(LOGIT_MOST, logit));
}

/** How wrong a probability was, in units of what parameters learn by. */
export function errorOf(bit: number, probability: number): number {
  return (bit * 65_536 - probability) >> ERROR_SHIFT;
}

function round(product: number): number {
  return Math.floor((product + 2 ** (RATE_BITS - 1)) / 2 ** RATE_BITS);
}

export function learntLogit(logit: number, rate: number, error: number): number {
  return cut16(logit + round(error * rate));
}

export function learntRate(rate: number): number {
  return Math.max(RATE_LEAST, rate - round(rate * (rate >> 2)));
}
