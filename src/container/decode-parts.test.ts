import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CHANNEL,
  codecs,
  codeParts,
  partsObject,
  type ToldPart,
  type Way,
} from "../../test/codecs/parts.ts";
import { filterableBytes } from "../../test/filterable.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { equalBytes, toHex } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES, PARTS_MAXIMUM, PARTS_PLAIN_BYTES_MINIMUM } from "../core/limits.ts";
import { applyFilter, loadFilters, writeFilter } from "../filters/index.ts";
import type { Coder, CoderEvent } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { lookForParts } from "./decode-parts.ts";
import { encodeFrame } from "./frame.ts";
import { createRegistry } from "./registry.ts";

const MODULES = ["parts", "misbehaving"].map(
  (name) => new URL(`../../test/codecs/${name}.ts`, import.meta.url),
);

/** Long enough to be shared, and to take a moment. */
const PLAIN_BYTES = 2 * PARTS_PLAIN_BYTES_MINIMUM;

interface Sample {
  readonly plain: Uint8Array;
  readonly frame: Uint8Array;
  /** Names the frame in what its codec tells. */
  readonly key: string;
}

let samples = 0;

/** A frame that no coder would let pass: written without a proof. */
function sample(way: Way, parts: number, plainBytes = PLAIN_BYTES): Sample {
  const random = seeded(1000 + samples++);
  const plain = random.content(plainBytes);
  const key = random.bytes(8);
  const coded = codeParts(plain, way, parts, key);
  const stamp = { codec: 60_101, codecVersion: 1, plainBytes, sha256: sha256(plain) };
  return { plain, frame: encodeFrame({ ...stamp, ...coded }), key: toHex(key) };
}

async function withCoder(
  options: { readonly threads: number; readonly timeoutMs?: number },
  body: (coder: Coder, events: CoderEvent[]) => Promise<void>,
): Promise<void> {
  const events: CoderEvent[] = [];
  const onEvent = (event: CoderEvent): void => void events.push(event);
  const coder = await createCoder({ codecModules: MODULES, onEvent, ...options });
  try {
    await body(coder, events);
    await settled(coder);
  } finally {
    await coder.close();
  }
}

/** Waits for threads that were asked and came too late; a job that nobody ends never lets go. */
async function settled(coder: Coder): Promise<void> {
  while (coder.stats().busy + coder.stats().waiting > 0) {
    await new Promise((done) => setTimeout(done, 1));
  }
}

/** Which thread decoded which part of the frames that were decoded during `body`. */
async function listening(body: (told: ToldPart[]) => Promise<void>): Promise<void> {
  const told: ToldPart[] = [];
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event) => void told.push((event as MessageEvent<ToldPart>).data);
  try {
    await body(told);
  } finally {
    channel.close();
  }
}

/** The threads that decoded a frame, after `parts` parts of it were told. */
async function threadsOf(told: ToldPart[], key: string, parts: number): Promise<Set<number>> {
  const mine = (): ToldPart[] => told.filter((one) => one.key === key);
  while (mine().length < parts) await new Promise((done) => setTimeout(done, 1));
  assert.deepEqual(
    mine()
      .map(({ part }) => part)
      .sort((one, other) => one - other),
    Array.from({ length: parts }, (_, part) => part),
    "each part once",
  );
  return new Set(mine().map(({ thread }) => thread));
}

test("two idle threads decode parts of one frame at the same time", async () => {
  await withCoder({ threads: 2 }, async (coder) => {
    await listening(async (told) => {
      // Parts 0 and 1 come back only when both are being decoded, each on a thread of its own.
      for (const parts of [2, 3, 8, PARTS_MAXIMUM]) {
        const { plain, frame, key } = sample("meet", parts);
        assert.ok(equalBytes(await coder.decode(frame, sha256(plain)), plain));
        assert.equal((await threadsOf(told, key, parts)).size, 2, `${parts} parts`);
      }
      assert.equal(coder.stats().replaced, 0);
    });
  });
});

test("a frame is decoded on one thread where no other is idle", async () => {
  for (const threads of [0, 1]) {
    await withCoder({ threads }, async (coder) => {
      await listening(async (told) => {
        const { plain, frame, key } = sample("meet", 5);
        assert.ok(equalBytes(await coder.decode(frame), plain));
        assert.equal((await threadsOf(told, key, 5)).size, 1);
      });
    });
  }
  await withCoder({ threads: 2 }, async (coder) => {
    await listening(async (told) => {
      const frames = Array.from({ length: 6 }, () => sample("well", 4));
      const all = await Promise.all(frames.map(({ frame }) => coder.decode(frame)));
      for (const [i, { plain, key }] of frames.entries()) {
        assert.ok(equalBytes(all[i] as Uint8Array, plain));
        const threads = await threadsOf(told, key, 4);
        if (i > 0) assert.equal(threads.size, 1, "the first took all there were");
      }
    });
  });
});

test("parts are joined before the filter is undone, on one thread and on several", async () => {
  const plain = filterableBytes(PLAIN_BYTES);
  const filter = { kind: "transpose", stride: 12 } as const;
  const filtered = applyFilter(await loadFilters(), filter, plain);
  for (const threads of [0, 1, 3]) {
    const coded = codeParts(filtered, "well", 5, seeded(threads).bytes(8));
    const stamp = { codec: 60_101, codecVersion: 1, plainBytes: PLAIN_BYTES };
    const frame = encodeFrame({
      ...stamp,
      sha256: sha256(plain),
      filter: writeFilter(filter),
      ...coded,
    });
    await withCoder({ threads }, async (coder) => {
      assert.ok(equalBytes(await coder.decode(frame), plain), `${threads} threads`);
    });
  }
});

