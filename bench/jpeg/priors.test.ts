import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { withoutCorpus } from "../../test/corpus.ts";
import { decodeDense, encodeDense, useShipped } from "../../test/dense-jpegs.ts";
import { fileOf, filesOf, type JpegFile } from "./files.ts";
import { heldOutOf, preparePriors, priorsNote, takePriorsFrom } from "./priors.ts";
import { thumbnailsOf } from "./thumbnails.ts";

/** Weights that say nothing, and one that tells the sets apart. */
function weights(distinct: number): Uint8Array {
  const all = new Int16Array(10_576);
  all[0] = distinct;
  return new Uint8Array(all.buffer);
}

/** What training with folds writes: two of them, and each of these files is in one. */
function writeFolds(folder: string, files: readonly JpegFile[]): void {
  const shas = files.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
  const folds = Object.fromEntries(shas.map((sha256, i) => [sha256, i % 2]));
  writeFileSync(join(folder, "folds.json"), JSON.stringify({ count: 2, folds }));
  writeFileSync(join(folder, "jpeg-priors.bin"), weights(100));
  for (const fold of [0, 1]) {
    mkdirSync(join(folder, `fold-${fold}`));
    writeFileSync(join(folder, `fold-${fold}`, "jpeg-priors.bin"), weights(fold));
  }
}

/** A fold's dictionary is used: one that holds nothing makes a header larger. */
async function tryDictionary(folder: string, file: JpegFile, tiny: JpegFile): Promise<void> {
  const before = await encodeDense(tiny.bytes);
  for (const fold of [0, 1]) {
    writeFileSync(join(folder, `fold-${fold}`, "jpeg-headers.bin"), new Uint8Array(64));
  }
  assert.match(priorsNote().says, /and so the dictionary/);
  await preparePriors(file);
  const after = await encodeDense(tiny.bytes);
  assert.ok(after.length > before.length + 50);
  assert.deepEqual(await decodeDense(after), tiny.bytes);
}

test("without a folder the shipped priors serve, and the report says so", () => {
  takePriorsFrom("");
  assert.equal(priorsNote().crossValidated, false);
  assert.match(priorsNote().says, /NOT cross-validated/);
});

test("each file has the priors of its fold, a thumbnail those of its photo, others those of all", {
  skip: withoutCorpus,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-priors-"));
  const photos = filesOf("photos", true).slice(0, 2);
  const [first, second] = photos as [JpegFile, JpegFile];
  const tiny = fileOf("vectors", "tiny.jpg");
  try {
    writeFolds(folder, photos);
    takePriorsFrom(folder);
    assert.equal(priorsNote().crossValidated, true);
    assert.deepEqual(heldOutOf(first)?.priors, weights(0));
    assert.deepEqual(heldOutOf(second)?.priors, weights(1));
    assert.deepEqual(heldOutOf({ ...tiny, within: second.bytes })?.priors, weights(1));
    assert.deepEqual(heldOutOf(tiny)?.priors, weights(100));
    await preparePriors(first);
    const coded = await encodeDense(tiny.bytes);
    assert.deepEqual(await decodeDense(coded), tiny.bytes);
    await preparePriors(second);
    await assert.rejects(decodeDense(coded), { code: "VersionUnsupported" });
    assert.match(priorsNote().says, /dictionary of headers is the shipped one/);
    await tryDictionary(folder, second, tiny);
  } finally {
    takePriorsFrom("");
    // Other tests share this process.
    await useShipped();
    rmSync(folder, { recursive: true });
  }
});

test("thumbnails come out of photos whole, and each once", { skip: withoutCorpus }, () => {
  const [found, ...others] = thumbnailsOf([fileOf("photos", "canon-powershot-s90.jpg")]);
  assert.equal(others.length, 0);
  assert.equal(found?.bytes.length, 11_021);
  assert.deepEqual([...(found?.bytes.slice(-2) ?? [])], [0xff, 0xd9]);
  assert.equal(thumbnailsOf([fileOf("photos", "apple-iphone-4.jpg")]).length, 0);
});
