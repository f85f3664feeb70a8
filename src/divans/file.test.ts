/** Files: streams in any pieces, threads, early bytes, limits, damage. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { type DecodeDivansOptions, decodeDivans, decodeDivansIterable } from "./decode.ts";
import { encodeDivans, encodeDivansStream } from "./encode.ts";
import { CONTENTS } from "./suite.ts";
import { closeIdleThreads } from "./threads.ts";
import { readRecord } from "./unit-decode.ts";
import { RecordReader } from "./unit-record.ts";
import type { DivansProgress } from "./work.ts";

after(closeIdleThreads);

/** The file of no bytes. */
const EMPTY = Uint8Array.of(0xf0, 0x44, 0x56, 0x4e, 1, 0);
const START_BYTES = 5;
/** Bytes of a file around its record. */
const FILE_BYTES_MORE = 6;

const text = CONTENTS["text"]!(seeded(1), 1000);
const small = await encodeDivans(text, { effort: "fast" });
/** Two units and some: cheap to code, and each with something in it. */
const long = (() => {
  const bytes = new Uint8Array(2 * DIVANS_UNIT_BYTES + 1000);
  for (let at = 0; at < bytes.length; at += 300_000)
    bytes.set(text, Math.min(at, bytes.length - text.length));
  return bytes;
})();
const longFile = await encodeDivans(long, { effort: "fast", filters: false, threads: 1 });

/** Pieces whose memory is used again for the next one, as a careful source does. */
function* cut(file: Uint8Array, size: () => number): Generator<Uint8Array> {
  for (let at = 0; at < file.length; ) {
    const end = Math.min(file.length, at + size());
    const piece = Buffer.from(file.subarray(at, end));
    yield piece;
    piece.fill(0xaa);
    at = end;
  }
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  for await (const piece of pieces) gathered.push(piece);
  return concatenate(gathered);
}

test("no bytes are a file of six", async () => {
  assert.deepEqual(await encodeDivans(new Uint8Array(0)), EMPTY);
  assert.equal((await decodeDivans(EMPTY)).length, 0);
});

test("a small file pays at most eighteen bytes beside its coded ones", async () => {
  const reader = new RecordReader(small.subarray(START_BYTES), undefined);
  const header = await reader.header();
  const { blocks } = await readRecord(reader, header!);
  assert.equal(blocks.length, 1);
  assert.ok(small.length - blocks[0]!.coded.length <= 18);
});

test("a byte more than a unit is a unit more", async () => {
  for (const [bytes, units] of [
    [DIVANS_UNIT_BYTES - 1, 1],
    [DIVANS_UNIT_BYTES, 1],
    [DIVANS_UNIT_BYTES + 1, 2],
  ] as const) {
    const plain = new Uint8Array(bytes).fill(0x61);
    const told: DivansProgress[] = [];
    const onProgress = (progress: DivansProgress): number => told.push(progress);
    const file = await encodeDivans(plain, {
      effort: "fast",
      filters: false,
      threads: 1,
      onProgress,
    });
    assert.equal(told.length, units);
    assert.ok(file.length < 150, `${file.length} bytes`);
    assert.ok(equalBytes(await decodeDivans(file), plain));
  }
});

test("any number of threads gives the same file and the same bytes", async () => {
  for (const threads of [1, 2, 3]) {
    const file = await encodeDivans(long, { effort: "fast", filters: false, threads });
    assert.ok(equalBytes(file, longFile), `${threads} threads`);
    assert.ok(equalBytes(await decodeDivans(file, { threads }), long), `${threads} threads`);
  }
});

test("files and bytes that come in any pieces give the same", async () => {
  const random = seeded(2);
  const sizes = [() => 1 + random.upTo(100), () => 1 + random.upTo(70_000), () => 1 << 30];
  for (const size of sizes) {
    for (const early of [false, true]) {
      const back = await gather(decodeDivansIterable(cut(small, size), { early }));
      assert.ok(equalBytes(back, text));
    }
  }
  for (const threads of [1, 2]) {
    const source = new Blob([long]).stream();
    const file = source.pipeThrough(
      encodeDivansStream({ effort: "fast", filters: false, threads }),
    );
    assert.ok(equalBytes(await gather(file), longFile));
    const back = await gather(decodeDivansIterable(cut(longFile, sizes[0]!), { threads }));
    assert.ok(equalBytes(back, long));
  }
});

test("early bytes leave while later blocks have not come, others when their unit is proved", async () => {
  const plain = CONTENTS["noise"]!(seeded(3), 200_000).map((byte) => byte & 0x7f);
  const file = await encodeDivans(plain, { effort: "fast" });
  for (const early of [true, false]) {
    let given = 0;
    let gotten = 0;
    const before: number[] = [];
    const source = (function* () {
      for (const piece of cut(file, () => 4096)) {
        given += piece.length;
        yield piece;
      }
    })();
    for await (const piece of decodeDivansIterable(source, { early, threads: 1 })) {
      gotten += piece.length;
      if (given < file.length) before.push(gotten);
    }
    assert.equal(gotten, plain.length);
    if (early) assert.ok(before.length > 1 && before[0]! < 100_000, String(before));
    else assert.deepEqual(before, []);
  }
});

