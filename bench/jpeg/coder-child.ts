/**
 * One coder, one file, one direction in a process of its own, for the memory it takes:
 *
 *   node coder-child.ts NAME encode|decode INPUT OUTPUT [PRIORS]
 *
 * Prints what the process held before the work and its peak, as JSON. Everything is loaded and the
 * input is read before the first figure is taken. PRIORS is a file of them, for the dense model; the
 * shipped ones unless told.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { useHeldOut } from "../../test/dense-jpegs.ts";
import { IN_PROCESS } from "./coders.ts";
import { residentKib } from "./resident.ts";

const [name, direction, inputPath, outputPath, priorsPath] = process.argv.slice(2);
const coder = IN_PROCESS.find((one) => one.name === name);
assert(coder && inputPath && outputPath && (direction === "encode" || direction === "decode"));

if (priorsPath !== undefined) {
  await useHeldOut({ priors: new Uint8Array(readFileSync(priorsPath)), dictionary: undefined });
}
const input = new Uint8Array(readFileSync(inputPath));
const idleKib = residentKib("VmRSS");
const output = await coder[direction](input);
const peakKib = residentKib("VmHWM");
writeFileSync(outputPath, output);
console.log(JSON.stringify({ idleKib, peakKib }));
process.exit();
