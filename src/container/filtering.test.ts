import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { filterableBytes } from "../../test/filterable.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes, viewOf } from "../core/bytes.ts";
import { type Codec, EFFORTS } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import { applyFilter, type Filter, loadFilters, writeFilter } from "../filters/index.ts";
import { codeAlone, codeChunk } from "./code-chunk.ts";
import type { CodedChunk, Coder, CoderEvent, EncodeOptions } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { filterFor, stampFilter } from "./filtering.ts";
import { checkFrame, FRAME_FIXED_BYTES } from "./frame.ts";
import { createGate } from "./gate.ts";
import { createInlineCoder } from "./inline-coder.ts";
import { createRegistry } from "./registry.ts";
import { decodeFrame } from "./verify.ts";

const registry = createRegistry();
const GENERAL = registry.codecs.filter((codec) => codec.measure !== undefined);

/** One filter of each number. */
const FILTERS: readonly Filter[] = [
  ...(["little", "little-rip", "big", "big-rip"] as const).map(
    (form): Filter => ({ kind: "x86", form }),
  ),
  { kind: "arm64" },
  { kind: "delta", distance: 13 },
  ...(["16-little", "16-big", "32-little", "32-big"] as const).map(
    (word): Filter => ({ kind: "words", word, stride: 3, phase: 1 }),
  ),
  { kind: "transpose", stride: 12 },
  ...(["8", "16-little", "16-big"] as const).map(
    (sample): Filter => ({ kind: "predict", sample, width: 60, channels: 3, tail: 5 }),
  ),
];

/** A frame of `plain` behind `filter`, written without a proof. */
async function filteredFrame(
  codec: Codec,
  filter: Filter,
  plain: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const filtered = {
    filter: writeFilter(filter),
    bytes: applyFilter(await loadFilters(), filter, plain),
  };
  const chunk = { plain, sha256: sha256(plain), last: true };
  const reply = await codeChunk(codec, await codec.open("fast"), chunk, filtered);
  assert.ok("frame" in reply, `${codec.name} codes filtered bytes`);
  return reply.frame;
}

