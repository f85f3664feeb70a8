/**
 * A build that lacks one of its files, as a failed copy or a disk leaves it: the service refuses to start on
 * a store that needs the file, says which, and changes nothing; on other stores it works, and codes JPEGs
 * by the next model.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createCoder } from "../../src/container/index.ts";
import { checksumOf } from "../../src/core/checksum.ts";
import { FAULTS } from "../../src/core/errors.ts";
import type { ServiceStats } from "../../src/service/index.ts";
import { openStore } from "../../src/store/index.ts";
import { streamOf } from "../../src/store/suite.ts";
import { makePicture, TEXTURES } from "../jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS } from "../jpeg/jpeg-random.ts";
import { writeJpeg } from "../jpeg/jpeg-writer.ts";
import { seeded } from "../random.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** What can be wrong with a build, and the file that the fault must name. */
const DAMAGES: readonly (readonly [
  file: RegExp,
  damage: (path: string) => void,
  needs: "dense" | "none",
])[] = [
  [/^jpeg-priors\.bin$/, (path) => rmSync(path), "dense"],
  [/^jpeg-priors\.bin$/, (path) => writeFileSync(path, readFileSync(path).subarray(5)), "dense"],
  [/^jpeg-priors\.bin$/, makeOther, "dense"],
  [/^jpeg-headers\.bin$/, flipBit, "dense"],
  [/^dense\.(simd|scalar)\.wasm$/, (path) => rmSync(path), "dense"],
  [/^header\.(simd|scalar)\.wasm$/, (path) => writeFileSync(path, "no module"), "dense"],
  [/^divans\.(simd|scalar)\.wasm$/, (path) => rmSync(path), "none"],
  [/^dictionary\.bin$/, (path) => rmSync(path), "none"],
];

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

/** Priors that are sound by the sum at their end, and not those that were shipped. */
function makeOther(path: string): void {
  flipBit(path);
  const bytes = readFileSync(path);
  bytes.writeUInt32BE(checksumOf(bytes.subarray(0, -4)), bytes.length - 4);
  writeFileSync(path, bytes);
}

interface Build {
  /** Where a program of it lies. */
  readonly main: string;
  readonly data: string;
  /** Has the files as they are shipped, but for the damage. */
  furnish(damage?: (typeof DAMAGES)[number]): void;
}

/** A copy of this build in a folder of its own, and a data folder beside it. */
function copyOfBuild(context: TestContext): Build {
  const top = mkdtempSync(join(tmpdir(), "pith-incomplete-"));
  context.after(() => rmSync(top, { recursive: true, maxRetries: 5 }));
  const build = join(top, "build");
  cpSync(join(ROOT, "src"), join(build, "src"), {
    recursive: true,
    filter: (path) => !/\.(test|fuzz|bench)\.ts$/.test(path),
  });
  cpSync(join(ROOT, "package.json"), join(build, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(build, "node_modules"), "junction");
  const wasm = join(build, "wasm");
  const furnish: Build["furnish"] = (damage) => {
    rmSync(wasm, { recursive: true, force: true });
    mkdirSync(wasm);
    for (const name of readdirSync(join(ROOT, "wasm"))) {
      cpSync(join(ROOT, "wasm", name), join(wasm, name));
      if (damage?.[0].test(name)) damage[1](join(wasm, name));
    }
  };
  return { main: join(build, "src/cli/main.ts"), data: join(top, "data"), furnish };
}

function someJpeg(seed: number): Uint8Array {
  const picture = makePicture(
    seeded(seed),
    { width: 240, height: 300 },
    SAMPLINGS[4]!,
    TEXTURES.natural,
  );
  return writeJpeg({ picture, scans: oneScan(picture), progressive: false });
}

interface Started {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<unknown[]>;
}

function serve(context: TestContext, { main, data }: Build): Started {
  const words = [main, "serve", "--port", "0", "--data", data, "--effort", "dense"];
  const child = spawn(process.execPath, words, { env: { PATH: process.env["PATH"] } });
  context.after(() => child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (part) => (output.stdout += part));
  child.stderr.on("data", (part) => (output.stderr += part));
  return { child, output, ended: once(child, "close") };
}

async function addressOf({ child, output }: Started): Promise<string> {
  while (!/http:\/\/\S+\/-\/stats/.test(output.stdout)) {
    assert.equal(child.exitCode, null, output.stderr);
    await sleep(10);
  }
  return /http:\/\/[\d.:]+/.exec(output.stdout)?.[0] ?? "";
}

/** How it ended before it served; undefined when it serves. */
async function refusalOf(started: Started): Promise<{ code: unknown; stderr: string } | undefined> {
  const { child, output, ended } = started;
  while (child.exitCode === null && output.stdout === "") await sleep(10);
  if (output.stdout !== "") return undefined;
  const [code] = await ended;
  return { code, stderr: output.stderr };
}

async function stop({ child, ended }: Started): Promise<void> {
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
}

/** Every file of a data folder with its hash, but for the note of who had it last. */
function imageOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile() && entry.name !== "owner.json")
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}

