/**
 * Report of the segments' curves: size, speed, and what four cores would make of it.
 */
import { PROJECTED_CORES, projectedSpeed } from "./projection.ts";
import { CHUNK_GOAL, type SegmentCurve } from "./segments.ts";
import { bytes, heading, speed, table } from "./tables.ts";

export function printCurve({ model, file, plainBytes, points }: SegmentCurve): void {
  heading(`Segments of ${file}, ${bytes(plainBytes)} bytes, ${model}: MB/s of decoding`);
  const [one] = points;
  table(
    [
      "segments",
      "bytes",
      "saved",
      "lost to one",
      "1 thread",
      "2 threads",
      "CPU",
      "100 Mbit/s on 2",
      `${PROJECTED_CORES} cores, projected`,
      `100 Mbit/s on ${PROJECTED_CORES}, projected`,
    ],
    points.map((each) => [
      each.segments,
      bytes(each.codedBytes),
      `${each.savedPercent.toFixed(2)} %`,
      one === undefined ? "" : `${(one.savedPercent - each.savedPercent).toFixed(2)} points`,
      speed(each.oneThreadSpeed),
      speed(each.twoThreadsSpeed),
      speed(each.cpuSpeed),
      each.twoThreadsSpeed >= CHUNK_GOAL ? "yes" : "no",
      speed(projectedSpeed(each)),
      projectedSpeed(each) >= CHUNK_GOAL ? "yes" : "no",
    ]),
  );
  console.log(`\n${PROJECTION}`);
}

const PROJECTION = `The last two columns are a projection, not a measurement: the CPU speed of one thread, times what
Amdahl's law makes of two threads' gain for ${PROJECTED_CORES} cores, no more than there are segments.`;
