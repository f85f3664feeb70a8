/**
 * Peers of the general benchmark: one unit there and back with each, what it costs, and how much
 * memory it takes.
 *
 *   in process   process.cpuUsage around the call, warm; memory from a process of its own
 *   programs     wait4's figures, less the time of the same program on one byte
 *
 * A size counts only when the unit was decoded from it and compared byte for byte here.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../deflate/report.ts";
import { beyond, type Cost, runProgram } from "../jpeg/run-program.ts";
import { sampled, timed } from "../jpeg/timed.ts";
import type { Coder } from "./coders.ts";
import type { Effort } from "./doors.ts";
import type { ProgramHere } from "./programs.ts";
import type { Unit } from "./units.ts";

/** One unit there and back. */
export interface RoundTrip {
  /** Undefined when it came back; else what went wrong, and nothing else is there. */
  readonly fault: string | undefined;
  readonly codedBytes: number | undefined;
  readonly encode: Cost | undefined;
  readonly decode: Cost | undefined;
}

/** Peaks of whole processes. */
export interface Memory {
  readonly encodeKib: number | undefined;
  readonly decodeKib: number | undefined;
  /** What the process holds before it works; a program's is next to nothing. */
  readonly idleKib?: number;
  /** What the kernels have of it. */
  readonly encodeKernelKib?: number;
  readonly decodeKernelKib?: number;
}

export interface Peer {
  readonly name: string;
  /** Ours, at this effort. */
  readonly effort: Effort | undefined;
  readonly rival: boolean;
  readonly version: string;
  /** What a result of this peer hangs on, beside the unit; undefined when it must not be kept. */
  readonly keptAs: string | undefined;
  roundTrip(unit: Unit): Promise<RoundTrip>;
  /** Of whole processes with this unit; a program's own peak is among its costs. */
  memory?(unit: Unit): Memory;
  close(): void;
}

/** A program's start is the median of so many. */
const STARTS = 5;

export function failed(fault: string): RoundTrip {
  return { fault, codedBytes: undefined, encode: undefined, decode: undefined };
}

/** A coder of this process; `parent` is for its child's files. */
export function inProcessPeer(coder: Coder, parent: string): Peer {
  const { name, effort } = coder;
  const zlib = `${process.versions.zlib} of Node ${process.version}`;
  return {
    name,
    effort,
    rival: false,
    version: effort === undefined ? zlib : "",
    keptAs: effort === undefined ? zlib : undefined,
    async roundTrip({ bytes }) {
      try {
        const [encode, coded] = await timed(() => coder.encode(bytes));
        const [decode, plain] = await sampled(() => coder.decode(coded));
        if (Buffer.compare(plain, bytes) !== 0) return failed("wrong bytes");
        return { fault: undefined, codedBytes: coded.length, encode, decode };
      } catch (error) {
        return failed(String(error));
      }
    },
    memory: (unit) => memoryOfChildren(name, unit, parent),
    close: () => undefined,
  };
}

/** Encodes and decodes in processes of their own, which tell what they held. */
function memoryOfChildren(coder: string, { bytes }: Unit, parent: string): Memory {
  const folder = mkdtempSync(join(parent, "child-"));
  const child = join(import.meta.dirname, "coder-child.ts");
  const [plain, coded, again] = ["plain", "coded", "again"].map((name) => join(folder, name));
  const run = (...args: string[]): { idleKib: number; peakKib: number; kernelKib: number } =>
    JSON.parse(execFileSync(process.execPath, [child, coder, ...args], { encoding: "utf8" }));
  writeFileSync(plain!, bytes);
  const encode = run("encode", plain!, coded!);
  const decode = run("decode", coded!, again!);
  rmSync(folder, { recursive: true });
  return {
    encodeKib: encode.peakKib,
    decodeKib: decode.peakKib,
    idleKib: decode.idleKib,
    encodeKernelKib: encode.kernelKib,
    decodeKernelKib: decode.kernelKib,
  };
}

/** The name of what a program codes to; 7-Zip looks at the ending. */
const CODED = "coded.7z";

/** A program that was found on the PATH; it works in a folder of its own in `parent`. */
export function programPeer(found: ProgramHere, parent: string): Peer {
  const folder = mkdtempSync(join(parent, "program-"));
  const words = (plain: string) => ({
    encode: found.encode(found.program, plain, CODED),
    decode: found.decode(found.program, CODED, plain),
  });
  let start: { readonly encode: Cost; readonly decode: Cost } | undefined;
  return {
    name: found.name,
    effort: undefined,
    rival: found.rival,
    version: found.versionSays,
    keptAs: `${found.versionSays}: ${words("plain").encode}`,
    async roundTrip(unit) {
      start ??= startOf(words("plain"), folder);
      return thereAndBack(unit, folder, words(unit.fileName), start);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

interface Words {
  readonly encode: string;
  readonly decode: string;
}

function thereAndBack(
  { fileName, bytes }: Unit,
  folder: string,
  words: Words,
  start: { readonly encode: Cost; readonly decode: Cost },
): RoundTrip {
  const plain = join(folder, fileName);
  const coded = join(folder, CODED);
  try {
    writeFileSync(plain, bytes);
    const encode = runProgram(words.encode, folder);
    const codedBytes = statSync(coded, { throwIfNoEntry: false })?.size;
    if (encode === undefined || codedBytes === undefined) return failed("does not encode");
    rmSync(plain);
    const decode = runProgram(words.decode, folder);
    if (decode === undefined) return failed("does not decode");
    const back = statSync(plain, { throwIfNoEntry: false }) && readFileSync(plain);
    if (back === undefined || Buffer.compare(back, bytes) !== 0) return failed("wrong bytes");
    return {
      fault: undefined,
      codedBytes,
      encode: beyond(encode, start.encode),
      decode: beyond(decode, start.decode),
    };
  } finally {
    for (const path of [plain, coded]) rmSync(path, { force: true });
  }
}

/** What a program takes for a single byte: its start. */
function startOf(words: Words, folder: string): { readonly encode: Cost; readonly decode: Cost } {
  const costs = { encode: [] as Cost[], decode: [] as Cost[] };
  for (let run = 0; run < STARTS; run++) {
    writeFileSync(join(folder, "plain"), "a");
    for (const way of ["encode", "decode"] as const) {
      const cost = runProgram(words[way], folder);
      if (cost !== undefined) costs[way].push(cost);
    }
    for (const name of ["plain", CODED]) rmSync(join(folder, name), { force: true });
  }
  return { encode: middle(costs.encode), decode: middle(costs.decode) };
}

function middle(costs: readonly Cost[]): Cost {
  if (costs.length === 0) return { cpuSeconds: 0, wallSeconds: 0, peakKib: undefined };
  return {
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
    wallSeconds: median(costs.map(({ wallSeconds }) => wallSeconds)),
    peakKib: costs[0]!.peakKib,
  };
}
