/**
 * Peers of the JPEG benchmark: everyone whose sizes and costs stand in the tables, and how one
 * file goes there and back with each.
 *
 *   in process   process.cpuUsage around the call, warm; memory from a process of its own
 *   programs     wait4's figures, less those of the same program on a picture of one block
 *
 * Nothing counts as restored that was not decoded and compared byte for byte here.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../deflate/report.ts";
import { IN_PROCESS, type InProcess } from "./coders.ts";
import { fileOf, type JpegFile } from "./files.ts";
import { heldOutOf } from "./priors.ts";
import { type Program, versionOf } from "./programs.ts";
import { beyond, type Cost, runProgram, share } from "./run-program.ts";
import { sampled, timed } from "./timed.ts";

export type Outcome =
  | "restored"
  | "wrong"
  | "refused"
  /** What came out is another file that cannot be turned back. */
  | "no way back"
  /** Not asked: the file is too large for so slow a program. */
  | "left out";

/** One file there and back. */
export interface RoundTrip {
  readonly outcome: Outcome;
  readonly codedBytes: number | undefined;
  readonly encode: Cost | undefined;
  readonly decode: Cost | undefined;
}

/** Peak resident sets of whole processes. */
export interface Memory {
  readonly encodeKib: number | undefined;
  readonly decodeKib: number | undefined;
  /** What the process holds before it works; undefined where that is next to nothing. */
  readonly idleKib: number | undefined;
}

export interface Peer {
  readonly name: string;
  readonly ours: boolean;
  readonly forJpeg: boolean;
  readonly chunked: boolean;
  readonly reversible: boolean;
  /** Another way of one of the others: its sizes are the same. */
  readonly warmOnly: boolean;
  readonly version: string;
  roundTrip(file: JpegFile): Promise<RoundTrip>;
  /** Costs of encoding and decoding once everything is warm, for the figures "in process". */
  warm(file: JpegFile): Promise<Pick<RoundTrip, "encode" | "decode">>;
  memory(file: JpegFile): Promise<Memory>;
  close(): void;
}

const NONE = { codedBytes: undefined, encode: undefined, decode: undefined } as const;

/** Runs in one process of a program that can repeat its work. The first is as fast as the others to
 * a few percent, so nothing is subtracted for it: a difference of two runs is mostly noise. */
const RUNS = 2;
/** A program's start is the median of so many. */
const STARTS = 5;

/** Ourselves and zlib, then these programs; `folder` is for their files. */
export function peersOf(programs: readonly Program[], folder: string): Peer[] {
  const small = fileOf("vectors", "tiny.jpg");
  return [
    ...IN_PROCESS.map((coder) => inProcessPeer(coder, folder)),
    ...programs.map((program) => programPeer(program, folder, small)),
  ];
}

function inProcessPeer(coder: InProcess, folder: string): Peer {
  const { name, ours, chunked, prepare, encode, decode } = coder;
  return {
    name,
    ours,
    forJpeg: ours,
    chunked,
    reversible: true,
    warmOnly: coder.warmOnly ?? false,
    version: ours ? "" : `zlib ${process.versions.zlib} of Node ${process.version}`,
    async roundTrip(file) {
      const { bytes } = file;
      await prepare?.(file);
      const [encodeCost, coded] = await timed(() => attempt(encode(bytes)));
      if (coded === undefined) return { ...NONE, outcome: "refused" };
      const [decodeCost, plain] = await timed(() => attempt(decode(coded)));
      const same = plain !== undefined && Buffer.compare(plain, bytes) === 0;
      return {
        outcome: same ? "restored" : "wrong",
        codedBytes: coded.length,
        encode: encodeCost,
        decode: decodeCost,
      };
    },
    async warm(file) {
      const { bytes } = file;
      await prepare?.(file);
      const [encodeCost, coded] = await sampled(() => encode(bytes));
      const [decodeCost] = await sampled(() => decode(coded));
      return { encode: encodeCost, decode: decodeCost };
    },
    memory: async (file) => memoryOfChild(name, file, folder),
    close: () => undefined,
  };
}

/** A fault of the codec is a refusal. */
function attempt(bytes: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  return bytes.catch(() => undefined);
}

