/**
 * The corpus of JPEGs through the command: every file comes back from a .pith file, from a .lep file
 * unless Lepton refuses it, and from the .lep files of other programs.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import { newFolder, pithHere, pithHereWell, removeFolders } from "../system/cli-process.ts";

after(removeFolders);

/** How many JPEGs of a folder become .lep files, at least. */
const TAKEN: readonly (readonly [folder: string, files: number])[] = [
  ["photos", 38],
  ["progressive", 8],
  ["large", 3],
  ["vectors", 34],
  ["hostile", 35],
];

/** Fails unless every file below `back` is the one of the same name; gives their number. */
async function compare(back: string, folder: string): Promise<number> {
  const names = await readdir(back);
  for (const name of names) {
    const bytes = await readFile(join(back, name));
    assert.ok(bytes.equals(corpusFile(`jpeg/${folder}/${name}`)), `${folder}/${name}`);
  }
  return names.length;
}

for (const [folder, taken] of TAKEN) {
  test(`${folder} come back from .pith and .lep files`, {
    skip: withoutCorpus,
  }, async (context) => {
    const source = corpusPath(`jpeg/${folder}`);
    const top = await newFolder();
    const path = (name: string): string => join(top, name);
    await pithHereWell(["compress", "-q", source, "-o", path("pith")]);
    await pithHereWell(["expand", "-q", path("pith"), "-o", path("pith-back")]);
    assert.equal(await compare(path("pith-back"), folder), (await readdir(source)).length);
    const { code } = await pithHere([
      "compress",
      "-q",
      source,
      "--format",
      "lep",
      "-o",
      path("lep"),
    ]);
    // The first refusal's number; none is a fault of ours.
    assert.ok(code !== null && code < 50 && code !== 1 && code !== 41, `${code}`);
    await pithHereWell(["test", "-q", path("lep")]);
    await pithHereWell(["expand", "-q", path("lep"), "-o", path("lep-back")]);
    const files = await compare(path("lep-back"), folder);
    context.diagnostic(`${files} .lep files`);
    assert.ok(files >= taken, `${files} of ${folder}`);
  });
}

test("the files of other Lepton programs are expanded", { skip: withoutCorpus }, async () => {
  const rows = Buffer.from(corpusFile("jpeg/vectors/vectors.csv")).toString().trim().split("\n");
  let files = 0;
  for (const row of rows.slice(1)) {
    const [name = "", , , sha256] = row.split(",");
    const options = name.includes("32bit") ? ["--arithmetic", "exact"] : [];
    const lepton = corpusPath(`jpeg/vectors/${name}`);
    const plain = await pithHereWell(["expand", "-c", lepton, ...options]);
    assert.equal(createHash("sha256").update(plain).digest("hex"), sha256, name);
    files += 1;
  }
  assert.equal(files, 51);
});
