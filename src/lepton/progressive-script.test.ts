/**
 * The scans of a progressive frame, made by hand: which may follow which, which symbols no canonical
 * writer makes, how long runs of blocks are.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openKernel, openNext, readScan, writeScan } from "../../test/jpeg/progressive-kernel.ts";
import { BLOCK_BYTES, STATUS } from "../../test/jpeg/scan-kernel.ts";
import { seeded } from "../../test/random.ts";
import type { JpegFrame, JpegScan } from "./jpeg-frame.ts";

/** Negative results, from kernels/fault.ts. */
const FAULT = {
  call: -4,
  huffmanCode: -21,
  zeroRun: -22,
  coefficient: -25,
  scan: -27,
  eobRun: -28,
  noCode: -30,
} as const;

/** A frame of one component. */
function grayFrame(columns: number, rows: number): JpegFrame {
  const size = { columns, rows, scanColumns: columns, scanRows: rows };
  return {
    progressive: true,
    width: 8 * columns,
    height: 8 * rows,
    mcuColumns: columns,
    mcuRows: rows,
    components: [{ id: 1, h: 1, v: 1, quantizer: 0, ...size }],
  };
}

/** Spectral selection and successive approximation, as a scan header has them. */
type Spectrum = readonly [first: number, final: number, high: number, low: number];

/** A scan of its component, with codes of five bits for all of `symbols`. */
function grayScan(
  frame: JpegFrame,
  [spectralStart, spectralEnd, high, low]: Spectrum,
  symbols: readonly number[],
): JpegScan {
  const spec = new Uint8Array(272);
  spec[4] = symbols.length;
  spec.set(symbols, 16);
  return {
    frame,
    components: [{ index: 0, dcTable: 0, acTable: 0 }],
    ...{ spectralStart, spectralEnd, high, low },
    restartInterval: 0,
    huffman: [spec, ...new Array(3).fill(undefined), spec, ...new Array(3).fill(undefined)],
    quantizers: [],
  };
}

const NOTHING_SEEN = {
  ...{ padding: 0x7f, restarts: 0, surplus: 0, earlyEnd: false },
  ...{ lastBlocks: [], end: 0 },
};

/** What an AC scan needs that holds runs, sixteen zeros, and values of one and two bits. */
const SYMBOLS = [...Array.from({ length: 15 }, (_, s) => s << 4), 0xf0, 0x01, 0x02];

test("scans that do not follow from those before are a fault", async () => {
  const kernel = await openKernel("simd");
  const frame = grayFrame(2, 2);
  const begins = (
    spectrum: Spectrum,
    call = "beginProgressiveRead",
    changed: Partial<JpegScan> = {},
  ): number => {
    assert.equal(openNext(kernel, { ...grayScan(frame, spectrum, SYMBOLS), ...changed }, 0), 0);
    return kernel.kernel.ask(call);
  };
  const reopen = (): void => {
    assert.equal(kernel.open(grayScan(frame, [0, 0, 0, 0], SYMBOLS), false), 0);
    kernel.kernel.ask("clearPicture");
  };
  for (const call of ["beginProgressiveRead", "beginProgressiveWrite"]) {
    reopen();
    for (const spectrum of [
      [0, 5, 0, 0],
      [5, 4, 0, 0],
      [1, 64, 0, 0],
      [-1, 3, 0, 0],
      [0, 0, 0, 14],
      [0, 0, 0, -1],
    ] as const) {
      assert.equal(begins(spectrum, call), FAULT.scan);
    }
    for (const component of [
      { index: 1, dcTable: 0, acTable: 0 },
      { index: 0, dcTable: 4, acTable: 0 },
      { index: 0, dcTable: 0, acTable: -1 },
    ]) {
      assert.equal(begins([0, 0, 0, 0], call, { components: [component] }), FAULT.call);
    }
    assert.equal(kernel.kernel.ask("readProgressiveRow"), FAULT.call);
    assert.equal(kernel.kernel.ask("writeProgressiveRow"), FAULT.call);
  }
  reopen();
  assert.equal(begins([1, 63, 0, 0]), FAULT.scan, "AC before DC");
  assert.equal(begins([0, 0, 1, 0]), FAULT.scan, "refinement before the first pass");
  assert.equal(begins([0, 0, 0, 2]), 0);
  assert.equal(begins([0, 0, 0, 2]), FAULT.scan, "a second first pass");
  assert.equal(begins([0, 0, 1, 0]), FAULT.scan, "a bit left out");
  assert.equal(begins([0, 0, 2, 0]), FAULT.scan, "two bits at once");
  assert.equal(begins([0, 0, 2, 1]), 0);
  assert.equal(begins([1, 5, 1, 0]), FAULT.scan, "refinement before the first pass");
  assert.equal(begins([1, 5, 0, 1]), 0);
  assert.equal(begins([5, 63, 0, 0]), FAULT.scan, "bands that overlap");
  assert.equal(begins([6, 63, 0, 0]), 0);
  assert.equal(begins([1, 63, 1, 0]), FAULT.scan, "a band whose parts are not equally far");
  assert.equal(begins([1, 5, 1, 0]), 0);
});

