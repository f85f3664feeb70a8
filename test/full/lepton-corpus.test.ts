/**
 * Every JPEG of the corpus, by either model: comes back; and becomes the same file on several threads, or
 * without vector instructions.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { PithError } from "../../src/core/errors.ts";
import { adoptKernel, loadKernel } from "../../src/core/kernel.ts";
import type { CoefficientModel } from "../../src/lepton/coefficient-model.ts";
import { encodeJpeg } from "../../src/lepton/encode.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import { decode } from "../jpeg/round-trip.ts";

/** Folders, and how many of their files the codec takes, at least. */
const FOLDERS = { photos: 38, progressive: 8, vectors: 34, large: 3, hostile: 35 };

/** Larger files are not coded in every way: by Lepton each in one of two, by the dense model, which takes six
 * times as long, two thirds of them in one of two. */
const EVERY_WAY_BYTES = 150_000;

function allFiles(): string[] {
  return Object.keys(FOLDERS).flatMap((folder) => {
    const names = readdirSync(corpusPath(`jpeg/${folder}`)).sort();
    return names.filter((name) => name.endsWith(".jpg")).map((name) => `jpeg/${folder}/${name}`);
  });
}

/** The files that a model codes once more in the way of this number. */
function filesFor(model: CoefficientModel, way: 0 | 1): string[] {
  const share = model === "lepton" ? 2 : 3;
  return allFiles().filter((file) => {
    const drawn = createHash("sha256").update(file).digest().readUInt32BE();
    return statSync(corpusPath(file)).size < EVERY_WAY_BYTES || drawn % share === way;
  });
}

/** Encodes files, each proved as it is made; the hash of what became of it, or the refusal. */
async function encodeAll(
  files: readonly string[],
  model: CoefficientModel,
  threads: number,
): Promise<Map<string, string>> {
  const results = new Map<string, string>();
  for (const file of files) {
    try {
      const lepton = await encodeJpeg(corpusFile(file), { model, segments: 4, threads });
      results.set(file, createHash("sha256").update(lepton).digest("hex"));
    } catch (error) {
      if (!(error instanceof PithError)) throw error;
      results.set(file, error.code);
    }
  }
  return results;
}

for (const model of ["lepton", "dense"] as const) {
  test(`threads and vectors change no byte, ${model}`, { skip: withoutCorpus }, async (context) => {
    const expected = await encodeAll(allFiles(), model, 1);
    const again = async (way: 0 | 1, threads: number): Promise<void> => {
      const files = filesFor(model, way);
      assert.ok(files.length >= 100, `${files.length} files`);
      for (const [file, result] of await encodeAll(files, model, threads)) {
        assert.equal(result, expected.get(file), `${file}, way ${way}`);
      }
    };
    for (const [folder, least] of Object.entries(FOLDERS)) {
      const results = [...expected].filter(([file]) => file.includes(`/${folder}/`));
      const coded = results.filter(([, result]) => result.length === 64).length;
      context.diagnostic(`${coded} of ${results.length} ${folder} coded`);
      assert.ok(coded >= least, `${coded} of ${folder}`);
    }
    await again(0, 3);

    const sample = corpusFile("jpeg/photos/apple-iphone-4.jpg");
    const lepton = await encodeJpeg(sample, { model, threads: 1 });
    // The scalar kernel takes the vector kernel's place in this process.
    const scalar = await loadKernel(model, { variant: "scalar" });
    adoptKernel({ ...scalar.compiled, variant: "simd" });
    assert.equal((await loadKernel(model)).compiled.module, scalar.compiled.module);
    await again(1, 1);
    assert.ok(equalBytes(await decode(lepton, { model, threads: 1 }), sample));
  });
}
