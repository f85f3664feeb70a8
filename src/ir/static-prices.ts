/**
 * Static prices: what commands cost, judged from the plain bytes alone.
 *
 *   insert    start of a run + its length + each byte after the byte before it
 *   copy      its type + its length + its distance, or a few bits for a recent distance
 *   dict      its type + which word of that length + its transform
 *
 * They stand in where no codec has measured prices of its own; how a codec spends its bits they know
 * roughly. All prices are multiples of 1/1024 bit, made by additions, multiplications and
 * divisions alone, so that choices by price are the same on every machine.
 */
import type { IrPrices } from "./command.ts";
import { wordCount } from "./words.ts";

const UNITS_A_BIT = 1024;

/** How much the bytes' own frequencies may weigh against those after one byte: as many occurrences.
 * Text wants little, noise much; each preceding byte takes what makes its followers cheapest. */
const ORDER_0_WEIGHTS = [2, 16, 128, 4096] as const;

/** What a run of literals costs beyond its bytes, and how much each doubling of it. */
const RUN_BITS = 2;
const RUN_DOUBLING_BITS = 1.25;

/** What a copy costs beyond its length and the bits of its distance, by place among the recent
 * distances; the last is for a distance that is not among them. */
const RECENT_BITS = [3, 4, 4.5, 5] as const;
const NEW_DISTANCE_BITS = 2.5;
const LENGTH_BITS = 1.5;
const LENGTH_DOUBLING_BITS = 1.5;

/** What a word costs beyond its number: a rare type and a length. */
const WORD_BITS = 8;
const PLAIN_WORD_BITS = 1;
const TRANSFORM_BITS = 6;

/**
 * Prices for commands that make these bytes.
 *
 * @param plain - not kept; 8 bytes are taken for each of its bytes
 */
export function staticPrices(plain: Uint8Array): IrPrices {
  const before = literalBits(plain);
  return {
    insert(position, length) {
      if (length === 0) return 0;
      const run = RUN_BITS + RUN_DOUBLING_BITS * logTwo(length);
      return inUnits(run) + before[position + length]! - before[position]!;
    },
    copy(length, distance, recent) {
      const from = recent >= 0 ? RECENT_BITS[recent]! : NEW_DISTANCE_BITS + logTwo(distance);
      return inUnits(from + LENGTH_BITS + LENGTH_DOUBLING_BITS * logTwo(length));
    },
    dict(wordLength, transform) {
      const how = transform === 0 ? PLAIN_WORD_BITS : TRANSFORM_BITS;
      return inUnits(WORD_BITS + how + logTwo(wordCount(wordLength)));
    },
  };
}

/** For each position, what all bytes before it cost as literals. */
function literalBits(plain: Uint8Array): Float64Array {
  const pairs = new Uint32Array(256 * 256);
  const alone = new Uint32Array(256);
  const contexts = new Uint32Array(256);
  let last = 0;
  for (const byte of plain) {
    pairs[(last << 8) | byte]!++;
    alone[byte]!++;
    contexts[last]!++;
    last = byte;
  }
  const bits = pairBits(plain.length, pairs, alone, contexts);
  const before = new Float64Array(plain.length + 1);
  last = 0;
  for (let i = 0; i < plain.length; i++) {
    before[i + 1] = before[i]! + bits[(last << 8) | plain[i]!]!;
    last = plain[i]!;
  }
  return before;
}

/** What a byte costs after another, for each pair. */
function pairBits(
  total: number,
  pairs: Uint32Array,
  alone: Uint32Array,
  contexts: Uint32Array,
): Float64Array {
  const bits = new Float64Array(256 * 256);
  for (let context = 0; context < 256; context++) {
    if (contexts[context] === 0) continue;
    const counts = pairs.subarray(256 * context, 256 * (context + 1));
    let least = Number.POSITIVE_INFINITY;
    for (const weight of ORDER_0_WEIGHTS) {
      const each = followerBits(counts, contexts[context]!, alone, total, weight);
      const sum = each.reduce((before, one, byte) => before + one * counts[byte]!, 0);
      if (sum >= least) continue;
      least = sum;
      bits.set(each, 256 * context);
    }
  }
  return bits;
}

/** What each byte costs after one byte. Each occurrence is judged by all the others: with itself
 * counted, a byte that occurs once would cost nothing. */
function followerBits(
  counts: Uint32Array,
  count: number,
  alone: Uint32Array,
  total: number,
  weight: number,
): Float64Array {
  return Float64Array.from(counts, (own, byte) => {
    if (own === 0) return 0;
    const share = (alone[byte]! - 1 + 1 / 256) / total;
    return inUnits(logTwo((count - 1 + weight) / (own - 1 + weight * share)));
  });
}

/** Rounded to a unit, so that sums of prices are exact. */
function inUnits(bits: number): number {
  return Math.round(bits * UNITS_A_BIT) / UNITS_A_BIT;
}

const LOG_STEPS = 2048;
let logs: Float64Array | undefined;

/** Base-2 logarithm of a number from 1, to 1/1024; Math.log2 may differ between machines. */
export function logTwo(value: number): number {
  logs ??= logTable();
  let whole = 0;
  let rest = value;
  for (; rest >= 65536; whole += 16) rest /= 65536;
  for (; rest >= 2; whole++) rest /= 2;
  return whole + logs[Math.floor((rest - 1) * LOG_STEPS)]!;
}

/** Logarithms of 1..2 in steps: bit by bit, each square says whether the next bit is set. */
function logTable(): Float64Array {
  return Float64Array.from({ length: LOG_STEPS }, (_, step) => {
    let power = 1 + step / LOG_STEPS;
    let sum = 0;
    for (let bit = 0.5; bit > 1 / 65536; bit /= 2) {
      power *= power;
      if (power < 2) continue;
      power /= 2;
      sum += bit;
    }
    return sum;
  });
}
