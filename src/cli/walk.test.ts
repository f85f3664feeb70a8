import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fakeRun } from "../../test/cli-run.ts";
import { peek, readFile, readFirst } from "./read-file.ts";
import { listFiles } from "./walk.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-walk-"));
  await mkdir(join(folder, "b/c"), { recursive: true });
  await mkdir(join(folder, "empty"));
  await writeFile(join(folder, "a.txt"), "a");
  await writeFile(join(folder, "b/1"), "one", { mode: 0o600 });
  await writeFile(join(folder, "b/c/2"), "two");
  await writeFile(join(folder, "z"), "");
  await symlink(join(folder, "a.txt"), join(folder, "link"));
  await symlink(folder, join(folder, "b/round"));
  await utimes(join(folder, "b/1"), 1_700_000_000, 1_700_000_000);
});
after(() => rm(folder, { recursive: true, force: true }));

test("a folder is walked whole, in order, without following links", async () => {
  const { run, errors } = fakeRun();
  const files = await listFiles([folder], run);
  assert.deepEqual(
    files.map(({ relative }) => relative),
    ["a.txt", "z", "b/1", "b/c/2"],
  );
  const one = files[2];
  assert.equal(one?.path, join(folder, "b/1"));
  assert.equal(one?.bytes, 3);
  assert.equal(one?.modifiedMs, 1_700_000_000_000);
  assert.equal(one?.mode, 0o600);
  assert.equal(one?.named, false);
  assert.equal(errors().match(/skipped, it is a symbolic link/g)?.length, 2);
  assert.equal(run.exitCode, 0);
});

test("files that are named go by their own name; what is no file is a fault", async () => {
  const { run, errors } = fakeRun();
  const paths = [join(folder, "b/c/2"), join(folder, "link"), join(folder, "none")];
  const files = await listFiles(paths, run);
  assert.deepEqual(
    files.map(({ relative, named }) => [relative, named]),
    [["2", true]],
  );
  assert.match(errors(), /link: .*it is a symbolic link/);
  assert.match(errors(), /none: .*no such file or folder/);
  assert.equal(run.exitCode, 101);
});

test("files are read whole, or their first bytes", async () => {
  const pieces: Uint8Array[] = [];
  for await (const piece of readFile(join(folder, "b/1"))) pieces.push(piece);
  assert.equal(Buffer.concat(pieces).toString(), "one");
  assert.equal(Buffer.from(await readFirst(join(folder, "b/1"), 2)).toString(), "on");
  assert.equal((await readFirst(join(folder, "z"), 8)).length, 0);
  await assert.rejects(readFile(join(folder, "none")).next(), { code: "FileIo" });
});

test("a look at a stream's beginning takes nothing from it", async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const text of ["a", "bc", "def"]) yield Buffer.from(text);
  }
  for (const bytes of [0, 1, 2, 3, 6, 99]) {
    const { first, whole } = await peek(source(), bytes);
    assert.equal(Buffer.from(first).toString(), "abcdef".slice(0, bytes));
    const pieces: Uint8Array[] = [];
    for await (const piece of whole) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), "abcdef");
  }
});

test("a stream that was looked at can be given up", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.alloc(9);
      yield Buffer.alloc(9);
    } finally {
      closed = true;
    }
  }
  const { whole } = await peek(source(), 4);
  await whole.return();
  assert.ok(closed);
});
