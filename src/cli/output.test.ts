import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { undoAll } from "./interrupt.ts";
import { beginOutput } from "./output.ts";

const made: string[] = [];
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-output-"));
  made.push(folder);
});
after(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

const HELLO = Buffer.from("hello");

test("a finished file has its bytes, time and mode, and nothing lies beside it", async () => {
  const target = join(folder, "a");
  const output = await beginOutput(target, false);
  assert.equal((await stat(output.temporaryPath)).mode & 0o777, 0o600);
  await output.write(HELLO);
  await output.write(HELLO);
  assert.equal(output.bytes, 10);
  assert.deepEqual(await readdir(folder), [output.temporaryPath.slice(folder.length + 1)]);
  await output.finish({ modifiedMs: 1_700_000_000_123, mode: 0o640 }, true);
  await output.discard();
  assert.deepEqual(await readdir(folder), ["a"]);
  assert.equal(await readFile(target, "utf8"), "hellohello");
  const stats = await stat(target);
  assert.equal(stats.mode & 0o777, 0o640);
  assert.ok(Math.abs(stats.mtimeMs - 1_700_000_000_123) < 1);
});

test("a file without a mode gets what new files get", async () => {
  const target = join(folder, "a");
  const output = await beginOutput(target, false);
  await output.finish({}, false);
  await writeFile(join(folder, "b"), "");
  assert.equal((await stat(target)).mode, (await stat(join(folder, "b"))).mode);
});

test("what is discarded, or cut off by a signal, leaves nothing", async () => {
  // The test runner listens too.
  const listeners = process.listenerCount("SIGINT");
  const discarded = await beginOutput(join(folder, "a"), false);
  await discarded.write(HELLO);
  await discarded.discard();
  await discarded.discard();
  assert.deepEqual(await readdir(folder), []);

  const interrupted = await beginOutput(join(folder, "a"), false);
  await interrupted.write(HELLO);
  undoAll();
  assert.deepEqual(await readdir(folder), []);
  await interrupted.discard();
  assert.equal(process.listenerCount("SIGINT"), listeners);
});

test("a name that is taken is refused, before and after the bytes", async () => {
  const target = join(folder, "a");
  const output = await beginOutput(target, false);
  await writeFile(target, "first");
  await output.write(HELLO);
  await assert.rejects(output.finish({}, false), { code: "FileExists" });
  await output.discard();
  await assert.rejects(beginOutput(target, false), { code: "FileExists" });
  assert.equal(await readFile(target, "utf8"), "first");
  assert.deepEqual(await readdir(folder), ["a"]);
});

test("force replaces the name and never writes through it", async () => {
  const precious = join(folder, "precious");
  const target = join(folder, "link");
  await writeFile(precious, "precious");
  await symlink(precious, target);
  await assert.rejects(beginOutput(target, false), { code: "FileExists" });
  const output = await beginOutput(target, true);
  await output.write(HELLO);
  assert.equal(await readlink(target), precious);
  await output.finish({}, false);
  assert.ok((await lstat(target)).isFile());
  assert.equal(await readFile(precious, "utf8"), "precious");
  assert.equal(await readFile(target, "utf8"), "hello");
});

test("folders are no targets, and a folder that is missing is told", async () => {
  await mkdir(join(folder, "sub"));
  await assert.rejects(beginOutput(join(folder, "sub"), true), { code: "FileIo" });
  await assert.rejects(beginOutput(join(folder, "none", "a"), false), {
    code: "FileIo",
    message: /no such file or folder/,
  });
});

test("what is neither a file nor a link keeps its name", {
  skip: process.platform === "win32",
}, async () => {
  const target = join(folder, "pipe");
  execFileSync("mkfifo", [target]);
  for (const force of [false, true]) {
    await assert.rejects(beginOutput(target, force), { code: "FileIo" });
  }
  assert.ok((await lstat(target)).isFIFO());
  assert.deepEqual(await readdir(folder), ["pipe"]);
});