/** Encodes and decodes in processes of their own, which tell what they held. */
function memoryOfChild(coder: string, file: JpegFile, folder: string): Memory {
  const priors = heldOutOf(file)?.priors;
  const priorsPath = join(folder, "child.priors");
  if (priors !== undefined) writeFileSync(priorsPath, priors);
  const more = priors === undefined ? [] : [priorsPath];
  const child = join(import.meta.dirname, "coder-child.ts");
  const coded = join(folder, "child.coded");
  const plain = join(folder, "child.plain");
  const run = (...args: string[]): { idleKib: number; peakKib: number } =>
    JSON.parse(
      execFileSync(process.execPath, [child, coder, ...args, ...more], { encoding: "utf8" }),
    );
  const encode = run("encode", file.path, coded);
  const decode = run("decode", coded, plain);
  return { encodeKib: encode.peakKib, decodeKib: decode.peakKib, idleKib: decode.idleKib };
}

function programPeer(program: Program, parent: string, small: JpegFile): Peer {
  const { name, chunked, forJpeg, decode, repeat, bytesMaximum = Infinity } = program;
  const folder = mkdtempSync(join(parent, "program-"));
  const photo = join(folder, "photo.jpg");
  const coded = join(folder, program.coded);
  const start = startOf(program, folder, small);

  /** The cost of one run among so many in one process. */
  const run = (words: string, runs: number, begin: Cost): Cost | undefined => {
    const cost = runProgram(runs === 1 ? words : `${words} ${repeat}${runs}`, folder);
    return cost && share(beyond(cost, begin), runs);
  };
  /** Both ways, each so many times in one process. */
  const thereAndBack = ({ bytes }: JpegFile, runs = 1): RoundTrip => {
    if (bytes.length > bytesMaximum) return { ...NONE, outcome: "left out" };
    writeFileSync(photo, bytes);
    rmSync(coded, { force: true });
    const encode = run(program.encode, runs, start.encode);
    const size = encode && (statSync(coded, { throwIfNoEntry: false })?.size ?? 0);
    if (encode === undefined || !size) return { ...NONE, outcome: "refused" };
    const there = { codedBytes: size, encode };
    if (decode === undefined) return { ...there, outcome: "no way back", decode: undefined };
    rmSync(photo);
    const decodeCost = run(decode, runs, start.decode);
    const exists = statSync(photo, { throwIfNoEntry: false }) !== undefined;
    const same = decodeCost && exists && Buffer.compare(readFileSync(photo), bytes) === 0;
    return { ...there, outcome: same ? "restored" : "wrong", decode: decodeCost };
  };
  return {
    name,
    ours: false,
    forJpeg,
    chunked,
    reversible: decode !== undefined,
    warmOnly: false,
    version: program.version === undefined ? "unknown" : versionOf(program.version),
    roundTrip: async (file) => thereAndBack(file),
    async warm(file) {
      const trip = thereAndBack(file, repeat === undefined ? 1 : RUNS);
      return trip.outcome === "restored" ? trip : { encode: undefined, decode: undefined };
    },
    async memory(file) {
      const { encode, decode: back } = thereAndBack(file);
      return { encodeKib: encode?.peakKib, decodeKib: back?.peakKib, idleKib: undefined };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** What the program takes for next to no picture: mostly its start. */
function startOf(
  program: Program,
  folder: string,
  small: JpegFile,
): { readonly encode: Cost; readonly decode: Cost } {
  copyFileSync(small.path, join(folder, "photo.jpg"));
  const middle = (words: string): Cost => {
    const costs = Array.from({ length: STARTS }, () => runProgram(words, folder)).filter(
      (cost) => cost !== undefined,
    );
    if (costs.length === 0) return { cpuSeconds: 0, wallSeconds: 0, peakKib: undefined };
    return {
      cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
      wallSeconds: median(costs.map(({ wallSeconds }) => wallSeconds)),
      peakKib: costs[0]?.peakKib,
    };
  };
  const encode = middle(program.encode);
  const decode = program.decode === undefined ? encode : middle(program.decode);
  return { encode, decode };
}