/** Puts one JPEG by the dense model, with the build that is here. */
async function putDense(folder: string, plain: Uint8Array): Promise<void> {
  const coder = await createCoder({ threads: 1 });
  const store = await openStore({ folder, coder, effort: "dense" });
  try {
    await store.createBucket("bucket");
    await store.putObject("bucket", "picture", streamOf(plain, 5000));
    const { codecs } = await store.totals();
    assert.deepEqual(
      codecs.map(({ codec }) => codec),
      [6],
    );
  } finally {
    await store.close();
    await coder.close();
  }
}

test("a service that lacks what its store needs does not start, and starts again with it", async (context) => {
  const build = copyOfBuild(context);
  const plain = someJpeg(1);
  await putDense(build.data, plain);
  const before = imageOf(build.data);
  for (const damage of DAMAGES) {
    build.furnish(damage);
    const started = serve(context, build);
    if (damage[2] === "none") {
      const url = await addressOf(started);
      const answer = await fetch(`${url}/bucket/picture`);
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), plain, `${damage[0]}`);
      await stop(started);
      continue;
    }
    const refused = await refusalOf(started);
    assert.ok(refused !== undefined, `it serves without ${damage[0]}`);
    const { code, stderr } = refused;
    assert.equal(code, FAULTS.BuildIncomplete.number, stderr);
    const named = /install the same version again \(file "([^"]*)"/.exec(stderr)?.[1] ?? "";
    assert.match(named, damage[0], stderr);
    assert.deepEqual(imageOf(build.data), before);
  }
  build.furnish();
  const started = serve(context, build);
  const answer = await fetch(`${await addressOf(started)}/bucket/picture`);
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), plain);
  await stop(started);
});

test("without its tables the dense model leaves JPEGs of a new store to Lepton, and it is counted", async (context) => {
  const build = copyOfBuild(context);
  const [missing] = DAMAGES;
  build.furnish(missing);
  const started = serve(context, build);
  const url = await addressOf(started);
  await fetch(`${url}/bucket`, { method: "PUT" });
  const plain = someJpeg(2);
  const put = await fetch(`${url}/bucket/picture`, { method: "PUT", body: plain.slice() });
  assert.equal(put.status, 200);
  const got = await fetch(`${url}/bucket/picture`);
  assert.deepEqual(new Uint8Array(await got.arrayBuffer()), plain);
  const stats = (await (await fetch(`${url}/-/stats`)).json()) as ServiceStats;
  assert.deepEqual(
    stats.codecOutcomes.map(({ codec, outcome, code }) => `${codec} ${outcome} ${code}`),
    ["jpeg-dense failed BuildIncomplete", "lepton coded Success"],
  );
  assert.match(started.output.stderr, /jpeg-priors\.bin.*"alarm":true|"alarm":true.*jpeg-priors/);
  await stop(started);
});
