/**
 * Every JPEG of the corpus, by either model: comes back, and becomes the same file with and without vector
 * instructions, on one thread and on several.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
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

/** Encodes every file, each proved as it is made; the hash of what became of it, or the refusal. */
async function encodeAll(model: CoefficientModel, threads: number): Promise<Map<string, string>> {
  const results = new Map<string, string>();
  for (const folder of Object.keys(FOLDERS)) {
    for (const name of readdirSync(corpusPath(`jpeg/${folder}`)).sort()) {
      if (!name.endsWith(".jpg")) continue;
      const file = `jpeg/${folder}/${name}`;
      try {
        const lepton = await encodeJpeg(corpusFile(file), { model, segments: 4, threads });
        results.set(file, createHash("sha256").update(lepton).digest("hex"));
      } catch (error) {
        if (!(error instanceof PithError)) throw error;
        results.set(file, error.code);
      }
    }
  }
  return results;
}

for (const model of ["lepton", "dense"] as const) {
  test(`threads and vectors change no byte, ${model}`, { skip: withoutCorpus }, async (context) => {
    const expected = await encodeAll(model, 1);
    for (const [folder, least] of Object.entries(FOLDERS)) {
      const results = [...expected].filter(([file]) => file.includes(`/${folder}/`));
      const coded = results.filter(([, result]) => result.length === 64).length;
      context.diagnostic(`${coded} of ${results.length} ${folder} coded`);
      assert.ok(coded >= least, `${coded} of ${folder}`);
    }
    assert.deepEqual(await encodeAll(model, 3), expected, "three threads");

    const sample = corpusFile("jpeg/photos/apple-iphone-4.jpg");
    const lepton = await encodeJpeg(sample, { model, threads: 1 });
    // The scalar kernel takes the vector kernel's place in this process.
    const scalar = await loadKernel(model, { variant: "scalar" });
    adoptKernel({ ...scalar.compiled, variant: "simd" });
    assert.equal((await loadKernel(model)).compiled.module, scalar.compiled.module);
    assert.deepEqual(await encodeAll(model, 1), expected, "without vectors");
    assert.ok(equalBytes(await decode(lepton, { model, threads: 1 }), sample));
  });
}
