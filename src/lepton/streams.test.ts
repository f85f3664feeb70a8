/** Streams: a file that comes in any pieces, what leaves before it is whole, faults, what is left behind. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import type { ByteSource } from "../core/intake.ts";
import { type DecodeLeptonOptions, decodeLeptonIterable, decodeLeptonStream } from "./decode.ts";
import { encodeLepton, encodeLeptonStream } from "./encode.ts";
import { readLeptonStart } from "./file-start.ts";
import { closeIdleThreads } from "./threads.ts";

const skip = withoutCorpus;
const FOLDER = "jpeg/vectors";

/** Files of all versions, both programs, one scan and several, and the oldest kind. */
const THEIRS = [
  "tiny",
  "colorswap",
  "androidcrop",
  "iphoneprogressive2",
  "trailingrst2",
  "narrowrst",
  "truncatedzerorun",
].map((name) => [`${FOLDER}/${name}.lep`, `${FOLDER}/${name}.jpg`] as const);

after(closeIdleThreads);

async function gather(
  source: ByteSource,
  options: DecodeLeptonOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeLeptonIterable(source, options)) pieces.push(piece);
  return concatenate(pieces);
}

/** Pieces of a file whose memory is used again for the next one, as a careful source does. */
function* cut(file: Uint8Array, size: () => number): Generator<Uint8Array> {
  for (let at = 0; at < file.length; ) {
    const end = Math.min(file.length, at + size());
    const piece = Buffer.from(file.subarray(at, end));
    yield piece;
    piece.fill(0xaa);
    at = end;
  }
}

test("a file that comes in any pieces gives the same bytes", { skip }, async () => {
  const random = seeded(1);
  const ours = await encodeLepton(corpusFile(`${FOLDER}/iphonecrop.jpg`), { segments: 4 });
  const files = THEIRS.map(([lep, jpg]) => [corpusFile(lep), corpusFile(jpg)] as const);
  for (const [lepton, jpeg] of [...files, [ours, corpusFile(`${FOLDER}/iphonecrop.jpg`)]]) {
    const sizes = [() => random.upTo(100), () => random.upTo(70_000), () => 1 << 30];
    for (const size of lepton.length < 1000 ? [() => 1, ...sizes] : sizes) {
      for (const threads of [1, 2, 4]) {
        assert.ok(equalBytes(await gather(cut(lepton, size), { threads }), jpeg));
      }
    }
  }
});

test("bytes leave before the file is whole: the header first, then rows", { skip }, async () => {
  const jpeg = corpusFile(`${FOLDER}/iphone.jpg`);
  const lepton = await encodeLepton(jpeg, { segments: 1 });
  for (const threads of [1, 2]) {
    let given = 0;
    const seen: { readonly given: number; readonly gotten: number }[] = [];
    let gotten = 0;
    const source = (function* () {
      for (const piece of cut(lepton, () => 4096)) {
        given += piece.length;
        yield piece;
      }
    })();
    for await (const piece of decodeLeptonIterable(source, { threads })) {
      gotten += piece.length;
      seen.push({ given, gotten });
    }
    assert.equal(gotten, jpeg.length);
    const headerBytes = readLeptonStart(lepton).codedHeaderBytes;
    assert.ok((seen[0]?.given ?? 0) < headerBytes + 8192, "the header leaves when it has come");
    const early = seen.find((step) => step.given > lepton.length / 2);
    assert.ok((early?.gotten ?? 0) > jpeg.length * 0.4, "rows leave as they come");
  }
});

test("a file cut at any place is refused, never wrong", { skip }, async () => {
  const jpeg = corpusFile(`${FOLDER}/tiny.jpg`);
  const lepton = await encodeLepton(jpeg);
  for (let bytes = 0; bytes < lepton.length; bytes++) {
    const cutOff = cut(lepton.subarray(0, bytes), () => 50);
    await assert.rejects(gather(cutOff), { code: "BadLeptonFile" }, `${bytes} bytes`);
  }
  const large = corpusFile(`${FOLDER}/grayscale.jpg`);
  const coded = await encodeLepton(large, { segments: 4 });
  for (const share of [0.001, 0.1, 0.5, 0.9, 0.999]) {
    for (const threads of [1, 3]) {
      const cutOff = cut(coded.subarray(0, Math.floor(share * coded.length)), () => 9000);
      await assert.rejects(gather(cutOff, { threads }), { code: "BadLeptonFile" });
    }
  }
});

test("a source's failure is told unchanged, and a source that is left knows", {
  skip,
}, async () => {
  const lepton = await encodeLepton(corpusFile(`${FOLDER}/iphonecrop.jpg`), { segments: 4 });
  const fault = new Error("the line broke");
  for (const threads of [1, 3]) {
    const broken = (function* () {
      yield* cut(lepton.subarray(0, lepton.length / 2), () => 5000);
      throw fault;
    })();
    await assert.rejects(gather(broken, { threads }), fault);

    let left = false;
    const watched = (function* () {
      try {
        yield* cut(lepton, () => 5000);
      } finally {
        left = true;
      }
    })();
    for await (const piece of decodeLeptonIterable(watched, { threads })) {
      if (piece.length > 0) break;
    }
    assert.ok(left);
  }
});

test("web streams both ways", { skip }, async () => {
  for (const name of ["iphonecrop", "iphoneprogressive2"]) {
    const jpeg = corpusFile(`${FOLDER}/${name}.jpg`);
    const lepton = await encodeLepton(jpeg);
    const coded = await collect(streamOf(jpeg).pipeThrough(encodeLeptonStream()));
    assert.ok(equalBytes(coded, lepton));
    const decoded = await collect(streamOf(lepton).pipeThrough(decodeLeptonStream()));
    assert.ok(equalBytes(decoded, jpeg));
  }
  const noJpeg = collect(streamOf(new Uint8Array(1000)).pipeThrough(encodeLeptonStream()));
  await assert.rejects(noJpeg, { kind: "input" });
  const noLepton = collect(streamOf(new Uint8Array(1000)).pipeThrough(decodeLeptonStream()));
  await assert.rejects(noLepton, { code: "BadLeptonFile" });
});

test("an abort reaches a stream that waits for its source", { skip }, async () => {
  const lepton = await encodeLepton(corpusFile(`${FOLDER}/iphonecrop.jpg`), { segments: 4 });
  for (const threads of [1, 3]) {
    const controller = new AbortController();
    const stalled = (async function* () {
      yield lepton.subarray(0, lepton.length / 2);
      await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
    })();
    const run = gather(stalled, { threads, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(run, { code: "Aborted" });
  }
});

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(
    await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  );
}
