import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { concatenate, fromHex, toHex } from "../core/bytes.ts";
import { PacketReader, packets } from "./packets.ts";

const LENGTH = fromHex("78563412");

/** The streams in `bytes`, which are fed in pieces that end at `ends`; and the length at the end. */
function taken(
  bytes: Uint8Array,
  segments: number,
  { ends = [bytes.length], hasEndMarker = false } = {},
): { streams: string[]; length: number; calls: number } {
  const parts: Uint8Array[][] = Array.from({ length: segments }, () => []);
  const reader = new PacketReader(segments, hasEndMarker);
  let calls = 0;
  let at = 0;
  for (const end of ends) {
    reader.feed(bytes.subarray(at, end), (segment, part) => {
      parts[segment]?.push(part.slice());
      calls += 1;
    });
    at = end;
  }
  const streams = parts.map((stream) => toHex(concatenate(stream)));
  return { streams, length: reader.finish(), calls };
}

function streamsOf(random: Random): Uint8Array[] {
  return Array.from({ length: 1 + random.upTo(16) }, () =>
    random.oneIn(8)
      ? random.bytes(random.pick([4096, 16384, 65536, 65537, 69632, 140000]))
      : random.bytes(random.upTo(300)),
  );
}

test("streams that were cut into packets are put together again, however these come", async () => {
  await forSeeds(60, (random) => {
    const streams = streamsOf(random);
    const hasEndMarker = random.oneIn(2);
    const end = hasEndMarker ? [fromHex("fffeff"), LENGTH] : [LENGTH];
    const bytes = concatenate([...packets(streams), ...end]);
    const cuts = Array.from({ length: random.upTo(40) }, () => random.upTo(bytes.length));
    const late = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => Math.max(0, bytes.length - n));
    const ends = [...cuts, ...late, bytes.length].sort((a, b) => a - b);
    const read = taken(bytes, streams.length, { ends, hasEndMarker });
    assert.deepEqual(read.streams, streams.map(toHex));
    assert.equal(read.length, 0x12345678);
  });
});

test("bytes that come one by one are packets all the same", () => {
  const streams = [seeded(1).bytes(5000), seeded(2).bytes(3), seeded(3).bytes(1)];
  const bytes = concatenate([...packets(streams), LENGTH]);
  const ends = Array.from(bytes, (_, i) => i + 1);
  assert.deepEqual(taken(bytes, 3, { ends }).streams, streams.map(toHex));
});

test("a header byte gives the length of its packet, or two more do", () => {
  const sizes = (...streams: number[]): string[] =>
    [...packets(streams.map((size) => new Uint8Array(size)))]
      .filter((_, i) => i % 2 === 0)
      .map(toHex);
  assert.deepEqual(sizes(13), ["000c00"]);
  assert.deepEqual(sizes(16384), ["20"]);
  assert.deepEqual(sizes(65536 + 4096), ["30", "10"]);
  assert.deepEqual(sizes(65535), ["00feff"]);
  // A short one of each stream first, then long ones in turn; nothing of an empty one.
  assert.deepEqual(sizes(4096 + 65536 + 2, 0, 5000), ["10", "12", "30", "028703", "000100"]);
  assert.deepEqual(sizes(0), []);
});

test("each packet that lies whole in a piece is handed on whole", () => {
  const bytes = concatenate([...packets([seeded(1).bytes(140_000)]), LENGTH]);
  assert.equal(taken(bytes, 1).calls, 3);
});

test("broken packets are refused", () => {
  const good = concatenate([...packets([seeded(1).bytes(10)]), LENGTH]);
  const refused = (bytes: Uint8Array, hasEndMarker = false): void =>
    assert.throws(() => taken(bytes, 1, { hasEndMarker }), { code: "BadLeptonFile" });
  taken(good, 1);
  refused(good.subarray(0, good.length - 1));
  refused(good.subarray(0, 9));
  refused(concatenate([good, Uint8Array.of(0)]));
  refused(new Uint8Array(0));
  refused(concatenate([fromHex("010900"), good])); // a segment that is not there
  refused(concatenate([fromHex("400900"), good])); // bits without a meaning
  refused(concatenate([fromHex("fffeff"), LENGTH])); // no end marker in this version
  refused(good, true);
  refused(concatenate([fromHex("fffefe"), LENGTH]), true);
  refused(concatenate([fromHex("fffeff"), LENGTH, Uint8Array.of(0)]), true);
});

test("a million packets of a byte take a moment", () => {
  const bytes = new Uint8Array(4 * 1_000_000 + 4);
  const started = performance.now();
  let calls = 0;
  const reader = new PacketReader(1, false);
  reader.feed(bytes, () => {
    calls += 1;
  });
  assert.equal(reader.finish(), 0);
  assert.equal(calls, 1_000_000);
  assert.ok(performance.now() - started < 5000);
});
