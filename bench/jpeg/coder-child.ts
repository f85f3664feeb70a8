/**
 * One coder, one file, one direction in a process of its own, for the memory it takes:
 *
 *   node coder-child.ts NAME encode|decode INPUT OUTPUT
 *
 * Prints what the process held before the work and its peak, as JSON. Everything is loaded and the
 * input is read before the first figure is taken.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { IN_PROCESS } from "./coders.ts";

const [name, direction, inputPath, outputPath] = process.argv.slice(2);
const coder = IN_PROCESS.find((one) => one.name === name);
assert(coder && inputPath && outputPath && (direction === "encode" || direction === "decode"));

const input = new Uint8Array(readFileSync(inputPath));
const idleKib = residentKib("VmRSS");
const output = await coder[direction](input);
const peakKib = residentKib("VmHWM");
writeFileSync(outputPath, output);
console.log(JSON.stringify({ idleKib, peakKib }));
process.exit();

/** A line of the kernel's account of this process; elsewhere the peak that Node knows. A child's
 * own ru_maxrss will not do: it remembers what its parent held when they parted. */
function residentKib(line: "VmRSS" | "VmHWM"): number {
  if (!existsSync("/proc/self/status")) {
    return line === "VmHWM"
      ? process.resourceUsage().maxRSS
      : Math.round(process.memoryUsage().rss / 1024);
  }
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1]);
}
