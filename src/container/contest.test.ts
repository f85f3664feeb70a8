import assert from "node:assert/strict";
import { test } from "node:test";
import { readTwin, TWIN_CHUNK_BYTES, twinObject } from "../../test/codecs/contested.ts";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { EFFORTS, type Effort } from "../core/codec.ts";
import type { CodedChunk, Coder, CoderEvent } from "./coder.ts";
import { contestOf, generalMayWin } from "./contest.ts";
import { createCoder } from "./create-coder.ts";
import { checkFrame } from "./frame.ts";

const MODULES = [new URL("../../test/codecs/contested.ts", import.meta.url)];

/** What `stored` takes for its header. */
const STORED_BYTES = 64;

interface Coded {
  readonly chunks: readonly CodedChunk[];
  readonly bytes: number;
}

/** Codes an object, and proves that it comes back. */
async function code(
  coder: Coder,
  object: Uint8Array,
  effort: Effort,
  codec?: string,
): Promise<Coded> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield object;
  }
  const chunks: CodedChunk[] = [];
  for await (const chunk of coder.encode(source(), { effort, codec })) chunks.push(chunk);
  const plain = await Promise.all(chunks.map(({ frame }) => coder.decode(frame as Uint8Array)));
  assert.ok(equalBytes(concatenate(plain), object));
  return { chunks, bytes: chunks.reduce((sum, { frame }) => sum + (frame?.length ?? 0), 0) };
}

async function withCoder(
  threads: number,
  body: (coder: Coder, told: string[]) => Promise<void>,
): Promise<void> {
  const told: string[] = [];
  const onEvent = (event: CoderEvent): void => {
    assert.notEqual(event.outcome, "failed", JSON.stringify(event));
    told.push(`${event.codec} ${event.outcome}`);
  };
  const coder = await createCoder({ threads, onEvent, codecModules: MODULES });
  try {
    await body(coder, told);
  } finally {
    await coder.close();
  }
}

for (const threads of [0, 2]) {
  test(`of two specialists each wins its chunks, and both see all, ${threads} threads`, async () => {
    await withCoder(threads, async (coder, told) => {
      for (const general of ["zlib", "deflate"]) await coder.gate.disable(general);
      const object = twinObject(5);
      const { chunks } = await code(coder, object, "fast");
      const names = chunks.map(({ codec }) => codec?.name);
      const [first, second] = ["first-twin", "second-twin"];
      assert.deepEqual(names, [second, first, second, first, second]);
      let sum = 0;
      for (const [index, { frame }] of chunks.entries()) {
        const { parameters } = checkFrame(frame as Uint8Array);
        assert.deepEqual(readTwin(parameters), { seen: index, sum });
        const from = index * TWIN_CHUNK_BYTES;
        for (const byte of object.subarray(from, from + TWIN_CHUNK_BYTES)) sum += byte;
      }
      const counts = Map.groupBy(told, (one) => one);
      assert.equal(counts.get("first-twin refused")?.length, 3, "who is beaten is counted");
      assert.equal(counts.get("second-twin refused")?.length, 2);
    });
  });
}

test("a general codec wins where it is smaller than every specialist, and not against a named one", async () => {
  await withCoder(2, async (coder, told) => {
    const object = twinObject(4);
    const { chunks, bytes } = await code(coder, object, "fast");
    assert.deepEqual(new Set(chunks.map(({ codec }) => codec?.name)), new Set(["zlib"]));
    assert.equal(told.filter((one) => one === "first-twin refused").length, 4);
    assert.equal(told.filter((one) => one === "second-twin refused").length, 4);
    const named = await code(coder, object, "fast", "second-twin");
    assert.deepEqual(
      new Set(named.chunks.map(({ codec }) => codec?.name)),
      new Set(["second-twin"]),
    );
    assert.ok(named.bytes > bytes);
  });
});

test("bytes that repeat are a contest, others are none", async () => {
  const some = twinObject(20);
  const contest = contestOf(some);
  assert.ok(contest !== undefined && contest.packedBytes < some.length / 10);
  assert.ok(generalMayWin(contest, contest.packedBytes));
  assert.ok(!generalMayWin(contest, contest.packedBytes / 2));
  assert.ok(contestOf(new Uint8Array(1)) !== undefined, "what has no length to speak of");
  await forSeeds(20, (random) => {
    assert.equal(contestOf(random.bytes(500 + random.upTo(300_000))), undefined);
  });
});

function tinyJpeg(random: Random): Uint8Array {
  const jpeg = writeJpeg(
    randomPlan(random, {
      width: 1 + random.upTo(60),
      height: 1 + random.upTo(60),
      samplings: random.pick(SAMPLINGS),
      texture: random.pick(Object.values(TEXTURES)),
      kind: random.pick(["one scan", "separate", "usual", "script"] as const),
    }),
  );
  const odd = random.upTo(4);
  if (odd === 0) return jpeg.subarray(0, 1 + random.upTo(jpeg.length));
  if (odd === 1) return concatenate([jpeg, new Uint8Array(random.upTo(2000))]);
  return jpeg;
}

test("tiny JPEGs never take more than stored, nor a flat one more than by a general codec", async () => {
  await withCoder(0, async (coder) => {
    await forSeeds(24, async (random, seed) => {
      const object = tinyJpeg(random);
      const effort = EFFORTS[seed % EFFORTS.length] as Effort;
      const { bytes, chunks } = await code(coder, object, effort);
      assert.ok(bytes <= object.length + STORED_BYTES, `${chunks[0]?.codec?.name} ${bytes}`);
      const model = effort === "dense" ? "jpeg-dense" : "lepton";
      const alone = await code(coder, object, effort, model);
      assert.ok(bytes <= alone.bytes, `${bytes} is more than ${alone.bytes} by ${model}`);
    });
    await forSeeds(3, async (random) => {
      const size = 600 + random.upTo(400);
      const texture = TEXTURES.flat;
      const samplings = SAMPLINGS[4]!;
      const kind = "one scan";
      const plan = randomPlan(random, { width: size, height: size, samplings, texture, kind });
      const object = writeJpeg({ ...plan, restartInterval: 0, garbage: new Uint8Array(0) });
      const { bytes } = await code(coder, object, "dense");
      const general = await code(coder, object, "dense", "divans");
      assert.ok(bytes <= general.bytes, `${bytes} and ${general.bytes}`);
    });
  });
});

test("pictures that are no photographs go to who makes least of them", {
  skip: withoutCorpus,
}, async () => {
  await withCoder(0, async (coder) => {
    for (const [name, effort, winner] of [
      ["hostile/flat-8000x8000.jpg", "fast", "zlib"],
      ["hostile/flat-65000x40.jpg", "dense", "divans"],
      ["hostile/checker-q100.jpg", "dense", "divans"],
      ["hostile/tall-1-column.jpg", "dense", "lepton"],
      ["vectors/singlerowtrunc.jpg", "dense", "divans"],
      ["hostile/quality-100.jpg", "dense", "jpeg-dense"],
      ["hostile/its-fddcfc77.jpg", "dense", "jpeg-dense"],
    ] as const) {
      const object = corpusFile(`jpeg/${name}`);
      const { chunks } = await code(coder, object, effort);
      assert.deepEqual([chunks.length, chunks[0]?.codec?.name], [1, winner], name);
    }
  });
});
