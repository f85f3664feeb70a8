/**
 * Chunks of real files: large pictures cut as a store cuts them, photos cut anywhere, and broken files,
 * each of whose chunks is restored or refused.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import {
  assertRestored,
  codesOf,
  cutAnywhere,
  cutEvery,
  encodeChunks,
} from "../../test/jpeg/chunk-session.ts";
import { seeded } from "../../test/random.ts";
import { FAULTS } from "../core/errors.ts";
import { CHUNK_BYTES } from "../core/limits.ts";

const FULL = process.env["PITH_FULL"] === "1";

/** Large files: the codes of their chunks, and the share that must be saved. */
const LARGE: readonly (readonly [name: string, codes: readonly string[], saved: number])[] = [
  ["rhythm-baseline-restart.jpg", ["OnlyGarbageNoJpeg", "", ""], 0.31],
  ["infinite-sea.jpg", ["ProgressiveUnsupported", "ProgressiveUnsupported"], 0],
  ["elephants-baseline.jpg", ["", "", "", "", ""], 0.215],
];

function namesIn(folder: string): string[] {
  return readdirSync(corpusPath(folder)).filter((name) => name.endsWith(".jpg"));
}

test("large pictures in chunks of 4 MiB", { skip: withoutCorpus }, async () => {
  for (const [name, codes, saved] of LARGE) {
    if (!FULL && name.startsWith("elephants")) continue;
    const chunks = cutEvery(corpusFile(`jpeg/large/${name}`), CHUNK_BYTES);
    // The proof is what restores them here; the order of decoding is for the long run.
    const results = await encodeChunks(chunks);
    assert.deepEqual(codesOf(results), codes, name);
    if (FULL) await assertRestored(chunks, results, name);
    const [plain, coded] = [0, 1].map((kind) =>
      chunks.reduce((sum, chunk, i) => {
        const result = results[i];
        return sum + (kind === 1 && result instanceof Uint8Array ? result : chunk).length;
      }, 0),
    );
    assert.ok(plain !== undefined && coded !== undefined && coded <= plain * (1 - saved), name);
  }
});

test("pictures cut anywhere", { skip: withoutCorpus }, async () => {
  const random = seeded(FULL ? 2 : 1);
  const folders = FULL ? ["jpeg/photos", "jpeg/vectors"] : ["jpeg/vectors"];
  const names = folders.flatMap((folder) => namesIn(folder).map((name) => `${folder}/${name}`));
  for (const name of names) {
    const object = corpusFile(name);
    if (!FULL && object.length > 150_000) continue;
    const chunks = cutAnywhere(random, object, FULL ? object.length / 4 : 60_000);
    const results = await encodeChunks(chunks, { verify: false });
    await assertRestored(chunks, results, name);
  }
});

test("chunks of broken files are restored or refused", { skip: withoutCorpus }, async () => {
  const random = seeded(3);
  for (const [i, name] of namesIn("jpeg/hostile").entries()) {
    if (!FULL && i % 2 === 1) continue;
    const object = corpusFile(`jpeg/hostile/${name}`);
    if (object.length === 0) continue;
    for (let round = 0; round < (FULL ? 40 : 1); round++) {
      const chunks = cutAnywhere(random, object, object.length);
      const results = await encodeChunks(chunks, { verify: FULL && round % 2 === 0 });
      await assertRestored(chunks, results, name);
      for (const code of codesOf(results)) assert.ok(code === "" || code in FAULTS, code);
    }
  }
});