test("a put proves its frames through their parts, and what comes back is what was put", async () => {
  for (const threads of [0, 2]) {
    await withCoder({ threads }, async (coder, events) => {
      async function* source(): AsyncGenerator<Uint8Array> {
        yield partsObject(seeded(7).content(CHUNK_BYTES), "well", 6);
      }
      for await (const chunk of coder.encode(source(), { effort: "flat" })) {
        assert.equal(chunk.codec?.name, "parts");
        const plain = await coder.decode(chunk.frame as Uint8Array, chunk.sha256);
        assert.equal(sha256(plain), chunk.sha256);
      }
      assert.deepEqual(events, [{ codec: "parts", outcome: "coded" }]);
    });
  }
});

test("a part that is wrong costs a put its frame, not its bytes", async () => {
  await withCoder({ threads: 2 }, async (coder, events) => {
    for (const way of ["input", "short", "long"] as const) {
      events.length = 0;
      async function* source(): AsyncGenerator<Uint8Array> {
        yield partsObject(seeded(8).content(PLAIN_BYTES), way, 3);
      }
      for await (const { codec } of coder.encode(source(), { effort: "flat" })) {
        assert.equal(codec?.name, "deflate");
      }
      const [blamed] = events;
      assert.ok(blamed !== undefined && blamed.outcome === "failed", way);
      assert.equal(blamed.code, "RoundTripFailure");
    }
  });
});

/** What each way of going wrong is to the reader. */
const BLAME: readonly [way: Way, code: string][] = [
  ["input", "FrameCorrupt"],
  ["short", "FrameCorrupt"],
  ["long", "FrameCorrupt"],
  ["text", "FrameCorrupt"],
  ["puzzled", "FrameCorrupt"],
  ["blunder", "AssertionFailure"],
  ["none", "AssertionFailure"],
  ["too-many", "AssertionFailure"],
  ["half", "AssertionFailure"],
  ["trap", "WorkerDied"],
  ["trapped", "WorkerDied"],
  ["hang", "Timeout"],
];

for (const threads of [1, 2, 3]) {
  test(`a part that fails is a typed error, and the next frame is well, ${threads} threads`, async () => {
    await withCoder({ threads, timeoutMs: 3_000 }, async (coder) => {
      for (const [way, code] of BLAME) {
        // A deadline is the same for any number of threads, and takes its time.
        if (way === "hang" && threads !== 2) continue;
        await assert.rejects(coder.decode(sample(way, 4).frame), { code }, way);
        const { plain, frame } = sample("well", 4);
        assert.ok(equalBytes(await coder.decode(frame), plain), way);
        await settled(coder);
      }
    });
  });
}

test("parts that lie in one buffer come back apart", async () => {
  for (const threads of [0, 1, 2]) {
    await withCoder({ threads }, async (coder) => {
      const { plain, frame } = sample("same-buffer", 16);
      assert.ok(equalBytes(await coder.decode(frame), plain));
    });
  }
});

test("a damaged frame, or another than was meant, gives no byte", async () => {
  await withCoder({ threads: 2 }, async (coder) => {
    const { frame, plain } = sample("well", 8);
    for (const at of [0, 7, 30, 62, 70, frame.length - 1]) {
      const damaged = frame.slice();
      damaged[at]! ^= 1;
      await assert.rejects(coder.decode(damaged), { code: "FrameCorrupt" });
    }
    await assert.rejects(coder.decode(frame.subarray(0, -1)), { code: "FrameCorrupt" });
    await assert.rejects(coder.decode(frame, sha256(frame)), { code: "FrameCorrupt" });
    assert.ok(equalBytes(await coder.decode(frame), plain), "the caller's frame is untouched");
  });
});

test("many frames at once, good and bad, all end, on few threads", async () => {
  for (const threads of [1, 2, 4]) {
    await withCoder({ threads, timeoutMs: 5_000 }, async (coder) => {
      await forSeeds(2, async (random) => {
        const ways = ["well", "well", "meet", "input", "short", "blunder", "trap"] as const;
        const all = Array.from({ length: 24 }, async () => {
          const way = random.pick(ways);
          const { plain, frame } = sample(way, 1 + random.upTo(PARTS_MAXIMUM));
          await new Promise((done) => setTimeout(done, random.upTo(60)));
          const decoded = await coder.decode(frame).catch(() => undefined);
          if (decoded !== undefined) assert.ok(equalBytes(decoded, plain));
          assert.equal(decoded === undefined, !["well", "meet"].includes(way), way);
        });
        await Promise.all(all);
      });
    });
  }
});

test("closing the coder ends what is shared among its threads", async () => {
  await withCoder({ threads: 2 }, async (coder) => {
    const ends = ["hang", "well"].map((way) =>
      assert.rejects(coder.decode(sample(way as Way, 8).frame), { code: "Aborted" }),
    );
    await coder.close();
    await Promise.all(ends);
  });
});

test("what is not worth sharing is not shared", () => {
  const registry = createRegistry(codecs);
  const short = PARTS_PLAIN_BYTES_MINIMUM - 1;
  assert.equal(lookForParts(registry, sample("well", 4).frame)?.parts, 4);
  assert.equal(lookForParts(registry, sample("well", 1).frame), undefined);
  assert.equal(lookForParts(registry, sample("well", 4, short).frame), undefined);
  for (const way of ["none", "too-many", "puzzled", "trapped"] as const) {
    assert.equal(lookForParts(registry, sample(way, 4).frame), undefined, way);
  }
  assert.equal(lookForParts(createRegistry(), sample("well", 4).frame), undefined);
  for (const bytes of [0, 3, 59, 64, 73]) {
    assert.equal(lookForParts(registry, sample("well", 4).frame.subarray(0, bytes)), undefined);
  }
});
