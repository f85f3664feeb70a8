import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fakeRun } from "../../test/cli-run.ts";
import { FAULTS } from "../core/errors.ts";
import type { CodingOptions } from "./coding.ts";
import { compressFiles, type Floors } from "./compress-files.ts";
import { openCoding, openDecoding } from "./floors.ts";

const HOW: CodingOptions = {
  format: "gz",
  codec: "auto",
  effort: "flat",
  level: undefined,
  threads: 1,
  metadata: true,
};

const made: string[] = [];
let folder = "";
let source = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-compress-"));
  made.push(folder);
  source = join(folder, "a");
  await writeFile(source, "precious");
});
after(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

/** Coding that says it has proven what it wrote, and wrote something else. */
const LYING: Floors = {
  openDecoding,
  openCoding: () =>
    Promise.resolve({
      async *encode({ plain }, ended) {
        for await (const _ of plain);
        yield gzipSync("something else");
        ended({ codec: "liar", verified: true });
      },
      close: () => Promise.resolve(),
    }),
};

test("an input is kept when the disk does not give it back, whatever coding says", async () => {
  const { run, errors } = fakeRun();
  await compressFiles([source], { rm: true }, HOW, run, LYING);
  assert.equal(run.exitCode, FAULTS.RoundTripFailure.number);
  assert.match(errors(), /^pith: .*\/a: decoding did not give the original back/);
  assert.deepEqual(await readdir(folder), ["a"]);
  assert.equal(await readFile(source, "utf8"), "precious");
});

test("a file that changes while it is read gives no output, and is kept", async () => {
  const changing: Floors = {
    openDecoding,
    async openCoding(how) {
      const coding = await openCoding(how);
      return {
        async *encode(input, ended) {
          yield* coding.encode(input, ended);
          await writeFile(source, "changed!");
          await utimes(source, 1, 1);
        },
        close: () => coding.close(),
      };
    },
  };
  for (const rmToo of [false, true]) {
    const { run } = fakeRun();
    await compressFiles([source], { rm: rmToo }, HOW, run, changing);
    assert.equal(run.exitCode, FAULTS.FileChanged.number);
    assert.deepEqual(await readdir(folder), ["a"]);
    await writeFile(source, "precious");
  }
});

test("coding that fails halfway leaves the other files alone", async () => {
  const other = join(folder, "b");
  await writeFile(other, "other");
  const failing: Floors = {
    openDecoding,
    async openCoding(how) {
      const coding = await openCoding(how);
      return {
        async *encode(input, ended) {
          for await (const piece of coding.encode(input, ended)) {
            yield piece;
            if (input.metadata?.name === "a") throw new Error("a disk on fire");
          }
        },
        close: () => coding.close(),
      };
    },
  };
  const { run, errors, output } = fakeRun();
  await compressFiles([source, other], {}, HOW, run, failing);
  assert.equal(run.exitCode, FAULTS.AssertionFailure.number);
  assert.match(errors(), /a disk on fire/);
  assert.match(output(), /^1 file /m);
  assert.deepEqual((await readdir(folder)).sort(), ["a", "b", "b.gz"]);
});

test("an output never takes the place of an input, by whatever name", async () => {
  await symlink(".", join(folder, "same"));
  const cases: [string, string][] = [
    [source, source],
    [source, join(folder, "same", "a")],
  ];
  for (const [input, output] of cases) {
    const { run } = fakeRun();
    await compressFiles([input], { output, force: true, rm: true }, HOW, run);
    assert.equal(run.exitCode, FAULTS.BadUsage.number, output);
    assert.equal(await readFile(source, "utf8"), "precious");
  }
  const { run } = fakeRun();
  await writeFile(join(folder, "other"), "old");
  await compressFiles([source], { output: join(folder, "other"), force: true }, HOW, run);
  assert.equal(run.exitCode, 0);
});
