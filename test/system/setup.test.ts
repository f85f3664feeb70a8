/**
 * Set-up as a new user does it: a fresh clone, the two commands, the real program.
 *
 * The private Node, the packages and the kernels are lent by this folder, so that nothing is
 * fetched; with PITH_FULL=1 one test does without any of that, and needs the network.
 */
import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  bareClone,
  furnishedClone,
  isAlive,
  olderNode,
  plainEnvironment,
  ROOT,
  run,
  start,
  until,
} from "./setup-clone.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
};

function dataFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "pith-data-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Puts an object, reads it back, and gives the service's own process id. */
async function putAndGet(url: string): Promise<number> {
  const body = Uint8Array.from({ length: 100_000 }, (_, i) => (i >> 5) & 255);
  assert.equal((await fetch(`${url}/photos`, { method: "PUT" })).status, 200);
  const put = await fetch(`${url}/photos/a.bin`, { method: "PUT", body });
  assert.equal(put.status, 200, await put.text());
  const get = await fetch(`${url}/photos/a.bin`);
  assert.deepEqual(new Uint8Array(await get.arrayBuffer()), body);
  const stats = (await (await fetch(`${url}/-/stats`)).json()) as { pid: number };
  return stats.pid;
}

test("./pith --version works in a fresh clone; the second run builds nothing", async (context) => {
  const clone = furnishedClone(context);
  const first = await run(context, clone, "./pith", ["--version"]);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout.trim().split(" ").at(-1), version);
  assert.match(first.stderr, /building the sources/);
  const second = await run(context, clone, "./pith", ["--version"]);
  assert.equal(second.stdout, first.stdout);
  assert.equal(second.stderr, "");
  const wrong = await run(context, clone, "./pith", ["expand", "there-is-no-such-file.pith"]);
  const direct = await run(context, clone, process.execPath, [
    "dist/cli/main.js",
    "expand",
    "there-is-no-such-file.pith",
  ]);
  assert.notEqual(wrong.code, 0);
  assert.equal(wrong.code, direct.code);
  assert.equal(wrong.stderr, direct.stderr);
});

test("the service starts, keeps an object, and ends in order by a signal", async (context) => {
  const clone = furnishedClone(context);
  const data = dataFolder(context);
  const options = ["--port", "0", "--data", data];
  const node = olderNode() ?? process.execPath;
  const starts = [
    { file: node, args: ["scripts/launch.mjs", "serve", ...options] },
    { file: "./pith", args: ["serve", ...options] },
  ];
  for (const { file, args } of starts) {
    const service = start(context, clone, file, args);
    const url = (await service.says(/http:\/\/127\.0\.0\.1:\d+/))[0];
    const pid = await putAndGet(url);
    service.child.kill("SIGTERM");
    const { code, stderr } = await service.ended;
    assert.equal(code, 0, stderr);
    assert.equal(isAlive(pid), false);
    rmSync(data, { recursive: true });
    mkdirSync(data);
  }
});

test("npm start starts the service, and ends it with npm", async (context) => {
  const clone = furnishedClone(context);
  const args = ["start", "--", "--port", "0", "--data", dataFolder(context)];
  const npm = start(context, clone, "npm", args);
  const url = (await npm.says(/http:\/\/127\.0\.0\.1:\d+/))[0];
  const pid = await putAndGet(url);
  npm.child.kill("SIGTERM");
  await until("the service has ended", () => !isAlive(pid));
});

test("check finds a wrong type, a wrong format, a step up and a dead file", async (context) => {
  const clone = furnishedClone(context);
  appendFileSync(join(clone, "src/core/bytes.ts"), "export const wrong: number = 'text'\n");
  appendFileSync(join(clone, "src/core/bytes.ts"), 'import "../store/index.ts";\n');
  writeFileSync(join(clone, "kernels/dead.ts"), "export function dead(): void {}\n");
  const { code, stdout, stderr } = await run(context, clone, process.execPath, [
    "scripts/check.ts",
  ]);
  assert.equal(code, 1);
  assert.match(stdout, /src\/core\/bytes\.ts\(\d+,\d+\): error TS2322/);
  assert.match(stdout + stderr, /src\/core\/bytes\.ts format/);
  assert.match(stdout, /src\/core\/bytes\.ts:\d+ {2}a step up: core may not know store/);
  assert.match(stdout, /kernels\/dead\.ts {2}nobody imports this/);
  for (const name of ["types", "style", "floors", "tidy"]) {
    assert.match(stdout, new RegExp(`^FAILED {2}${name}`, "m"));
  }
});

test("from bare: one command fetches, installs, builds and starts", {
  skip: process.env["PITH_FULL"] === "1" ? false : "needs the network; npm run test:full",
}, async (context) => {
  const clone = bareClone(context);
  const older = olderNode();
  const path = `${older === undefined ? "" : `${join(older, "..")}:`}${process.env["PATH"]}`;
  const options = ["--port", "0", "--data", dataFolder(context)];
  const env = plainEnvironment({ PATH: path });
  const npm = start(context, clone, "npm", ["start", "--", ...options], { env });
  const url = (await npm.says(/http:\/\/127\.0\.0\.1:\d+/))[0];
  const pid = await putAndGet(url);
  npm.child.kill("SIGTERM");
  await until("the service has ended", () => !isAlive(pid));
  const again = await run(context, clone, "./pith", ["--version"], { env });
  assert.equal(again.stderr, "", "the second run fetches and builds nothing");
});
