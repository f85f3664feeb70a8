/**
 * The store over JPEGs of both coefficient models: Lepton and dense blobs together, whole, in ranges, shared,
 * coded later; and a build without the dense model, which refuses the store from the first of them on.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { seeded } from "../../test/random.ts";
import { type Coder, createCoder } from "../container/index.ts";
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { openStore, type Store } from "./store.ts";
import { bytesOf, getBytes, streamOf } from "./suite.ts";

const LEPTON = 4;
const DENSE = 6;

function someJpeg(seed: number, progressive = false): Uint8Array {
  const size = { width: 240, height: 300 };
  const picture = makePicture(seeded(seed), size, SAMPLINGS[4]!, TEXTURES.natural);
  const scans = progressive ? usualScript(picture) : oneScan(picture);
  return writeJpeg({ picture, scans, progressive });
}

/** The same coder as a build has it that lacks the dense model. */
function withoutDense(coder: Coder): Coder {
  return {
    ...coder,
    async requireReadable(stored) {
      const all = [...stored];
      await coder.requireReadable(all);
      if (all.some(({ codec }) => codec === DENSE)) throw new PithError("VersionGate");
    },
  };
}

async function codecsOf(store: Store): Promise<number[]> {
  const { codecs } = await store.totals();
  return codecs.flatMap(({ codec, chunks }) => Array(chunks).fill(codec)).sort();
}

async function withFolder(body: (folder: string, coder: Coder) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-models-"));
  const coder = await createCoder({ threads: 2 });
  try {
    await body(folder, coder);
  } finally {
    await coder.close();
    await rm(folder, { recursive: true });
  }
}

test("blobs of both models lie in one store", async () => {
  await withFolder(async (folder, coder) => {
    const store = await openStore({ folder, coder, effort: "dense" });
    await store.createBucket("bucket");
    const objects = new Map<string, Uint8Array>();
    const put = async (key: string, object: Uint8Array, options: object): Promise<void> => {
      objects.set(key, object);
      await store.putObject("bucket", key, streamOf(object, 5000), options);
    };
    await put("usual", someJpeg(1), { effort: "default" });
    await put("dense", someJpeg(2), { effort: "dense" });
    await put("several scans", someJpeg(3, true), { effort: "dense" });
    await put("later", someJpeg(4), { mode: "async" });
    await put("the usual one again", someJpeg(1), { effort: "dense" });
    assert.deepEqual(await codecsOf(store), [1, LEPTON, DENSE, DENSE]);
    while (await store.recodeNext());
    assert.deepEqual(await codecsOf(store), [LEPTON, DENSE, DENSE, DENSE]);
    for (const [key, object] of objects) {
      assert.ok(equalBytes(await getBytes(store, "bucket", key), object), key);
      for (const [first, last] of [
        [0, 0],
        [700, 9000],
        [object.length - 1, object.length - 1],
      ] as const) {
        const { body } = await store.getObject("bucket", key, { range: { first, last } });
        assert.ok(equalBytes(await bytesOf(body), object.subarray(first, last + 1)), key);
      }
    }
    assert.deepEqual((await store.check({ deep: true })).problems, []);
    await store.close();
  });
});

test("a build without the dense model opens a store until its first blob, and no more after", async () => {
  await withFolder(async (folder, coder) => {
    const old = withoutDense(coder);
    const store = await openStore({ folder, coder });
    await store.createBucket("bucket");
    await store.putObject("bucket", "usual", streamOf(someJpeg(1), 5000));
    await store.close();
    await (await openStore({ folder, coder: old })).close();

    const again = await openStore({ folder, coder });
    await again.putObject("bucket", "dense", streamOf(someJpeg(2), 5000), { effort: "dense" });
    await again.close();
    await assert.rejects(openStore({ folder, coder: old }), { code: "VersionGate" });

    const third = await openStore({ folder, coder });
    assert.ok(equalBytes(await getBytes(third, "bucket", "dense"), someJpeg(2)));
    await third.close();
  });
});