function reseal(frame: Uint8Array): void {
  const covered = FRAME_FIXED_BYTES + viewOf(frame).getUint32(20, true);
  viewOf(frame).setUint32(covered, crc32(frame.subarray(0, covered)), true);
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

async function encodeAll(
  coder: Coder,
  object: Uint8Array,
  options: Partial<EncodeOptions> = {},
): Promise<CodedChunk[]> {
  const chunks: CodedChunk[] = [];
  for await (const chunk of coder.encode(pieces(object), { effort: "fast", ...options })) {
    chunks.push(chunk);
  }
  return chunks;
}

async function withCoders(
  body: (coder: Coder, events: CoderEvent[]) => Promise<void>,
): Promise<void> {
  for (const threads of [0, 2]) {
    const events: CoderEvent[] = [];
    const coder = await createCoder({ threads, onEvent: (event) => void events.push(event) });
    try {
      await body(coder, events);
    } finally {
      await coder.close();
    }
  }
}

test("any general codec behind any filter gives the chunk back", async () => {
  assert.ok(GENERAL.length >= 2);
  await forSeeds(3, async (random) => {
    const plain = concatenate([
      filterableBytes(5_000 + random.upTo(5_000), random.upTo(1000)),
      random.content(random.upTo(2_000)),
    ]);
    for (const codec of GENERAL) {
      for (const filter of FILTERS) {
        const frame = await filteredFrame(codec, filter, plain);
        assert.equal(frame[4], 2);
        assert.ok(equalBytes(await decodeFrame(registry, frame), plain), `${filter.kind}`);
      }
    }
  });
});

test("a frame whose filter was changed fails, whatever its checksums say", async () => {
  const plain = filterableBytes(6_000);
  const filters = FILTERS.filter(({ kind }) => ["delta", "words", "predict"].includes(kind));
  await forSeeds(200, async (random) => {
    const frame = await filteredFrame(random.pick(GENERAL), random.pick(filters), plain);
    const at = FRAME_FIXED_BYTES + random.upTo(frame[9] as number);
    frame[at]! ^= 1 + random.upTo(255);
    await assert.rejects(decodeFrame(registry, frame), { code: "FrameCorrupt" }, "as it is");
    reseal(frame);
    try {
      // Another filter may do the same to these bytes; then they are right.
      assert.ok(equalBytes(await decodeFrame(registry, frame), plain));
    } catch (error) {
      assert.ok(error instanceof PithError && error.kind === "corrupt", String(error));
    }
  });
});

test("a filter that this build has not is named, and its frame refused", async () => {
  const frame = await filteredFrame(
    GENERAL[0] as Codec,
    { kind: "delta", distance: 1 },
    filterableBytes(900),
  );
  frame[FRAME_FIXED_BYTES] = 200;
  reseal(frame);
  assert.deepEqual(stampFilter(checkFrame(frame).filter), {
    id: 200,
    name: "filter 200",
    says: "filter 200",
  });
  await assert.rejects(decodeFrame(registry, frame), { code: "CodecUnknown", kind: "corrupt" });
});

test("a filter comes where it helps, but at effort flat", async () => {
  const plain = filterableBytes(60_000);
  for (const codec of GENERAL) {
    assert.ok((await filterFor(codec, "flat", plain)) === undefined);
    for (const effort of EFFORTS.filter((each) => each !== "flat")) {
      const filtered = await filterFor(codec, effort, plain);
      assert.ok(filtered !== undefined, `${codec.name} ${effort}`);
      assert.equal(filtered.bytes.length, plain.length);
    }
  }
  const chunk = { plain, sha256: sha256(plain), last: true };
  const zlib = registry.byName("zlib") as Codec;
  const [without, behind] = await Promise.all(
    [false, true].map((filters) => codeAlone(zlib, { effort: "fast", filters }, chunk)),
  );
  assert.ok(without !== undefined && "frame" in without && without.filter === undefined);
  assert.ok(behind !== undefined && "frame" in behind);
  assert.equal(behind.filter?.name, "transpose");
  assert.ok(behind.frame.length < 0.7 * without.frame.length);
});

test("text, noise, short chunks and codecs that cannot measure get none", async () => {
  const zlib = registry.byName("zlib") as Codec;
  const words = "every byte that was put comes back and stands in its own place".split(" ");
  const random = seeded(2);
  const lines = Array.from({ length: 20_000 }, () => random.pick(words)).join(" ");
  const text = new TextEncoder().encode(lines);
  for (const plain of [text, seeded(1).bytes(300_000), filterableBytes(100)]) {
    assert.ok((await filterFor(zlib, "dense", plain)) === undefined);
  }
  for (const name of ["stored", "lepton"]) {
    const codec = registry.byName(name) as Codec;
    assert.ok((await filterFor(codec, "dense", filterableBytes(60_000))) === undefined);
  }
});

test("a coder filters, says so, and gives the object back", async () => {
  const object = filterableBytes(CHUNK_BYTES + 60_000);
  await withCoders(async (coder, events) => {
    const chunks = await encodeAll(coder, object);
    const back: Uint8Array[] = [];
    for (const { frame, filter, codec, storedAs } of chunks) {
      assert.ok(frame !== undefined && filter !== undefined && storedAs !== undefined);
      assert.equal(frame[4], 2);
      assert.equal(filter.says, "transpose 12");
      assert.deepEqual(storedAs, { codec: codec?.id, codecVersion: 1 + 256 * filter.id });
      assert.deepEqual(coder.nameStored(storedAs), {
        codec: "zlib",
        version: 1,
        filter: "transpose",
      });
      await coder.requireReadable([storedAs]);
      back.push(await coder.decode(frame));
    }
    assert.ok(equalBytes(concatenate(back), object));
    const coded = { codec: "zlib", outcome: "coded", filter: "transpose" } as const;
    assert.deepEqual(events, [coded, coded]);
  });
});

test("the kill switch ends filters, and reading goes on", async () => {
  const object = filterableBytes(100_000);
  await withCoders(async (coder) => {
    await coder.gate.disable("filters");
    const [chunk] = await encodeAll(coder, object);
    assert.equal(chunk?.frame?.[4], 1);
    assert.equal(chunk?.codec?.name, "zlib");
    await coder.gate.enable("filters");

    const longer = filterableBytes(3 * CHUNK_BYTES);
    const filters: (string | undefined)[] = [];
    for await (const { index, filter, frame } of coder.encode(pieces(longer), { effort: "fast" })) {
      filters.push(filter?.name);
      const plain = await coder.decode(frame as Uint8Array);
      assert.ok(equalBytes(plain, longer.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)));
      // The frames of the other chunks are under way or done by now.
      if (index === 0) await coder.gate.disable("filters");
    }
    assert.deepEqual(filters, ["transpose", undefined, undefined]);
    assert.deepEqual([...coder.gate.disabled()], ["filters"]);
  });
});

