import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { fromHex, toHex, viewOf } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import {
  CHUNK_BYTES_MAXIMUM,
  FRAME_FILTER_BYTES_MAXIMUM,
  FRAME_PARAMETERS_BYTES_MAXIMUM,
} from "../core/limits.ts";
import {
  checkFrame,
  decodeFrameHeader,
  encodeFrame,
  FRAME_FIXED_BYTES,
  type FrameParts,
  frameHeaderBytes,
} from "./frame.ts";
import { createRegistry } from "./registry.ts";
import { fuzzFrame } from "./suite.ts";
import { decodeFrame } from "./verify.ts";

const PLAIN = new TextEncoder().encode("hello, pith");

function framed(parts: Partial<FrameParts> = {}): Uint8Array<ArrayBuffer> {
  return encodeFrame({
    codec: 1,
    codecVersion: 1,
    plainBytes: PLAIN.length,
    sha256: sha256(PLAIN),
    parameters: new Uint8Array(0),
    payload: PLAIN,
    ...parts,
  });
}

/** The frame with its header's checksum made right again, as a hostile writer would. */
function sealed(frame: Uint8Array): Uint8Array {
  const covered = FRAME_FIXED_BYTES + viewOf(frame).getUint32(20, true);
  viewOf(frame).setUint32(covered, crc32(frame.subarray(0, covered)), true);
  return frame;
}

