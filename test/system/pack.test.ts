/**
 * The published package: packed, installed into an empty project, and used from there.
 *
 * Everything a user of the package meets is tried on the tarball itself: what is in it, each
 * door, the command, the doors that are shut, and the types under a strict consumer.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makePicture, TEXTURES } from "../jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS } from "../jpeg/jpeg-random.ts";
import { type JpegPlan, writeJpeg } from "../jpeg/jpeg-writer.ts";
import { seeded } from "../random.ts";
import { ROOT, run } from "./setup-clone.ts";

const described = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
  exports: Record<string, unknown>;
};
const DOORS = Object.keys(described.exports)
  .filter((door) => !door.endsWith(".json"))
  .map((door) => `pith${door.slice(1)}`);

/** A tarball that is larger deserves a look: sources and wasm are small. */
const TARBALL_BYTES_MAXIMUM = 1024 * 1024;

test("the package, as it is published", async (context) => {
  const project = mkdtempSync(join(tmpdir(), "pith-pack-"));
  context.after(() => rmSync(project, { recursive: true }));
  writeFileSync(join(project, "package.json"), '{ "type": "module", "private": true }\n');
  await output(context, ROOT, "npm", ["pack", "--pack-destination", project]);
  const [tarball] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
  assert.ok(tarball !== undefined);

  await context.test("holds what runs and no tests", () => holdsNoTests(join(project, tarball)));

  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await output(context, project, "npm", ["install", ...quiet, `./${tarball}`]);

  await context.test("opens at every door and at no other", (t) => opensAtDoors(t, project));
  await context.test("compresses from where it is installed", (t) => compresses(t, project));
  await context.test("codes JPEGs on one thread and two", (t) => codesJpegs(t, project));
  await context.test("has the command", (t) => hasCommand(t, project));
  await context.test("has types for strict consumers", (t) => hasTypes(t, project));
});