test("a frame that was coded behind a filter before the switch was thrown is coded anew", async () => {
  const object = filterableBytes(20_000);
  const zlib = registry.byName("zlib") as Codec;
  const gate = await createGate({ known: ["switcher", "filters"] });
  const switcher: Codec = {
    ...zlib,
    id: 900,
    name: "switcher",
    open: async (effort) => {
      const session = await zlib.open(effort);
      return {
        ...session,
        async encode(chunk, last) {
          await gate.disable("filters");
          return await session.encode(chunk, last);
        },
      };
    },
  };
  const events: CoderEvent[] = [];
  const onEvent = (event: CoderEvent): void => void events.push(event);
  const coder = createInlineCoder({ registry: createRegistry([switcher]), gate, onEvent });
  const [chunk] = await encodeAll(coder, object, { codec: "switcher" });
  assert.equal(chunk?.codec?.name, "stored");
  assert.deepEqual(
    events.map(({ codec, outcome }) => `${codec} ${outcome}`),
    ["switcher refused", "stored coded"],
  );
  assert.match((events[0] as { why: string }).why, /transpose/);
});

test("after a codec that failed behind a filter the next one goes without", async () => {
  const object = filterableBytes(20_000);
  const zlib = registry.byName("zlib") as Codec;
  // Stands in for the first codec of the list, and does not give back what it was given.
  const liar: Codec = { ...zlib, decode: (_, __, plainBytes) => new Uint8Array(plainBytes) };
  const lying = createRegistry();
  const codecs = lying.codecs.map((codec) => (codec.name === "zlib" ? liar : codec));
  const byName = (name: string): Codec | undefined => codecs.find((codec) => codec.name === name);
  const reader = (id: number): Codec => codecs.find((codec) => codec.id === id) as Codec;
  const events: CoderEvent[] = [];
  const coder = createInlineCoder({
    registry: { ...lying, codecs, byName, reader },
    gate: await createGate({ known: ["filters"] }),
    onEvent: (event) => void events.push(event),
  });
  const [chunk] = await encodeAll(coder, object);
  assert.deepEqual(events.at(-1), { codec: "deflate", outcome: "coded" });
  assert.equal(chunk?.filter, undefined);
  const [failure] = events;
  assert.ok(failure?.outcome === "failed" && failure.code === "RoundTripFailure");
  assert.match(failure.why, /transpose/);
});

test("the version gate knows a filter from a codec's version", async () => {
  const stored = (filter: number, codecVersion = 1) => ({
    codec: 3,
    codecVersion: codecVersion + 256 * filter,
  });
  await registry.requireReadable([stored(0), stored(1), stored(6)]);
  await assert.rejects(registry.requireReadable([stored(200), stored(6, 2)]), {
    code: "VersionGate",
    facts: { missing: "filter 200, zlib version 2" },
  });
  assert.deepEqual(registry.nameStored({ codec: 77, codecVersion: 2 + 256 * 200 }), {
    codec: "codec 77",
    version: 2,
    filter: "filter 200",
  });
});
