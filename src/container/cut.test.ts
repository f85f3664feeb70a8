import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import { type ChunkMemory, Cutter, plainChunkMemory, SharedChunkMemory } from "./cut.ts";

/** Gives `bytes` in pieces of random sizes, from one buffer that it uses again. */
async function* written(bytes: Uint8Array, random: Random): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(200_000);
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + random.upTo(random.pick([3, 5_000, 200_000])));
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0xee);
    at += piece.length;
  }
}

async function cutAll(
  cutter: Cutter,
  chunkBytes: number,
): Promise<{ plain: Uint8Array; last: boolean }[]> {
  const cuts = [];
  for (;;) {
    const cut = await cutter.next(chunkBytes);
    if (cut === undefined) return cuts;
    cuts.push({ plain: cut.plain.slice(), last: cut.last });
  }
}

test("where it cuts does not depend on the writes", async () => {
  await forSeeds(60, async (random) => {
    const chunkBytes = 1 + random.upTo(100_000);
    const lengths = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes];
    const bytes = random.bytes(random.oneIn(2) ? random.pick(lengths) : random.upTo(400_000));
    const cutter = new Cutter(written(bytes, random), plainChunkMemory);
    if (random.oneIn(2)) {
      const look = 1 + random.upTo(200_000);
      const { first, ended } = await cutter.look(look);
      assert.ok(equalBytes(first, bytes.subarray(0, look)));
      assert.equal(ended, bytes.length <= look);
    }
    const cuts = await cutAll(cutter, chunkBytes);
    assert.equal(cuts.length, Math.ceil(bytes.length / chunkBytes));
    assert.ok(equalBytes(concatenate(cuts.map((cut) => cut.plain)), bytes));
    cuts.forEach((cut, i) => {
      assert.equal(cut.last, i === cuts.length - 1);
      if (!cut.last) assert.equal(cut.plain.length, chunkBytes);
    });
  });
});

test("a buffer is given back once, and only when no other chunk lies in it", async () => {
  const taken = new Set<Uint8Array>();
  const memory: ChunkMemory = {
    take(bytes) {
      const buffer = new Uint8Array(bytes);
      taken.add(buffer);
      return buffer;
    },
    giveBack: (buffer) => assert.ok(taken.delete(buffer), "given back twice"),
  };
  const bytes = seeded(1).bytes(300_000);
  const cutter = new Cutter(written(bytes, seeded(2)), memory);
  await cutter.look(250_000);
  const kept: Uint8Array[] = [];
  for (;;) {
    const cut = await cutter.next(40_000);
    if (cut === undefined) break;
    if (cut.buffer === undefined) kept.push(cut.plain);
    else memory.giveBack(cut.buffer);
  }
  assert.equal(kept.length, 6, "the chunks of the long look share a buffer");
  assert.ok(equalBytes(concatenate(kept), bytes.subarray(0, 240_000)));
  assert.equal(taken.size, 1);
});

test("shared buffers of a whole chunk are used again", () => {
  const memory = new SharedChunkMemory();
  const first = memory.take(CHUNK_BYTES);
  assert.ok(first.buffer instanceof SharedArrayBuffer);
  memory.giveBack(first);
  memory.giveBack(memory.take(100));
  assert.equal(memory.take(CHUNK_BYTES), first);
  assert.notEqual(memory.take(CHUNK_BYTES), first);
});

test("a source that fails or gives something else ends the cutting", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
    throw new Error("the disk is gone");
  }
  await assert.rejects(cutAll(new Cutter(failing(), plainChunkMemory), 10), /the disk is gone/);
  async function* text(): AsyncGenerator<Uint8Array> {
    yield "text" as unknown as Uint8Array;
  }
  await assert.rejects(cutAll(new Cutter(text(), plainChunkMemory), 10), { code: "BadUsage" });
});

test("closing ends the source, and does not wait for one that never answers", async () => {
  let ended = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Uint8Array.of(1);
    } finally {
      ended += 1;
    }
  }
  const cutter = new Cutter(endless(), plainChunkMemory);
  await cutter.look(10);
  await cutter.close();
  assert.equal(ended, 1);

  const stuck: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const waiting = new Cutter(stuck, plainChunkMemory);
  void waiting.next(10);
  await waiting.close();
});
