/** The byte queue against plain concatenation. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { ByteQueue } from "./byte-queue.ts";

test("what comes in any pieces leaves in the same order in any others", () => {
  forSeeds(50, (random) => {
    const queue = new ByteQueue();
    const given: Uint8Array[] = [];
    const taken: Uint8Array[] = [];
    for (let i = 0; i < 200; i++) {
      const piece = random.bytes(random.upTo(3000));
      queue.append(piece);
      given.push(piece.slice());
      piece.fill(0);
      if (random.upTo(3) > 0) taken.push(queue.take(random.upTo(4000)));
      const held = concatenate(given).length - concatenate(taken).length;
      assert.equal(queue.length, held);
    }
    taken.push(queue.take(1 << 30));
    assert.equal(queue.length, 0);
    assert.ok(equalBytes(concatenate(taken), concatenate(given)));
  });
});

test("a queue that was cleared is empty", () => {
  const queue = new ByteQueue();
  queue.append(Uint8Array.of(1, 2, 3));
  queue.clear();
  assert.equal(queue.length, 0);
  assert.deepEqual(queue.take(10), new Uint8Array(0));
});
