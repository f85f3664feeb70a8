/** Memory: what a kernel takes follows from the picture's width alone for one scan, and from its
 * dimensions for several; a file that announces more is refused before any of it is taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { equalBytes } from "../core/bytes.ts";
import type { Kernel } from "../core/kernel.ts";
import { LEPTON_AHEAD_BYTES_MAXIMUM } from "../core/limits.ts";
import { decodeLepton, decodeLeptonIterable } from "./decode.ts";
import { encodeLepton } from "./encode.ts";
import type { JpegFrame } from "./jpeg-frame.ts";
import { allBlocks } from "./jpeg-frame.ts";
import { loadDecoder } from "./kernels.ts";
import { openFrame, RING } from "./picture.ts";

const MIB = 1024 * 1024;
const skip = withoutCorpus;

/** Side in pixels that a JPEG can have. */
const SIDE_MAXIMUM = 65_535;

/** @param chroma - factors of the two other components */
function frameOf(
  width: number,
  height: number,
  h: number,
  v: number,
  chroma = { h: 1, v: 1 },
): JpegFrame {
  const mcuColumns = Math.ceil(width / (8 * h));
  const mcuRows = Math.ceil(height / (8 * v));
  const components = [0, 1, 2].map((index) => {
    const factors = index === 0 ? { h, v } : chroma;
    const columns = mcuColumns * factors.h;
    const rows = mcuRows * factors.v;
    const scan = { scanColumns: columns, scanRows: rows };
    return { id: index, ...factors, quantizer: 0, columns, rows, ...scan };
  });
  return { progressive: false, width, height, components, mcuColumns, mcuRows } as JpegFrame;
}

/** MiB a thread for the widest picture: of the dense model tables, priors and three rows of records more. */
const THREAD_MIB = { lepton: 24, dense: 64 };

for (const model of ["lepton", "dense"] as const) {
  const mib = THREAD_MIB[model];
  test(`two rows of the widest picture leave room within ${mib} MiB a thread`, async () => {
    checkWidest(await loadDecoder(model), mib * MIB);
  });
}

function checkWidest(kernel: Kernel, maximumBytes: number): void {
  for (const [h, v] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ] as const) {
    for (const chroma of [
      { h: 1, v: 1 },
      { h, v },
    ]) {
      const instance = kernel.take();
      const frame = frameOf(SIDE_MAXIMUM, SIDE_MAXIMUM, h, v, chroma);
      openFrame(instance, frame, allBlocks(frame), RING);
      const takenBytes = instance.memoryBytes + LEPTON_AHEAD_BYTES_MAXIMUM;
      assert.ok(takenBytes <= maximumBytes, `${h}x${v}: ${takenBytes}`);
    }
  }
}

test("several scans take 160 bytes a block, or are refused before they take it", async () => {
  const kernel = await loadDecoder();
  const small = frameOf(1600, 1600, 2, 2);
  const instance = kernel.take();
  openFrame(instance, small, allBlocks(small), { first: 0, count: small.mcuRows });
  const blocks = allBlocks(small).reduce((sum, count) => sum + count, 0);
  assert.ok(instance.memoryBytes <= 160 * blocks + 4 * MIB, `${instance.memoryBytes}`);

  const large = frameOf(10_000, 10_000, 2, 2);
  const other = kernel.take();
  const before = other.memoryBytes;
  assert.throws(
    () => openFrame(other, large, allBlocks(large), { first: 0, count: large.mcuRows }),
    { code: "TooMuchMemoryNeeded" },
  );
  assert.equal(other.memoryBytes, before);
});

test("several scans of a picture that asks for too much are refused at the header", {
  skip,
}, async () => {
  const jpeg = Uint8Array.from(corpusFile("jpeg/vectors/iphoneprogressive2.jpg"));
  const frameAt = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc2);
  // Height and width, two bytes each, as large as they go.
  jpeg.fill(0xff, frameAt + 5, frameAt + 9);
  const beforeBytes = process.memoryUsage().rss;
  await assert.rejects(encodeLepton(jpeg), { code: "TooMuchMemoryNeeded", number: 38 });
  assert.ok(process.memoryUsage().rss - beforeBytes < 32 * MIB);
});

test("a flat picture of 64 megapixels takes what its width justifies", { skip }, async () => {
  const jpeg = corpusFile("jpeg/hostile/flat-8000x8000.jpg");
  const beforeBytes = process.memoryUsage().rss;
  const lepton = await encodeLepton(jpeg, { segments: 1, threads: 1 });
  assert.ok(equalBytes(await decodeLepton(lepton, { threads: 1 }), jpeg));
  const grownBytes = process.memoryUsage().rss - beforeBytes;
  assert.ok(grownBytes < 64 * MIB, `${grownBytes} bytes`);
});

test("a file that does not end is refused when it holds more than it can mean", {
  skip,
}, async () => {
  const lepton = Uint8Array.from(
    await encodeLepton(corpusFile("jpeg/vectors/iphoneprogressive2.jpg"), { threads: 1 }),
  );
  // Bytes that do not end: nothing but its limits ends the reading of such a file.
  let given = 0;
  const endless = (function* () {
    yield lepton.subarray(0, -4);
    const packet = new Uint8Array(65_537);
    packet[0] = 0x30;
    for (;;) {
      given += packet.length;
      yield packet;
    }
  })();
  const run = async (): Promise<void> => {
    for await (const piece of decodeLeptonIterable(endless)) assert.ok(piece.length > 0);
  };
  await assert.rejects(run(), { code: "TooMuchMemoryNeeded" });
  assert.ok(given < 20 * MIB, `${given} bytes`);
});