/** Bytes of a scan: symbols of SYMBOLS, other bits as text, ones at the end. */
function packed(parts: readonly (number | string)[]): Uint8Array {
  const codeOf = (symbol: number): string => SYMBOLS.indexOf(symbol).toString(2).padStart(5, "0");
  const bits = parts.map((part) => (typeof part === "string" ? part : codeOf(part))).join("");
  const bytes = bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, "1"), 2));
  return Uint8Array.from(bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}

test("symbols that no canonical writer makes are a fault", async () => {
  const kernel = await openKernel("simd");
  const frame = grayFrame(2, 1);
  /** The status of a scan of two blocks, whose coefficients are zero so far. */
  const read = (spectrum: Spectrum, parts: readonly (number | string)[]): number => {
    const dc = { spectrum: [0, 0, 0, 0] as const, parts: [0, 0] };
    const ac = { spectrum: [1, 63, 0, 1] as const, parts: [0x10, "0"] };
    const before = spectrum[2] === 0 ? [dc] : [dc, ac];
    assert.equal(kernel.open(grayScan(frame, dc.spectrum, SYMBOLS), false), 0);
    kernel.kernel.ask("clearPicture");
    let status: number = STATUS.done;
    for (const scan of [...before, { spectrum, parts }]) {
      assert.equal(status, STATUS.done);
      const known = grayScan(frame, scan.spectrum, SYMBOLS);
      assert.equal(openNext(kernel, known, 0), 0);
      status = readScan(kernel, packed([...scan.parts]), known);
    }
    return status;
  };
  for (const high of [0, 1]) {
    const spectrum = [1, 63, high, 0] as const;
    assert.equal(read(spectrum, [0x10, "0"]), STATUS.done, "a run of two");
    assert.equal(read(spectrum, [0x01, "1", 0x10, "0"]), STATUS.done);
    assert.equal(read(spectrum, [0x00, 0x00]), FAULT.eobRun, "two runs of one");
    assert.equal(read(spectrum, [0x10, "1", 0x00]), FAULT.eobRun, "a run of three");
    assert.equal(read(spectrum, [0xf0, 0x00, 0x00]), FAULT.zeroRun, "zeros before the end");
    assert.equal(read(spectrum, [0xf0, 0xf0, 0xf0, 0xf0, "0000"]), FAULT.zeroRun);
    assert.equal(read([1, 5, high, 0], [0xf0, "000000"]), FAULT.zeroRun);
    assert.equal(read(spectrum, ["11111", "1".repeat(20)]), FAULT.huffmanCode);
  }
  assert.equal(read([1, 63, 1, 0], [0x02, "1".repeat(20)]), FAULT.coefficient);
  assert.equal(read([1, 63, 0, 10], [0x02, "1".repeat(20)]), FAULT.coefficient);
});

test("the longest run of blocks keeps all its bits", async () => {
  const [source, target] = [await openKernel("simd", 2000), await openKernel("scalar", 2000)];
  const frame = grayFrame(256, 129);
  const script = [
    grayScan(frame, [0, 0, 0, 0], [0]),
    grayScan(frame, [1, 63, 0, 1], SYMBOLS),
    grayScan(frame, [1, 63, 1, 0], SYMBOLS),
  ];
  for (const kernel of [source, target]) {
    assert.equal(kernel.open(script[0]!, false), 0);
    kernel.kernel.ask("clearPicture");
  }
  // Every AC coefficient is 4 or 5, up or down: the last scan has nothing but their last bits.
  const store = source.store(false);
  const [random, words] = [seeded(7), new DataView(store.buffer, store.byteOffset)];
  for (let block = 0; block < store.length; block += BLOCK_BYTES) {
    for (let r = 1; r < 64; r++) {
      const value = 4 + random.upTo(2);
      words.setInt16(block + 2 * r, random.oneIn(2) ? value : -value, true);
    }
    words.setBigUint64(block + 128, ~1n, true);
  }
  for (const [i, scan] of script.entries()) {
    const { bytes, status } = writeScan(source, { scan, at: 0, seen: NOTHING_SEEN }, false);
    assert.equal(status, STATUS.done);
    if (i === 2) {
      const stuffed = bytes.filter((byte, at) => byte === 0 && bytes[at - 1] === 0xff).length;
      const bits = 5 + 14 + 32_767 * 63 + 5 + 8 + (256 * 129 - 32_767) * 63;
      assert.equal(bytes.length - stuffed, Math.ceil(bits / 8));
    }
    assert.equal(openNext(target, scan, 0), 0);
    assert.equal(readScan(target, bytes, scan), STATUS.done);
  }
  assert.equal(Buffer.compare(source.store(false), target.store(false)), 0);
});

test("a block that ends in zeros needs a symbol for that", async () => {
  const kernel = await openKernel("simd");
  for (const high of [0, 1]) {
    const scan = grayScan(grayFrame(3, 3), [1, 63, high, 0], [0xf0, 0x01]);
    assert.equal(kernel.open(scan, false), 0);
    kernel.kernel.ask("clearPicture");
    const read = { scan, at: 0, seen: NOTHING_SEEN };
    assert.equal(writeScan(kernel, read, false).status, FAULT.noCode);
    // Behind the end of a file that was cut off it does not matter.
    assert.deepEqual(writeScan(kernel, read, true), { bytes: Buffer.alloc(0), status: 0 });
  }
});