test("an early reader is told of a wrong sum behind the bytes", async () => {
  const broken = small.slice();
  broken[small.length - 2]! ^= 1;
  const options: DecodeDivansOptions = { early: true };
  let gotten = 0;
  const reading = (async () => {
    for await (const piece of decodeDivansIterable(broken, options)) gotten += piece.length;
  })();
  await assert.rejects(reading, { code: "DivansCorrupt" });
  assert.equal(gotten, text.length);
  await assert.rejects(decodeDivans(broken), { code: "DivansCorrupt" });
});

test("a file cut at any byte is truncated, and nothing else", async () => {
  for (let end = 0; end < small.length; end++) {
    for (const early of [false, true]) {
      const reading = gather(decodeDivansIterable(small.subarray(0, end), { early }));
      await assert.rejects(reading, { code: "DivansTruncated" }, `cut at ${end}`);
    }
  }
});

test("bytes behind the end, other files and other versions are refused", async () => {
  await assert.rejects(decodeDivans(concatenate([small, EMPTY])), { code: "TrailingBytes" });
  await assert.rejects(decodeDivans(text), { code: "NotDivans" });
  const later = small.slice();
  later[4] = 2;
  await assert.rejects(decodeDivans(later), { code: "NotDivans" });
});

test("a short unit before the last is refused", async () => {
  const record = small.subarray(START_BYTES, -1);
  const twice = concatenate([small.subarray(0, START_BYTES), record, record, Uint8Array.of(0)]);
  await assert.rejects(decodeDivans(twice), { code: "DivansCorrupt" });
});

test("a file that makes more than the caller takes is refused before it is decoded", async () => {
  assert.ok(longFile.length < 30_000, "a bomb");
  await assert.rejects(decodeDivans(longFile, { maximumBytes: 1e6 }), { code: "OutputLimit" });
  for (const threads of [1, 2]) {
    const options = { maximumBytes: long.length - 1, threads };
    await assert.rejects(decodeDivans(longFile, options), { code: "OutputLimit" });
  }
  assert.ok(equalBytes(await decodeDivans(longFile, { maximumBytes: long.length }), long));
});

test("a damaged unit is told with any number of threads", async () => {
  const broken = longFile.slice();
  broken[Math.floor(broken.length / 2)]! ^= 0x10;
  for (const threads of [1, 2]) {
    await assert.rejects(decodeDivans(broken, { threads }), { code: "DivansCorrupt" });
  }
});

test("work can be ended, and tells how far it has come", async () => {
  const told: DivansProgress[] = [];
  await encodeDivans(long, {
    effort: "fast",
    filters: false,
    threads: 2,
    onProgress: (progress) => told.push(progress),
  });
  const bytes = [1, 2].map((unit) => unit * DIVANS_UNIT_BYTES);
  assert.deepEqual(
    told.map(({ doneBytes }) => doneBytes),
    [...bytes, long.length],
  );
  assert.equal(told[0]!.totalBytes, long.length);
  for (const threads of [1, 2]) {
    const gone = new AbortController();
    const { signal } = gone;
    const effort = "fast";
    const coding = encodeDivans(long, { effort, threads, signal, onProgress: () => gone.abort() });
    await assert.rejects(coding, { code: "Aborted" });
    const decoding = decodeDivans(longFile, { threads, signal: AbortSignal.abort() });
    await assert.rejects(decoding, { code: "Aborted" });
  }
});

test("options out of range are refused by name", async () => {
  const effort = "most" as "dense";
  for (const options of [{ threads: 0 }, { threads: 1.5 }, { threads: 300 }, { effort }]) {
    await assert.rejects(encodeDivans(text, options), { code: "InvalidArgument" });
  }
});

test("what looks random is stored, without a search", async () => {
  const noise = CONTENTS["noise"]!(seeded(5), 1 << 20);
  const file = await encodeDivans(noise, { effort: "dense" });
  assert.equal(file.length, noise.length + FILE_BYTES_MORE + 8);
  assert.ok(equalBytes(await decodeDivans(file), noise));
  assert.ok(equalBytes(await gather(decodeDivansIterable(file, { early: true })), noise));
  // Noise that comes twice is not.
  const twice = concatenate([noise, noise]);
  const coded = await encodeDivans(twice, { effort: "fast" });
  assert.ok(coded.length < 0.52 * twice.length);
});

test("filters are tried and taken back", async () => {
  const plain = new Uint8Array(64 * 1024);
  const random = seeded(6);
  for (let i = 0, value = 0; i < plain.length; i += 2) {
    value = (value + random.upTo(400) - 200) & 0xffff;
    plain[i] = value;
    plain[i + 1] = value >> 8;
  }
  const filtered = await encodeDivans(plain, { effort: "fast" });
  const unfiltered = await encodeDivans(plain, { effort: "fast", filters: false });
  assert.ok(filtered.length < 0.95 * unfiltered.length, `${filtered.length}, ${unfiltered.length}`);
  assert.equal(filtered[8]! & 3, 3, "coded and filtered");
  for (const file of [filtered, unfiltered]) {
    for (const early of [false, true]) {
      const back = await gather(decodeDivansIterable(file, { early }));
      assert.ok(equalBytes(back, plain));
    }
  }
});
