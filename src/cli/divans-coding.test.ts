import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, seeded } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import type { CodingOptions, Outcome } from "./coding.ts";
import { decodeDivansFile, encodeDivansFile, readDivansUnits } from "./divans-coding.ts";

const HOW: CodingOptions = {
  format: "dvn",
  codec: "auto",
  effort: "fast",
  level: undefined,
  threads: 1,
  metadata: true,
};
const ENDED: Outcome = { codec: "divans", verified: true };

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

async function encoded(plain: Uint8Array, how: Partial<CodingOptions> = {}): Promise<Buffer> {
  const outcomes: Outcome[] = [];
  const pieces = inPieces(plain, 100_000);
  const file = await collect(
    encodeDivansFile(pieces, { ...HOW, ...how }, (ended) => outcomes.push(ended)),
  );
  assert.deepEqual(outcomes, [ENDED]);
  return file;
}

test("bytes of any kind go there and back, in pieces of any size", async () => {
  await forSeeds(8, async (random) => {
    const plain = random.content(random.upTo(200_000));
    const file = await encoded(plain);
    const outcomes: Outcome[] = [];
    const pieces = inPieces(file, 1 + random.upTo(30_000));
    const back = await collect(decodeDivansFile(pieces, 1, (ended) => outcomes.push(ended)));
    assert.ok(back.equals(plain));
    assert.deepEqual(outcomes, [ENDED]);
  });
});

test("a file of several units is the same for any number of threads, and its units are counted", async () => {
  const plain = Buffer.concat([
    Buffer.alloc(4 * 1024 * 1024, "to be or not to be, "),
    seeded(1).bytes(9),
  ]);
  const file = await encoded(plain);
  assert.ok(file.equals(await encoded(plain, { threads: 2 })));
  assert.deepEqual(await readDivansUnits(inPieces(file, 1000)), {
    plainBytes: plain.length,
    units: 2,
  });
  const back = await collect(decodeDivansFile(inPieces(file, 1000), 2, () => undefined));
  assert.ok(back.equals(plain));
});

test("effort is time for size", async () => {
  const plain = seeded(3).content(150_000);
  const sizes = {
    fast: (await encoded(plain)).length,
    dense: (await encoded(plain, { effort: "dense" })).length,
  };
  assert.ok(sizes.dense <= sizes.fast);
});

test("damage is a fault, and nothing is said to have ended well", async () => {
  const file = await encoded(Buffer.from("to be or not to be, ".repeat(500)));
  const flipped = Buffer.from(file);
  flipped[file.length >> 1]! ^= 4;
  const bad = [file.subarray(0, -1), file.subarray(0, 3), flipped, Buffer.concat([file, file])];
  for (const bytes of bad) {
    let outcome: Outcome | undefined;
    const decoding = decodeDivansFile(inPieces(bytes, 7), 1, (ended) => {
      outcome = ended;
    });
    await assert.rejects(collect(decoding), (error) => error instanceof PithError);
    assert.equal(outcome, undefined);
  }
});

test("a source that fails is heard, and one that is given up is left", {
  timeout: 20_000,
}, async () => {
  const gone = new PithError("FileIo", { why: "gone" });
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1000);
    throw gone;
  }
  await assert.rejects(collect(encodeDivansFile(failing(), HOW, () => undefined)), gone);

  const left = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(1024 * 1024);
    } finally {
      left.resolve();
    }
  }
  const encoding = encodeDivansFile(endless(), HOW, () => undefined);
  assert.equal((await encoding.next()).done, false);
  await encoding.return(undefined);
  await left.promise;
});
