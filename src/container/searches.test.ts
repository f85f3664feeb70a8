/**
 * Coding that takes long, on threads of its own: reads and proofs go on beside it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filterableBytes } from "../../test/filterable.ts";
import { equalBytes } from "../core/bytes.ts";
import type { Effort } from "../core/codec.ts";
import { SEARCH_BYTES_MAXIMUM } from "../core/limits.ts";
import type { CodedChunk, CoderEvent } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { searchThreads } from "./pool-coder.ts";

const MODULE = new URL("../../test/codecs/misbehaving.ts", import.meta.url);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Two searches that never end, begun on every thread there is for them. */
async function besideHungSearches(
  effort: Effort,
  body: (decode: () => Promise<Uint8Array>, events: readonly CoderEvent[]) => Promise<void>,
): Promise<void> {
  const events: CoderEvent[] = [];
  const onEvent = (event: CoderEvent): void => void events.push(event);
  const coder = await createCoder({ codecModules: [MODULE], threads: 2, onEvent });
  const take = async (bytes: Uint8Array, wish: { codec?: string; effort: Effort }) => {
    const chunks: CodedChunk[] = [];
    for await (const chunk of coder.encode(once(bytes), wish)) chunks.push(chunk);
    return chunks;
  };
  const plain = filterableBytes(50_000);
  const [chunk] = await take(plain, { effort: "fast" });
  events.length = 0;
  const busyBefore = coder.stats().busy;
  const hung = [1, 2].map((seed) =>
    take(filterableBytes(50_000, seed + 10), { codec: "hanger", effort }),
  );
  for (const each of hung) each.catch(() => undefined);
  try {
    while (coder.stats().busy < busyBefore + 2) await new Promise((done) => setTimeout(done, 1));
    await body(() => coder.decode(chunk?.frame as Uint8Array), events);
    assert.ok(equalBytes(await coder.decode(chunk?.frame as Uint8Array), plain));
  } finally {
    await coder.close();
    await Promise.allSettled(hung);
  }
}

test("a read does not wait behind searches on all their threads", async () => {
  for (const effort of ["default", "dense"] as const) {
    await besideHungSearches(effort, async (decode, events) => {
      assert.equal((await decode()).length, 50_000);
      assert.deepEqual(events, [], "the searches are still at it");
    });
  }
});

test("there are no more searches at once than threads, nor than half of the memory holds", () => {
  assert.equal(searchThreads(8, 64 * SEARCH_BYTES_MAXIMUM), 8);
  assert.equal(searchThreads(8, 10 * SEARCH_BYTES_MAXIMUM), 5);
  assert.equal(searchThreads(8, SEARCH_BYTES_MAXIMUM), 1);
});
