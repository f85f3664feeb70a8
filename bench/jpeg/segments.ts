/**
 * The curve of segments: what a chunk of 4 MiB loses in size and gains in decoding time when it
 * is cut into 1, 2, 4, 8 or 16 segments, by either model.
 *
 * Speeds are by the wall clock, because that is what a reader waits for: on one thread and on two,
 * all counts in turn in every round. They want a quiet machine; CPU time stands beside them.
 */
import { Buffer } from "node:buffer";
import { median } from "../deflate/report.ts";
import { CHUNK_BYTES, codeChunk, decodeChunk, type Model } from "./coders.ts";
import { fileOf, type JpegFile } from "./files.ts";
import { preparePriors } from "./priors.ts";

const COUNTS = [1, 2, 4, 8, 16] as const;

/** 100 Mbit/s in MB/s: what a chunk must decode at on two cores. */
export const CHUNK_GOAL = 12.5;

export interface SegmentPoint {
  readonly segments: number;
  readonly codedBytes: number;
  readonly savedPercent: number;
  /** MB of JPEG per second of wall-clock time. */
  readonly oneThreadSpeed: number;
  readonly twoThreadsSpeed: number;
  /** MB of JPEG per CPU second on one thread. */
  readonly cpuSpeed: number;
}

export interface SegmentCurve {
  readonly model: Model;
  readonly file: string;
  readonly plainBytes: number;
  readonly points: readonly SegmentPoint[];
}

/** A photo cut at exactly 4 MiB, the first of five chunks of a picture, and the largest photo of
 * 4:2:0, which fills two thirds of a chunk. */
function chunks(quick: boolean): readonly JpegFile[] {
  if (quick) return [fileOf("photos", "apple-iphone-4.jpg")];
  return [
    fileOf("vectors", "trunc.jpg"),
    fileOf("large", "elephants-baseline.jpg"),
    fileOf("photos", "nexus-4.jpg"),
  ];
}

export async function segmentCurves(quick: boolean, rounds: number): Promise<SegmentCurve[]> {
  const curves: SegmentCurve[] = [];
  for (const model of ["lepton", "dense"] as const) {
    for (const file of chunks(quick)) {
      curves.push(await curveOf(model, file, rounds));
      console.error(`segments: ${model}, ${file.name}`);
    }
  }
  return curves;
}

async function curveOf(model: Model, file: JpegFile, rounds: number): Promise<SegmentCurve> {
  const { name, sampling, bytes } = file;
  if (model === "dense") await preparePriors(file);
  const chunk = bytes.subarray(0, CHUNK_BYTES);
  const coded = new Map<number, Uint8Array>();
  for (const count of COUNTS) coded.set(count, await codeChunk(model, bytes, count));
  const samples = new Map(COUNTS.map((count) => [count, { one: [], two: [], cpu: [] } as Samples]));
  // Round 0 starts the threads and warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [count, { one, two, cpu }] of samples) {
      const decode = secondsOf(model, coded.get(count) as Uint8Array, chunk);
      const single = await decode(1);
      const double = await decode(2);
      if (round === 0) continue;
      one.push(single.wall);
      two.push(double.wall);
      cpu.push(single.cpu);
    }
  }
  const megabytes = chunk.length / 1e6;
  const points = [...samples].map(([segments, { one, two, cpu }]): SegmentPoint => {
    const codedBytes = coded.get(segments)?.length ?? 0;
    return {
      segments,
      codedBytes,
      savedPercent: 100 - (100 * codedBytes) / chunk.length,
      oneThreadSpeed: megabytes / median(one),
      twoThreadsSpeed: megabytes / median(two),
      cpuSpeed: megabytes / median(cpu),
    };
  });
  return { model, file: `${name} (${sampling})`, plainBytes: chunk.length, points };
}

interface Samples {
  readonly one: number[];
  readonly two: number[];
  readonly cpu: number[];
}

/** How long decoding takes on so many threads. */
function secondsOf(
  model: Model,
  coded: Uint8Array,
  chunk: Uint8Array,
): (threads: number) => Promise<{ wall: number; cpu: number }> {
  return async (threads) => {
    const began = performance.now();
    const before = process.cpuUsage();
    const plain = await decodeChunk(model, coded, threads);
    const wall = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(before);
    if (Buffer.compare(plain, chunk) !== 0) throw new Error("a chunk was not restored");
    return { wall, cpu: (user + system) / 1e6 };
  };
}