/** Standard output of a program that must end well. */
async function output(
  context: TestContext,
  folder: string,
  file: string,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await run(context, folder, file, args);
  assert.equal(code, 0, `${file} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

function holdsNoTests(tarball: string): void {
  const names = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  const files = names.map((name) => name.replace(/^package\//, ""));
  const others = files.filter((name) => !/^(dist|wasm)\//.test(name)).sort();
  assert.deepEqual(
    others.filter((name) => !/^(LICENSE|NOTICE|README\.md)$/.test(name)),
    ["package.json"],
  );
  assert.deepEqual(
    files.filter((name) => /\.(test|fuzz|bench)\.|suite\.|\.new$/.test(name)),
    [],
  );
  const kernels = ["deflate", "header", "lepton", "dense"].flatMap((name) =>
    ["simd", "scalar"].map((variant) => `wasm/${name}.${variant}.wasm`),
  );
  for (const name of [
    "dist/cli/main.js",
    "dist/lepton/lepton-worker.js",
    "wasm/dictionary.bin",
    "wasm/jpeg-headers.bin",
    "wasm/jpeg-priors.bin",
    ...kernels,
  ]) {
    assert.ok(files.includes(name), `${name} is not in the package`);
  }
  assert.ok(statSync(tarball).size <= TARBALL_BYTES_MAXIMUM);
}

async function opensAtDoors(context: TestContext, project: string): Promise<void> {
  const shut = ["pith/dist/core/errors.js", "pith/wasm/deflate.simd.wasm", "pith/core"];
  writeFileSync(
    join(project, "doors.js"),
    `
for (const door of ${JSON.stringify(DOORS)}) {
  console.log(door, Object.keys(await import(door)).length > 0);
}
for (const door of ${JSON.stringify(shut)}) {
  console.log(door, await import(door).then(() => "open", (error) => error.code));
}
const { default: about } = await import("pith/package.json", { with: { type: "json" } });
console.log(about.version);
`,
  );
  const said = (await output(context, project, process.execPath, ["doors.js"])).trim().split("\n");
  assert.deepEqual(said, [
    ...DOORS.map((door) => `${door} true`),
    ...shut.map((door) => `${door} ERR_PACKAGE_PATH_NOT_EXPORTED`),
    described.version,
  ]);
}

async function compresses(context: TestContext, project: string): Promise<void> {
  writeFileSync(
    join(project, "compress.js"),
    `
import { deflate, inflate } from "pith/deflate";
import { gunzipSync } from "node:zlib";
const plain = new TextEncoder().encode("every byte comes back. ".repeat(50_000));
const coded = await deflate(plain, { format: "gzip" });
const back = await inflate(coded, { format: "gzip" });
console.log(coded.length < plain.length, Buffer.compare(gunzipSync(coded), plain), Buffer.compare(back, plain));
`,
  );
  const said = await output(context, project, process.execPath, ["compress.js"]);
  assert.equal(said, "true 0 0\n");
}

/** A picture through the door of Lepton, on threads as well: these load modules of their own. */
async function codesJpegs(context: TestContext, project: string): Promise<void> {
  const jpeg = writeJpeg(planOfPicture());
  writeFileSync(join(project, "picture.jpg"), jpeg);
  writeFileSync(
    join(project, "lepton.js"),
    `
import { decodeLepton, encodeLepton } from "pith/lepton";
import { readFile } from "node:fs/promises";
const jpeg = await readFile("picture.jpg");
for (const threads of [1, 2]) {
  const lepton = await encodeLepton(jpeg, { segments: 2, threads });
  const back = await decodeLepton(lepton, { threads });
  console.log(lepton.length < jpeg.length, Buffer.compare(back, jpeg));
}
`,
  );
  const said = await output(context, project, process.execPath, ["lepton.js"]);
  assert.equal(said, "true 0\ntrue 0\n");
}

function planOfPicture(): JpegPlan {
  const size = { width: 300, height: 200 };
  const picture = makePicture(seeded(1), size, SAMPLINGS[4]!, TEXTURES.natural);
  return { picture, scans: oneScan(picture), progressive: false };
}

async function hasCommand(context: TestContext, project: string): Promise<void> {
  const said = await output(context, project, "npx", ["--no", "--", "pith", "--version"]);
  assert.equal(said.trim().split(" ").at(-1), described.version);
}

/** The web's own types that the doors of codecs speak of, and the only ones it may. */
const WEB_TYPES = `
interface AbortSignal {}
interface ReadableStream<R> {}
interface TransformStream<I, O> {}
`;

/** A consumer without skipLibCheck finds every name that a declaration uses and does not have. */
async function hasTypes(context: TestContext, project: string): Promise<void> {
  const consume = async (setting: Setting): Promise<void> => {
    const imports = setting.doors.map((door, i) => `export * as door${i} from "${door}";\n`);
    writeFileSync(join(project, "consumer.ts"), imports.join(""));
    writeFileSync(join(project, "web.d.ts"), setting.declares ?? "");
    const { lib, types } = setting;
    const compilerOptions = { ...CONSUMER_OPTIONS, lib, types };
    const files = ["consumer.ts", "web.d.ts"];
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    await output(context, project, process.execPath, [compiler, "-p", "."]);
  };
  const codecs = ["pith/deflate", "pith/lepton"];
  await consume({ doors: codecs, lib: ["es2024"], types: [], declares: WEB_TYPES });
  await consume({ doors: codecs, lib: ["es2024", "dom"], types: [] });
  for (const name of ["@types", "undici-types"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name));
  }
  await consume({ doors: DOORS, lib: ["es2024"], types: ["node"] });
}

interface Setting {
  readonly doors: readonly string[];
  readonly lib: readonly string[];
  readonly types: readonly string[];
  /** Types that the consumer has of its own. */
  readonly declares?: string;
}

const CONSUMER_OPTIONS = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  module: "nodenext",
  target: "es2024",
  skipLibCheck: false,
};