test("the examples of the format document are what is written and read", async () => {
  const document = readFileSync(new URL("../../docs/formats/frame.md", import.meta.url), "utf8");
  const found = [...document.matchAll(/```hex\n([^`]+)```/g)];
  const [example = "", filtered = ""] = found.map(([, hex]) => hex?.replace(/\s/g, ""));
  assert.equal(toHex(framed()), example);
  const frame = checkFrame(fromHex(example));
  assert.equal(new TextDecoder().decode(frame.payload), "hello, pith");
  assert.equal(frame.sha256, sha256(PLAIN));

  const payload = PLAIN.map((byte, i) => byte - (PLAIN[i - 1] ?? 0));
  assert.equal(toHex(framed({ filter: Uint8Array.of(6, 0, 0), payload })), filtered);
  assert.deepEqual(await decodeFrame(createRegistry(), fromHex(filtered)), PLAIN);
});

test("every field comes back", () => {
  const parameters = Uint8Array.of(9, 8, 7);
  const payload = Uint8Array.of(1, 2);
  const bytes = framed({ codec: 0xfffe, codecVersion: 255, parameters, payload });
  const frame = checkFrame(bytes);
  assert.equal(frame.codec, 0xfffe);
  assert.equal(frame.codecVersion, 255);
  assert.equal(frame.plainBytes, PLAIN.length);
  assert.equal(frame.payloadBytes, 2);
  assert.deepEqual([...frame.parameters], [9, 8, 7]);
  assert.deepEqual([...frame.payload], [1, 2]);
  assert.equal(frame.frameBytes, bytes.length);
  assert.equal(frameHeaderBytes(bytes.subarray(0, FRAME_FIXED_BYTES)), frame.headerBytes);
  const header = decodeFrameHeader(bytes.subarray(0, frame.headerBytes));
  assert.equal(header.headerCrc32, frame.headerCrc32);
});

test("a filter makes a frame of version 2, and nothing else does", () => {
  const parameters = Uint8Array.of(9, 8);
  for (const filter of [[7], [255, 0], [7, 1, 2, 3]].map((bytes) => Uint8Array.from(bytes))) {
    const bytes = framed({ filter, parameters, codecVersion: 3 });
    assert.deepEqual([bytes[4], bytes[9]], [2, filter.length]);
    const frame = checkFrame(bytes);
    assert.deepEqual([...frame.filter], [...filter]);
    assert.deepEqual([...frame.parameters], [9, 8]);
    assert.equal(frame.codecVersion, 3);
    assert.equal(frameHeaderBytes(bytes), frame.headerBytes);
  }
  for (const none of [undefined, new Uint8Array(0)]) {
    const bytes = framed({ filter: none, parameters });
    assert.deepEqual([bytes[4], bytes[9]], [1, 0]);
    assert.equal(checkFrame(bytes).filter.length, 0);
  }
});

test("a frame survives any single flipped bit by failing loudly", () => {
  for (const filter of [undefined, Uint8Array.of(3, 200)]) {
    const whole = framed({ filter, parameters: Uint8Array.of(1, 2, 3), plainBytes: 30 });
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const frame = whole.slice();
      frame[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => checkFrame(frame), { code: "FrameCorrupt" }, `bit ${bit}`);
    }
  }
});

test("any other length than the frame's own fails", () => {
  const frame = framed();
  for (let length = 0; length < frame.length; length++) {
    assert.throws(() => checkFrame(frame.subarray(0, length)), { code: "FrameCorrupt" });
  }
  const longer = new Uint8Array(frame.length + 1);
  longer.set(frame);
  assert.throws(() => checkFrame(longer), { code: "FrameCorrupt" });
});

test("a sound frame of a later format is told from a damaged one", () => {
  const frame = framed();
  frame[4] = 3;
  assert.throws(() => checkFrame(sealed(frame)), { code: "PithVersion", kind: "input" });
});

test("limits hold even where the checksum is right", () => {
  const hostile: [string, (frame: Uint8Array, view: DataView) => void][] = [
    ["flags", (frame) => (frame[5] = 1)],
    ["reserved", (frame) => (frame[11] = 1)],
    ["codec 0", (_, view) => view.setUint16(6, 0, true)],
    ["codec version 0", (frame) => (frame[8] = 0)],
    ["no plain bytes", (_, view) => view.setUint32(12, 0, true)],
    ["too many plain bytes", (_, view) => view.setUint32(12, CHUNK_BYTES_MAXIMUM + 1, true)],
    ["payload longer than it may be", (_, view) => view.setUint32(16, 11 + 65, true)],
    ["payload of 4 GiB", (_, view) => view.setUint32(16, 0xffff_ffff, true)],
  ];
  for (const [name, damage] of hostile) {
    const frame = framed();
    damage(frame, viewOf(frame));
    assert.throws(() => checkFrame(sealed(frame)), { code: "FrameCorrupt" }, name);
  }
  const filtered: [string, (frame: Uint8Array) => void][] = [
    ["version 2 without a filter", (frame) => (frame[9] = 0)],
    ["filter of five bytes", (frame) => (frame[9] = 5)],
    ["filter longer than all parameters", (frame) => (frame[9] = 4)],
    ["filter number 0", (frame) => (frame[FRAME_FIXED_BYTES] = 0)],
    ["version 1 with a filter", (frame) => (frame[4] = 1)],
    ["filter of a chunk beyond 4 MiB", (frame) => viewOf(frame).setUint32(12, 2 ** 22 + 1, true)],
    ["reserved beside the filter", (frame) => (frame[10] = 1)],
  ];
  for (const [name, damage] of filtered) {
    const frame = framed({ filter: Uint8Array.of(1, 2), parameters: Uint8Array.of(3) });
    damage(frame);
    assert.throws(() => checkFrame(sealed(frame)), { code: "FrameCorrupt" }, name);
  }
  const longParameters = framed();
  viewOf(longParameters).setUint32(20, FRAME_PARAMETERS_BYTES_MAXIMUM + 1, true);
  assert.throws(() => frameHeaderBytes(longParameters), { code: "FrameCorrupt" });
});

test("a writer outside the limits is a bug", () => {
  const wrong: Partial<FrameParts>[] = [
    { codec: 0 },
    { codec: 1.5 },
    { codecVersion: 256 },
    { plainBytes: 0 },
    { plainBytes: CHUNK_BYTES_MAXIMUM + 1 },
    { payload: new Uint8Array(200) },
    { parameters: new Uint8Array(FRAME_PARAMETERS_BYTES_MAXIMUM + 1) },
    { sha256: "00" },
    { filter: Uint8Array.of(0) },
    { filter: new Uint8Array(FRAME_FILTER_BYTES_MAXIMUM + 1).fill(1) },
  ];
  for (const parts of wrong) assert.throws(() => framed(parts), { code: "AssertionFailure" });
});

test("mutated frames give their chunk or a typed error", async () => {
  await forSeeds(300, fuzzFrame);
});
