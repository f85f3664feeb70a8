/**
 * Costs of code in this process: CPU time of all its threads around the call.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Cost } from "./run-program.ts";

/** CPU time that a sample in this process fills at least. */
const SAMPLE_SECONDS = 0.06;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Runs once. */
export async function timed<Result>(
  code: () => Promise<Result>,
): Promise<[cost: Cost, result: Result]> {
  collectGarbage();
  const wall = performance.now();
  const began = process.cpuUsage();
  const result = await code();
  return [costSince(began, wall, 1), result];
}

/** Runs again and again until it has taken a sample's time; the cost of one run, and its result. */
export async function sampled<Result>(
  code: () => Promise<Result>,
): Promise<[cost: Cost, result: Result]> {
  collectGarbage();
  const wall = performance.now();
  const began = process.cpuUsage();
  for (let runs = 1; ; runs++) {
    const result = await code();
    const cost = costSince(began, wall, runs);
    if (cost.cpuSeconds * runs >= SAMPLE_SECONDS) return [cost, result];
  }
}

function costSince(began: NodeJS.CpuUsage, wall: number, runs: number): Cost {
  const { user, system } = process.cpuUsage(began);
  return {
    cpuSeconds: (user + system) / 1e6 / runs,
    wallSeconds: (performance.now() - wall) / 1000 / runs,
    peakKib: undefined,
  };
}
