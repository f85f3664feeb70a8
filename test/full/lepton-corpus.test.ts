/**
 * Every JPEG of the corpus: comes back, and becomes the same Lepton file with and without vector
 * instructions, on one thread and on several.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { PithError } from "../../src/core/errors.ts";
import { adoptKernel, loadKernel } from "../../src/core/kernel.ts";
import { decodeLepton, encodeLepton } from "../../src/lepton/index.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";

/** Folders, and how many of their files the codec takes, at least. */
const FOLDERS = { photos: 38, progressive: 8, vectors: 34, large: 3, hostile: 35 };

/** Encodes every file, each proved as it is made; the hash of its Lepton file, or the refusal. */
async function encodeAll(threads: number): Promise<Map<string, string>> {
  const results = new Map<string, string>();
  for (const folder of Object.keys(FOLDERS)) {
    for (const name of readdirSync(corpusPath(`jpeg/${folder}`)).sort()) {
      if (!name.endsWith(".jpg")) continue;
      const file = `jpeg/${folder}/${name}`;
      try {
        const lepton = await encodeLepton(corpusFile(file), { segments: 4, threads });
        results.set(file, createHash("sha256").update(lepton).digest("hex"));
      } catch (error) {
        if (!(error instanceof PithError)) throw error;
        results.set(file, error.code);
      }
    }
  }
  return results;
}

test("threads and vectors change no byte", { skip: withoutCorpus }, async (context) => {
  const expected = await encodeAll(1);
  for (const [folder, least] of Object.entries(FOLDERS)) {
    const results = [...expected].filter(([file]) => file.includes(`/${folder}/`));
    const coded = results.filter(([, result]) => result.length === 64).length;
    context.diagnostic(`${coded} of ${results.length} ${folder} coded`);
    assert.ok(coded >= least, `${coded} of ${folder}`);
  }
  assert.deepEqual(await encodeAll(3), expected, "three threads");

  const sample = corpusFile("jpeg/photos/apple-iphone-4.jpg");
  const lepton = await encodeLepton(sample, { threads: 1 });
  // The scalar kernel takes the vector kernel's place in this process.
  const scalar = await loadKernel("lepton", { variant: "scalar" });
  adoptKernel({ ...scalar.compiled, variant: "simd" });
  assert.equal((await loadKernel("lepton")).compiled.module, scalar.compiled.module);
  assert.deepEqual(await encodeAll(1), expected, "without vectors");
  assert.ok(equalBytes(await decodeLepton(lepton, { threads: 1 }), sample));
});
