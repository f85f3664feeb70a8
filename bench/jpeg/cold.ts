/**
 * One photo through whole processes: what a user waits for who types a command, and how soon the
 * first byte comes when a photo is decoded while it is read.
 *
 *   pith compress, cjxl, pith expand, djxl, ...    round after round, medians
 *
 * The clock runs from the start of the process to its end. The command is the built one, as a user
 * has it; where nothing is built it is left out.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { median } from "../deflate/report.ts";
import { decodeStream, encodeBy, type Model } from "./coders.ts";
import { fileOf, type JpegFile, scanStart } from "./files.ts";
import { preparePriors } from "./priors.ts";
import type { Program } from "./programs.ts";
import { type Cost, runProgram } from "./run-program.ts";

const DIST = resolve(import.meta.dirname, "../../dist");
const COMMAND = join(DIST, "cli/main.js");
/** A build from before this codec has the command and lacks this. */
const IS_BUILT = existsSync(COMMAND) && existsSync(join(DIST, "lepton/index.js"));
const HAS_DENSE = existsSync(join(DIST, "container/jpeg-dense-codec.js"));

/** 2.6 MB, 4:2:0, 8 megapixels, with restart markers. */
const PHOTO = "apple-iphone-6.jpg";

export interface ColdRun {
  readonly command: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMib: number | undefined;
}

export interface FirstByte {
  readonly what: string;
  readonly firstByteMs: number;
  /** The first byte of the scan: the header before it needs no decoding. */
  readonly firstScanByteMs: number;
  readonly wholeMs: number;
}

export interface Cold {
  readonly file: string;
  readonly plainBytes: number;
  readonly runs: readonly ColdRun[];
  readonly firstBytes: readonly FirstByte[];
}

export async function coldFigures(
  programs: readonly Program[],
  parent: string,
  rounds: number,
): Promise<Cold> {
  const photo = fileOf("photos", PHOTO);
  const folder = mkdtempSync(join(parent, "cold-"));
  const commands = commandsOf(programs);
  const costs = new Map<string, Cost[]>(commands.map(({ says }) => [says, []]));
  copyFileSync(photo.path, join(folder, "photo.jpg"));
  // Round 0 fills the caches of the disk.
  for (let round = 0; round <= rounds; round++) {
    for (const { says, words } of commands) {
      const cost = runProgram(words, folder);
      if (cost !== undefined && round > 0) costs.get(says)?.push(cost);
    }
  }
  const runs = [...costs].filter(([, own]) => own.length > 0);
  const firstBytes = await firstByteFigures(photo, folder, rounds);
  rmSync(folder, { recursive: true });
  console.error("cold: done");
  return {
    file: photo.name,
    plainBytes: photo.bytes.length,
    runs: runs.map(([command, own]) => ({
      command,
      wallMs: 1000 * median(own.map(({ wallSeconds }) => wallSeconds)),
      cpuMs: 1000 * median(own.map(({ cpuSeconds }) => cpuSeconds)),
      peakMib: own[0]?.peakKib === undefined ? undefined : own[0].peakKib / 1024,
    })),
    firstBytes,
  };
}

/** Each tool's two commands, encoding before decoding; outputs are made anew each time. */
function commandsOf(programs: readonly Program[]): { says: string; words: string }[] {
  const commands: { says: string; words: string }[] = [];
  if (IS_BUILT) {
    const pith = `'${process.execPath}' '${COMMAND}'`;
    commands.push(
      { says: "pith compress", words: `${pith} compress -f -q photo.jpg -o photo.pith` },
      { says: "pith expand", words: `${pith} expand -f -q photo.pith -o expanded.jpg` },
      { says: "pith compress to .lep", words: `${pith} compress -f -q photo.jpg -o photo.lep` },
      { says: "pith expand from .lep", words: `${pith} expand -f -q photo.lep -o expanded.jpg` },
      ...(HAS_DENSE ? denseCommands(pith) : []),
      { says: "pith --version (start alone)", words: `${pith} --version` },
    );
  } else console.error("no dist/ of these sources here: the pith command is left out");
  for (const { name, encode, decode, forJpeg, bytesMaximum } of programs) {
    if (!forJpeg || decode === undefined || bytesMaximum !== undefined) continue;
    commands.push({ says: `${name}, encode`, words: encode });
    commands.push({ says: `${name}, decode`, words: decode });
  }
  return commands;
}

/** With the priors that the build has: for times, not for sizes. */
function denseCommands(pith: string): { says: string; words: string }[] {
  const options = "--effort dense -f -q photo.jpg -o dense.pith";
  return [
    { says: "pith compress --effort dense", words: `${pith} compress ${options}` },
    { says: "pith expand, dense", words: `${pith} expand -f -q dense.pith -o expanded.jpg` },
  ];
}

async function firstByteFigures(
  photo: JpegFile,
  folder: string,
  rounds: number,
): Promise<FirstByte[]> {
  const coded = join(folder, "photo.lep");
  const ways = [...(await warmWays("lepton", photo)), ...(await warmWays("dense", photo))];
  if (IS_BUILT && existsSync(coded)) {
    ways.push(["pith expand -c, whole process", () => commandOutput(coded)]);
  }
  const times = new Map<string, Times[]>(ways.map(([what]) => [what, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [what, open] of ways) {
      const taken = await timeStream(open, photo);
      if (round > 0) times.get(what)?.push(taken);
    }
  }
  return [...times].flatMap(([what, all]) => figure(what, all));
}

type StreamWay = [what: string, open: () => AsyncIterable<Uint8Array>];

async function warmWays(model: Model, photo: JpegFile): Promise<StreamWay[]> {
  if (model === "dense") await preparePriors(photo);
  const coded = await encodeBy(model, photo.bytes);
  return [
    [`in process, warm, one thread, ${model}`, () => decodeStream(model, coded, 1)],
    [`in process, warm, two threads, ${model}`, () => decodeStream(model, coded, 2)],
  ];
}

type Times = Omit<FirstByte, "what">;

function figure(what: string, times: readonly Times[]): FirstByte[] {
  if (times.length === 0) return [];
  const middle = (key: keyof Times): number => median(times.map((each) => each[key]));
  return [
    {
      what,
      firstByteMs: middle("firstByteMs"),
      firstScanByteMs: middle("firstScanByteMs"),
      wholeMs: middle("wholeMs"),
    },
  ];
}

async function timeStream(
  open: () => AsyncIterable<Uint8Array>,
  { bytes }: JpegFile,
): Promise<Times> {
  const headerBytes = scanStart(bytes) ?? 0;
  const began = performance.now();
  const since = (): number => performance.now() - began;
  let firstByteMs: number | undefined;
  let firstScanByteMs: number | undefined;
  let size = 0;
  const parts: Uint8Array[] = [];
  for await (const part of open()) {
    size += part.length;
    if (size > 0) firstByteMs ??= since();
    // The scan's own marker segment is of some dozen bytes.
    if (size > headerBytes + 64) firstScanByteMs ??= since();
    parts.push(part);
  }
  const wholeMs = since();
  if (Buffer.compare(Buffer.concat(parts), bytes) !== 0) throw new Error("not restored");
  return {
    firstByteMs: firstByteMs ?? wholeMs,
    firstScanByteMs: firstScanByteMs ?? wholeMs,
    wholeMs,
  };
}

async function* commandOutput(path: string): AsyncGenerator<Uint8Array> {
  const child = spawn(process.execPath, [COMMAND, "expand", "-c", path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  yield* child.stdout as AsyncIterable<Uint8Array>;
  await ended;
}
