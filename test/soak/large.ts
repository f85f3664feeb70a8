/**
 * Soak: one object of 5 GiB (PITH_SOAK_GIB for another size) goes in and comes out, whole and in
 * ranges, in memory that does not grow with it.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCoder } from "../../src/container/index.ts";
import { viewOf } from "../../src/core/bytes.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { seeded } from "../random.ts";

const MIB = 1024 * 1024;
const BYTES = Number(process.env["PITH_SOAK_GIB"] ?? 5) * 1024 * MIB;
/** A few chunks on each side, the workers' own, and what Node needs. */
const MEMORY_BYTES = 700 * MIB;

const block = seeded(1).content(MIB);

/** Part number `i` of the object: one MiB that no other part is equal to. */
function part(i: number): Uint8Array<ArrayBuffer> {
  const bytes = block.slice();
  for (let at = 0; at < MIB; at += 65_536) viewOf(bytes).setUint32(at, i);
  return bytes;
}

async function* parts(watch: () => void): AsyncGenerator<Uint8Array> {
  for (let i = 0; i * MIB < BYTES; i++) {
    watch();
    yield part(i);
  }
}

async function compareWhole(store: Store, watch: () => void): Promise<string> {
  const md5 = createHash("md5");
  const { body, bytes } = await store.getObject("bucket", "large");
  assert.equal(bytes, BYTES);
  let seen = 0;
  for await (const piece of body) {
    watch();
    md5.update(piece);
    seen += piece.length;
  }
  assert.equal(seen, BYTES);
  return md5.digest("hex");
}

async function compareRanges(store: Store): Promise<void> {
  const random = seeded(2);
  for (let i = 0; i < 50; i++) {
    const index = random.upTo(Math.floor(BYTES / MIB));
    const from = random.upTo(MIB);
    const first = index * MIB + from;
    const range = { first, last: (index + 1) * MIB - 1 };
    const { body } = await store.getObject("bucket", "large", { range });
    const got: Uint8Array[] = [];
    for await (const piece of body) got.push(piece);
    assert.ok(Buffer.concat(got).equals(part(index).subarray(from)), `range from ${first}`);
  }
}

test(`an object of ${BYTES / 1024 / MIB} GiB`, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "pith-large-"));
  const coder = await createCoder();
  const store = await openStore({ folder: join(folder, "data"), coder });
  let most = 0;
  const watch = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  try {
    await store.createBucket("bucket");
    const beginMs = performance.now();
    const row = await store.putObject("bucket", "large", parts(watch), {
      effort: "flat",
      expectedBytes: BYTES,
    });
    const putMs = performance.now();
    assert.equal(row.bytes, BYTES);
    assert.equal(await compareWhole(store, watch), row.etag);
    const getMs = performance.now();
    await compareRanges(store);
    const rate = (ms: number): string => `${(BYTES / 1000 / ms).toFixed(0)} MB/s`;
    context.diagnostic(`put ${rate(putMs - beginMs)}, get ${rate(getMs - putMs)}`);
    context.diagnostic(`at most ${(most / MIB).toFixed(0)} MiB of memory`);
    assert.ok(most < MEMORY_BYTES, `${most} bytes of memory`);
    assert.deepEqual((await store.check()).problems, []);
  } finally {
    await store.close();
    await coder.close();
    await rm(folder, { recursive: true });
  }
});
