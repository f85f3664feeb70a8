import assert from "node:assert/strict";
import { test } from "node:test";
import { scanObject } from "../../test/codecs/scan.ts";
import { seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES, CHUNKS_IN_FLIGHT } from "../core/limits.ts";
import type { CodedChunk, Coder, CoderEvent, EncodeOptions, PassedOn } from "./coder.ts";
import { type CreateCoderOptions, createCoder } from "./create-coder.ts";

const MODULES = [
  new URL("../../test/codecs/misbehaving.ts", import.meta.url),
  new URL("../../test/codecs/scan.ts", import.meta.url),
];

/** Long enough for anything but a hang; should it not be, the next codec takes the chunk. */
const HANG_MS = 1_000;

interface Bench {
  readonly coder: Coder;
  readonly events: PassedOn[];
}

async function withCoder(
  options: CreateCoderOptions,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const events: PassedOn[] = [];
  const onEvent = (event: CoderEvent): void => {
    if (event.outcome !== "coded") events.push(event);
  };
  const coder = await createCoder({ codecModules: MODULES, threads: 2, onEvent, ...options });
  try {
    await body({ coder, events });
  } finally {
    await coder.close();
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000);
}

async function encodeAll(
  coder: Coder,
  bytes: Uint8Array,
  options: Partial<EncodeOptions> = {},
): Promise<CodedChunk[]> {
  const chunks: CodedChunk[] = [];
  for await (const chunk of coder.encode(pieces(bytes), { effort: "fast", ...options })) {
    chunks.push(chunk);
  }
  return chunks;
}

/** Every chunk in order, its frame decoding to the bytes at its place. */
async function assertGivesBack(coder: Coder, chunks: CodedChunk[], bytes: Uint8Array) {
  let at = 0;
  for (const [i, chunk] of chunks.entries()) {
    const plain = bytes.subarray(at, at + chunk.plainBytes);
    assert.equal(chunk.index, i);
    assert.equal(chunk.last, i === chunks.length - 1);
    assert.equal(chunk.sha256, sha256(plain));
    assert.ok(chunk.frame !== undefined);
    assert.equal(chunk.frameSha256, sha256(chunk.frame));
    assert.ok(equalBytes(await coder.decode(chunk.frame, chunk.sha256), plain));
    at += chunk.plainBytes;
  }
  assert.equal(at, bytes.length);
}

/** Text that any codec shrinks, behind the mark that makes a misbehaving codec claim it. */
function claimedBy(name: string, bytes = 100_000): Uint8Array<ArrayBuffer> {
  const object = scanObject("plain", bytes).map((_, i) => 97 + ((i * i) % 23));
  object.set(new TextEncoder().encode(`${name.toUpperCase()}!`));
  return object;
}

function codecNames(chunks: CodedChunk[]): (string | undefined)[] {
  return chunks.map((chunk) => chunk.codec?.name);
}

for (const threads of [0, 1, 2]) {
  test(`objects of edge sizes come back, ${threads} threads`, async () => {
    await withCoder({ threads }, async ({ coder, events }) => {
      assert.deepEqual(await encodeAll(coder, new Uint8Array(0)), []);
      const content = seeded(3).content(CHUNK_BYTES + 1);
      for (const bytes of [1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1]) {
        const object = content.subarray(0, bytes);
        const chunks = await encodeAll(coder, object, { effort: "flat" });
        assert.equal(chunks.length, Math.ceil(bytes / CHUNK_BYTES));
        await assertGivesBack(coder, chunks, object);
      }
      assert.ok(events.every((event) => event.code === "CodecRefused"));
    });
  });
}

test("the same bytes give the same frames on any number of threads, however written", async () => {
  const object = seeded(8).content(3 * CHUNK_BYTES + 77);
  async function* atOnce(): AsyncGenerator<Uint8Array> {
    yield object;
  }
  const frames: string[][] = [];
  for (const threads of [0, 2, 3]) {
    await withCoder({ threads }, async ({ coder }) => {
      const chunks: CodedChunk[] = threads === 3 ? [] : await encodeAll(coder, object);
      if (threads === 3) {
        for await (const chunk of coder.encode(atOnce(), { effort: "fast" })) chunks.push(chunk);
      }
      frames.push(chunks.map((chunk) => chunk.frameSha256 as string));
    });
  }
  assert.equal(frames[0]?.length, 4);
  assert.deepEqual(frames[1], frames[0]);
  assert.deepEqual(frames[2], frames[0]);
});

