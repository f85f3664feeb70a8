/**
 * Scaling: how many times as fast two worker threads code one input as one does, by the clock.
 *
 * Beside it stands what the machine itself gives at that moment: two threads that have nothing in common
 * against one of them. Two virtual cores are seldom worth two, and never more than that ceiling.
 */
import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { deflateIterable } from "../../src/deflate/index.ts";
import type { Input } from "./inputs.ts";
import { median } from "./report.ts";

const INPUT_BYTES = 128 * 1024 * 1024;

export interface Scaling {
  readonly twoToOne: number;
  /** The same for two threads that code the same small input, each by itself. */
  readonly ceiling: number;
}

/** Rounds of one, two, one; medians. Undefined without an input to code. */
export async function measureScaling(
  inputs: readonly Input[],
  rounds: number,
): Promise<Scaling | undefined> {
  const kinds = inputs.filter(({ compressible }) => compressible);
  const [first] = kinds;
  if (first === undefined) return undefined;
  const bytes = new Uint8Array(INPUT_BYTES);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const kind = kinds[i % kinds.length]!.bytes.subarray(0, bytes.length - at);
    bytes.set(kind, at);
    at += kind.length;
  }
  const twoToOne: number[] = [];
  const ceiling: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ratio = await oneTwoOne((workers) => secondsOfStream(bytes, workers));
    const alone = await oneTwoOne(
      async (threads) => (await secondsAlone(first, threads)) / threads,
    );
    // Round 0 warms up.
    if (round === 0) continue;
    twoToOne.push(ratio);
    ceiling.push(alone);
  }
  return { twoToOne: median(twoToOne), ceiling: median(ceiling) };
}

async function oneTwoOne(seconds: (threads: number) => Promise<number>): Promise<number> {
  const before = await seconds(1);
  const two = await seconds(2);
  return (before + (await seconds(1))) / 2 / two;
}

async function secondsOfStream(bytes: Uint8Array, workers: number): Promise<number> {
  const began = performance.now();
  let size = 0;
  for await (const part of deflateIterable([bytes], { workers })) size += part.length;
  assert.ok(size > 0);
  return (performance.now() - began) / 1000;
}

/** Seconds until all threads have coded their own copy often enough; warm, without their start. */
async function secondsAlone({ bytes }: Input, threads: number): Promise<number> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL("./scaling-worker.ts", import.meta.url), { workerData: bytes }),
  );
  const answers = (): Promise<unknown> =>
    Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  await answers();
  const began = performance.now();
  for (const worker of workers) worker.postMessage("go");
  await answers();
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}
