/** The decoder that tells: its steps are the stream, and it takes and refuses what the others do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { concatenate } from "../core/bytes.ts";
import { inflateSteps } from "./inflate.ts";
import { type InflateSteps, tellingEngine } from "./inflate-telling.ts";
import { compareWithZlib } from "./suite.ts";

const NOBODY: InflateSteps = { literal: () => {}, literals: () => {}, copy: () => {} };

/** Does what it is told. */
function follower(): InflateSteps & { readonly plain: number[]; readonly matches: string[] } {
  const plain: number[] = [];
  const matches: string[] = [];
  return {
    plain,
    matches,
    literal: (byte) => void plain.push(byte),
    literals: (bytes) => {
      for (const byte of bytes) plain.push(byte);
    },
    copy: (length, distance) => {
      matches.push(`${length} from ${distance}`);
      for (let i = 0; i < length; i++) plain.push(plain[plain.length - distance]!);
    },
  };
}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatenate(all);
}

test("who follows the steps has the same bytes as who reads them", async () => {
  await forSeeds(30, async (random) => {
    const plain = random.content(random.upTo(100_000));
    const level = random.upTo(10);
    const steps = follower();
    const bytes = gzipSync(plain, { level, strategy: random.upTo(5) });
    assert.deepEqual(await drain(inflateSteps(bytes, steps)), plain);
    assert.deepEqual(Uint8Array.from(steps.plain), plain);
    if (level === 0) assert.deepEqual(steps.matches, []);
  });
});

test("the steps are those of the stream, however it comes", async () => {
  const bytes = deflateRawSync(Buffer.from("-abcabcabcabcabcabcabc"));
  for (const size of [1, 3, 1000]) {
    const steps = follower();
    const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    await drain(inflateSteps(cut, steps, { format: "raw" }));
    assert.deepEqual(steps.matches, ["18 from 3"]);
    assert.equal(Buffer.from(steps.plain).toString(), "-abcabcabcabcabcabcabc");
  }
});

test("an error of who is told ends the work", async () => {
  const steps = { ...NOBODY, copy: () => assert.fail("enough") };
  await assert.rejects(drain(inflateSteps(gzipSync(new Uint8Array(999)), steps)), /enough/);
});

test("the telling engine agrees with zlib on mutated streams", async () => {
  await forSeeds(300, (random) => compareWithZlib(tellingEngine(NOBODY), random));
});
