/**
 * Regressions: from the sums of all pictures to weights in 4096ths that keep their bounds.
 */
import { emptySums, type Solution, type Sums, solve } from "./normal-equations.ts";
import { LANES } from "./reference-inputs.ts";
import { CELLS, type Family, laneMost, type Regressions } from "./reference-regressions.ts";

const ONE = 4096;
const WEIGHT_MOST = 32767;
const SUM_MOST = 0x7fffffff;

/** Weights that predict nothing. */
export function noRegressions(): Regressions {
  const none = (family: Family): Int16Array => new Int16Array(CELLS[family] * LANES[family]);
  return {
    interior: none("interior"),
    edge: none("edge"),
    dc: none("dc"),
    magnitude: none("magnitude"),
  };
}

/** Empty sums of a family. */
export function sumsOf(family: Family): Sums {
  return emptySums(CELLS[family], LANES[family]);
}

/** How far a family's weights explain what they were trained on. */
export interface Fit {
  readonly before: number;
  readonly after: number;
}

/** Solves all cells of a family into `weights`. */
export function solveFamily(family: Family, sums: Sums, weights: Int16Array): Fit {
  let [before, after] = [0, 0];
  for (let cell = 0; cell < CELLS[family]; cell++) {
    const solution = solve(sums, cell);
    before += solution.before;
    after += solution.after;
    weights.set(quantized(family, solution), cell * LANES[family]);
  }
  return { before, after };
}

/** Rounds to 4096ths; scales down a set whose sum could pass 32 bits. */
export function quantized(family: Family, { weights }: Pick<Solution, "weights">): Int16Array {
  let scale = ONE;
  for (;;) {
    const rounded = new Int16Array(weights.length);
    let bound = 0;
    for (const [lane, weight] of weights.entries()) {
      const value = Math.floor(weight * scale + 0.5);
      rounded[lane] = Math.max(-WEIGHT_MOST, Math.min(WEIGHT_MOST, value));
      bound += Math.abs(rounded[lane]!) * laneMost(family, lane);
    }
    if (bound <= SUM_MOST) return rounded;
    scale *= 0.99;
  }
}
