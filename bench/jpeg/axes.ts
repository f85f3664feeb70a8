/**
 * Axes of plots: where a value lies, and which values deserve a tick.
 *
 *   linear     0 5 10 15 20        round steps, eight or fewer, from 0
 *   log        0.1 0.2 0.5 1 2     1, 2 and 5 of each power of ten
 *   doubling   0.25 0.5 1 2 4      logarithmic too, for sizes
 */

export interface Axis {
  /** With the unit. */
  readonly label: string;
  readonly scale: "linear" | "log";
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/** Where a value lies on its axis: 0 at the start, 1 at the end. */
export function place(value: number, { scale, from, to }: Axis): number {
  if (scale === "linear") return (value - from) / (to - from);
  return Math.log(value / from) / Math.log(to / from);
}

/** Round ticks for a linear axis that holds 0 and everything from `lowest` to `highest`; what is a
 * hair below 0 lies on it. */
export function linearAxis(label: string, lowest: number, highest: number): Axis {
  const rough = (highest - Math.min(0, lowest)) / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const from = lowest < -step / 4 ? Math.floor(lowest / step) * step : 0;
  const to = Math.ceil((highest * 1.02) / step) * step;
  const count = Math.round((to - from) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toFixed(9)));
  return { label, scale: "linear", from, to, ticks };
}

/** Ticks at 1, 2 and 5 of each power of ten, from the one below `lowest` to the one above. */
export function logAxis(label: string, lowest: number, highest: number): Axis {
  const powers = Array.from({ length: 16 }, (_, i) => i - 6);
  const steps = powers.flatMap((power) => [1, 2, 5].map((each) => Number(`${each}e${power}`)));
  return stepsAxis(label, steps, lowest, highest);
}

/** The same with ticks at each doubling. */
export function doublingAxis(label: string, lowest: number, highest: number): Axis {
  const steps = Array.from({ length: 40 }, (_, i) => 2 ** (i - 20));
  return stepsAxis(label, steps, lowest, highest);
}

function stepsAxis(label: string, steps: readonly number[], lowest: number, highest: number): Axis {
  const from = steps.findLast((step) => step <= lowest) ?? (steps[0] as number);
  const to = steps.find((step) => step >= highest && step > from) ?? (steps.at(-1) as number);
  const ticks = steps.filter((step) => step >= from && step <= to);
  return { label, scale: "log", from, to, ticks };
}