test("effort chooses the general codec, packed bytes are stored", async () => {
  await withCoder({}, async ({ coder }) => {
    const text = claimedBy("nobody", 300_000);
    for (const [effort, name] of [
      ["flat", "deflate"],
      ["fast", "zlib"],
      ["default", "divans"],
      ["dense", "divans"],
    ] as const) {
      assert.deepEqual(codecNames(await encodeAll(coder, text, { effort })), [name]);
      const noise = await encodeAll(coder, seeded(4).bytes(500_000), { effort });
      assert.deepEqual(codecNames(noise), ["stored"]);
      assert.ok(noise.every(({ frame }) => frame !== undefined && frame.length <= 500_064));
    }
    assert.deepEqual(codecNames(await encodeAll(coder, text, { codec: "stored" })), ["stored"]);
    assert.deepEqual(codecNames(await encodeAll(coder, text, { codec: "deflate" })), ["deflate"]);
    await assert.rejects(encodeAll(coder, text, { codec: "nobody" }), { code: "InvalidArgument" });
  });
});

/** What each misbehaving codec is blamed for; its chunk must come back from the next codec. */
const BLAME: readonly [name: string, code: string][] = [
  ["liar", "RoundTripFailure"],
  ["short", "RoundTripFailure"],
  ["scribbler", "RoundTripFailure"],
  ["trapper", "WorkerDied"],
  ["trapping-reader", "WorkerDied"],
  ["glutton", "OutOfMemory"],
  ["gluttonous-reader", "OutOfMemory"],
  ["thrower", "AssertionFailure"],
  ["faulty", "KernelFault"],
  ["refuser", "CodecRefused"],
  ["giant", "CodecRefused"],
  ["talker", "AssertionFailure"],
  ["typist", "AssertionFailure"],
  ["mute", "AssertionFailure"],
  ["sniffer", "AssertionFailure"],
  ["closed", "AssertionFailure"],
];

for (const suffix of ["", "-in-line"]) {
  test(`a codec${suffix} that lies, traps, starves or throws costs an event`, async () => {
    await withCoder({ heapMib: 32 }, async ({ coder, events }) => {
      for (const [plainName, code] of BLAME) {
        const name = plainName + suffix;
        const object = claimedBy(name);
        events.length = 0;
        const chunks = await encodeAll(coder, object);
        assert.deepEqual(codecNames(chunks), ["zlib"], name);
        const blamed = events.map((event) => `${event.codec} ${event.code}`);
        assert.deepEqual(blamed, [`${name} ${code}`]);
        await assertGivesBack(coder, chunks, object);
      }
    });
  });
}

test("a codec that hangs, writing or reading, is ended and the next one takes over", async () => {
  await withCoder({ timeoutMs: HANG_MS }, async ({ coder, events }) => {
    const names = ["hanger", "hanging-reader", "hanger-in-line", "hanging-reader-in-line"];
    for (const name of names) {
      const object = claimedBy(name);
      const chunks = await encodeAll(coder, object);
      assert.ok(!codecNames(chunks).includes(name));
      assert.ok(
        events.some((event) => event.codec === name && event.code === "Timeout"),
        name,
      );
      await assertGivesBack(coder, chunks, object);
    }
    assert.ok(coder.stats().replaced >= 4);
  });
});

test("a codec that throws while closing is blamed, and its frame is good", async () => {
  for (const threads of [0, 2]) {
    await withCoder({ threads }, async ({ coder, events }) => {
      const object = claimedBy("slammer-in-line");
      const chunks = await encodeAll(coder, object);
      assert.deepEqual(codecNames(chunks), ["slammer-in-line"]);
      await assertGivesBack(coder, chunks, object);
      while (events.length === 0) await new Promise((done) => setTimeout(done, 1));
      assert.deepEqual(
        events.map((event) => `${event.codec} ${event.code}`),
        ["slammer-in-line AssertionFailure"],
      );
      assert.deepEqual(codecNames(await encodeAll(coder, claimedBy("slammer"))), ["zlib"]);
    });
  }
});

