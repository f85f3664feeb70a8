/**
 * Reference of dense JPEG files: logits of the header model, in 1/256, and how fast it learns.
 *
 * Written from the section "Header model" of docs/formats/jpeg-dense.md.
 */

export const LOGIT_MOST = 2815;

const SQUASH = squashTable();
const STRETCH = stretchTable();

function squashTable(): Uint16Array {
  const table = new Uint16Array(2 * LOGIT_MOST + 1);
  let p = 2n ** 31n;
  for (let n = 0; n <= LOGIT_MOST; n++) {
    const up = Math.min(65_535, Number(2n ** 47n / (2n ** 31n + p)));
    table[LOGIT_MOST + n] = up;
    table[LOGIT_MOST - n] = 65_536 - up;
    p = (p * 4_278_222_805n) >> 32n;
  }
  return table;
}

/** The probability of a logit, in 65536ths. */
export function squash(logit: number): number {
  return SQUASH[logit + LOGIT_MOST]!;
}

function stretchTable(): Int16Array {
  return Int16Array.from({ length: 4096 }, (_, i) => {
    let logit = -LOGIT_MOST;
    while (logit < LOGIT_MOST && squash(logit) < 16 * i + 8) logit++;
    return logit;
  });
}

/** The logit of a probability of 12 bits. */
export function stretch(probability: number): number {
  return STRETCH[probability]!;
}

/** How far a probability goes to what came, in 65536ths, when it has learnt so often. */
export function pull(count: number): number {
  return Math.floor(131_072 / (2 * count + 3));
}
