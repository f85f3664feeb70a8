/**
 * The command over .dvn files, as its users run it: there and back, through pipes, in folders, and what
 * it says of files that are damaged.
 */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { FAULTS } from "../../src/core/errors.ts";
import { newFolder, pithHere, pithHereWell, removeFolders } from "./cli-process.ts";

after(removeFolders);

const MODIFIED = new Date("2024-02-29T12:34:56Z");
const PLAIN = Buffer.from(Array.from({ length: 3000 }, (_, i) => `line ${i * i}\n`).join(""));

/** A new folder with `notes.txt` in it. */
async function withNotes(): Promise<{ top: string; notes: string }> {
  const top = await newFolder();
  const notes = join(top, "notes.txt");
  await writeFile(notes, PLAIN, { mode: 0o640 });
  await utimes(notes, MODIFIED, MODIFIED);
  return { top, notes };
}

test("a file becomes a .dvn file, is described, and comes back", async () => {
  const { top, notes } = await withNotes();
  const target = join(top, "small.dvn");
  const told = JSON.parse(
    (await pithHereWell(["compress", "--json", notes, "-o", target])).toString(),
  );
  const { codec, bytesIn, bytesOut, verified } = told;
  assert.deepEqual([codec, bytesIn, verified], ["divans", PLAIN.length, true]);
  const { size, mode, mtimeMs } = await stat(target);
  assert.deepEqual([size, mode & 0o777, mtimeMs], [bytesOut, 0o640, MODIFIED.getTime()]);

  const { kind, plainBytes, units } = JSON.parse(
    (await pithHereWell(["info", "--json", target])).toString(),
  );
  assert.deepEqual([kind, plainBytes, units], ["divans", PLAIN.length, 1]);
  const says = (await pithHereWell(["info", target])).toString();
  assert.match(says, /small\.dvn: DivANS file, \d.* kB for 37\.5 kB, \d\d\.\d% saved, 1 unit\n$/);
  assert.match((await pithHereWell(["test", target])).toString(), /saved by divans/);

  const back = JSON.parse((await pithHereWell(["expand", "--json", target])).toString());
  assert.deepEqual([back.output, back.codec, back.verified], [join(top, "small"), "divans", true]);
  assert.deepEqual(await readFile(back.output), PLAIN);
});

test("--codec divans is what a .pith file is coded with, at any effort", async () => {
  const { notes } = await withNotes();
  for (const effort of ["fast", "default", "dense"]) {
    const words = ["compress", "--json", "-f", "--codec", "divans", "--effort", effort, notes];
    const { codec, output, verified } = JSON.parse((await pithHereWell(words)).toString());
    assert.deepEqual([codec, output, verified], ["divans", `${notes}.pith`, true], effort);
    const info = JSON.parse((await pithHereWell(["info", "--json", output])).toString());
    assert.deepEqual(info.codecs, ["divans"]);
    assert.ok((await pithHereWell(["expand", "-c", output])).equals(PLAIN));
  }
});

test("folders and pipes take .dvn files like all others, and --rm trusts them", async () => {
  const { top, notes } = await withNotes();
  const folder = join(top, "folder");
  await mkdir(folder);
  await pithHereWell(["compress", "--format", "dvn", "--rm", "-q", notes]);
  assert.deepEqual((await readdir(top)).sort(), ["folder", "notes.txt.dvn"]);
  const coded = await readFile(join(top, "notes.txt.dvn"));
  await writeFile(join(folder, "a.dvn"), coded);
  await writeFile(join(folder, "b.txt"), "neither");
  await pithHereWell(["expand", "-q", "--rm", folder]);
  assert.deepEqual((await readdir(folder)).sort(), ["a", "b.txt"]);
  assert.deepEqual(await readFile(join(folder, "a")), PLAIN);

  const again = await pithHereWell(["compress", "--format", "dvn", "-n"], { input: PLAIN });
  assert.ok(again.equals(coded));
  assert.ok((await pithHereWell(["expand"], { input: coded })).equals(PLAIN));
});

test("damaged .dvn files are told by name, and leave nothing", async () => {
  const { top, notes } = await withNotes();
  await pithHereWell(["compress", "--format", "dvn", "-q", notes]);
  const coded = await readFile(`${notes}.dvn`);
  const cut = join(top, "cut.dvn");
  await writeFile(cut, coded.subarray(0, -1));
  for (const words of [
    ["test", cut],
    ["info", cut],
    ["expand", cut],
    ["expand", "--rm", cut],
  ]) {
    const { code, stderr } = await pithHere(words);
    assert.equal(code, FAULTS.DivansTruncated.number, words[0]);
    assert.match(stderr, /cut\.dvn: the DivANS stream ends early/);
  }
  const { code } = await pithHere(["compress", "--codec", "zlib", notes, "-o", join(top, "a.dvn")]);
  assert.equal(code, FAULTS.BadUsage.number);
  assert.deepEqual((await readdir(top)).sort(), ["cut.dvn", "notes.txt", "notes.txt.dvn"]);
});
