/**
 * One coder, one unit, one direction in a process of its own, for the memory it takes:
 *
 *   node coder-child.ts NAME encode|decode INPUT OUTPUT
 *
 * Prints as JSON what the process held before the work, its peak, and how much memory the kernels
 * have. Kernels know no memory but what they are given, so it is counted where it is made.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { residentKib } from "../jpeg/resident.ts";

const memories: WebAssembly.Memory[] = [];
WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
  construct(target, [size]: [WebAssembly.MemoryDescriptor]) {
    const memory = new target(size);
    memories.push(memory);
    return memory;
  },
});

// Only now, so that no kernel is loaded before its memory is counted.
const { CODERS } = await import("./coders.ts");

const [name, direction, inputPath, outputPath] = process.argv.slice(2);
const coder = CODERS.find((one) => one.name === name);
assert(coder && inputPath && outputPath && (direction === "encode" || direction === "decode"));

const input = new Uint8Array(readFileSync(inputPath));
const idleKib = residentKib("VmRSS");
const output = await coder[direction](input);
const peakKib = residentKib("VmHWM");
const kernelKib = memories.reduce((total, { buffer }) => total + buffer.byteLength, 0) / 1024;
writeFileSync(outputPath, output);
console.log(JSON.stringify({ idleKib, peakKib, kernelKib }));
process.exit();