test("a session that is lost to another object's hang is nobody's fault", async () => {
  // Four sessions on two threads: one of the others goes down with the hanging one.
  await withCoder({ timeoutMs: 3 * HANG_MS }, async ({ coder, events }) => {
    const objects = ["scan", "scan", "scan"].map((name) => scanObject(name, 3_000_000));
    const hanging = encodeAll(coder, claimedBy("hanger-in-line"));
    const all = await Promise.all(objects.map((object) => encodeAll(coder, object)));
    await hanging;
    for (const [i, chunks] of all.entries()) {
      await assertGivesBack(coder, chunks, objects[i] as Uint8Array);
    }
    const blamed = events.filter((event) => event.codec === "scan");
    assert.ok(blamed.every((event) => event.code === "CodecRefused"));
  });
});

test("a codec that changes the plain bytes is found out, and nothing wrong is handed on", async () => {
  await withCoder({}, async ({ coder, events }) => {
    await assert.rejects(encodeAll(coder, claimedBy("vandal")), { code: "RoundTripFailure" });
    assert.ok(events.filter((event) => event.code === "RoundTripFailure").length >= 2);
  });
});

test("a coder that breaks a frame's rules is found out by the reader as well", async () => {
  await withCoder({}, async ({ coder }) => {
    const [chunk] = await encodeAll(coder, claimedBy("nobody"));
    const frame = chunk?.frame as Uint8Array;
    for (const at of [0, 7, 30, 70, frame.length - 1]) {
      const damaged = frame.slice();
      damaged[at]! ^= 1;
      await assert.rejects(coder.decode(damaged), { kind: "corrupt" });
    }
    await assert.rejects(coder.decode(frame.subarray(0, 99)), { code: "FrameCorrupt" });
    await assert.rejects(coder.decode(frame, sha256(frame)), { code: "FrameCorrupt" });
  });
});

test("an abort, a failing source and a consumer that leaves release everything", async () => {
  await withCoder({}, async ({ coder }) => {
    const object = seeded(5).content(6 * CHUNK_BYTES);
    const abort = new AbortController();
    const iterator = coder
      .encode(pieces(object), { effort: "fast", signal: abort.signal })
      [Symbol.asyncIterator]();
    await iterator.next();
    abort.abort(new Error("enough"));
    await assert.rejects(iterator.next(), { code: "Aborted" });

    const stuck: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const late = new AbortController();
    const waiting = coder.encode(stuck, { effort: "fast", signal: late.signal });
    const first = waiting[Symbol.asyncIterator]().next();
    late.abort();
    await assert.rejects(first, { code: "Aborted" });

    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces(object);
      } finally {
        ended = true;
      }
    }
    for await (const chunk of coder.encode(source(), { effort: "fast" })) {
      assert.equal(chunk.index, 0);
      break;
    }
    assert.ok(ended, "the source was closed");

    async function* failing(): AsyncGenerator<Uint8Array> {
      yield object.subarray(0, CHUNK_BYTES + 5);
      throw new RangeError("no more");
    }
    const failed = (async () => {
      for await (const _ of coder.encode(failing(), { effort: "fast" }));
    })();
    await assert.rejects(failed, RangeError);

    const whole = await encodeAll(coder, object);
    await assertGivesBack(coder, whole, object);
    assert.equal(coder.stats().busy + coder.stats().waiting, 0);
  });
});

test("no more than a few chunks are under way, however slow the consumer", async () => {
  await withCoder({}, async ({ coder }) => {
    let given = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; given < 20; given++) yield new Uint8Array(CHUNK_BYTES).fill(given);
    }
    let seen = 0;
    for await (const chunk of coder.encode(source(), { effort: "flat" })) {
      // One more is being read, and one piece of it looked at.
      assert.ok(given <= chunk.index + CHUNKS_IN_FLIGHT + 2, `${given} at ${chunk.index}`);
      seen += 1;
      if (seen % 5 === 0) await new Promise((done) => setTimeout(done, 30));
    }
    assert.equal(seen, 20);
  });
});

test("closing the coder ends what is under way", async () => {
  await withCoder({}, async ({ coder }) => {
    const running = encodeAll(coder, seeded(6).content(5 * CHUNK_BYTES));
    const iterator = coder.encode(pieces(claimedBy("hanger")), { effort: "fast" });
    const hanging = iterator[Symbol.asyncIterator]().next();
    const ends = [hanging, running].map((promise) => assert.rejects(promise, { code: "Aborted" }));
    await coder.close();
    await Promise.all(ends);
  });
});
