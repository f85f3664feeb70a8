/**
 * A codec in the manner of a JPEG codec, whose object is cut in mid-scan: `scan`.
 *
 *   object   "SCAN" step | samples ...       sample = sample before + step, where it is regular
 *   chunk    |--- 64 KiB ---|--- 64 KiB ---| the second begins in mid-scan
 *
 * The session carries from chunk to chunk what the header said (step), the last sample, and how far
 * the scan is. A frame's parameters repeat that state, so each chunk decodes alone; the payload holds
 * only what deviates. `big-scan` claims the whole object in one chunk of up to 16 MiB, `choosy-scan`
 * does and then refuses, `moody-scan` refuses every other chunk. So does `pair-scan`, but `second-scan` takes
 * the same objects; both do so at the effort `dense` alone.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Codec, Encoded, EncodeSession } from "../../src/core/codec.ts";
import type { FaultCode } from "../../src/core/errors.ts";
import { CHUNK_BYTES_MAXIMUM } from "../../src/core/limits.ts";

export const SCAN_CHUNK_BYTES = 64 * 1024;
const HEADER_BYTES = 10;

/** What later chunks depend on. */
export interface ScanState {
  readonly step: number;
  /** The byte before the chunk. */
  readonly before: number;
  /** Bytes of the object before the chunk. */
  readonly offset: number;
}

/** An object that `name` claims, with a deviation every 1,000 bytes or so. */
export function scanObject(name: string, bytes: number, step = 3): Uint8Array<ArrayBuffer> {
  const object = new Uint8Array(bytes);
  for (let i = 1; i < bytes; i++) {
    object[i] = (object[i - 1] as number) + step + (i % 997 === 0 ? i : 0);
  }
  object.set(new TextEncoder().encode(mark(name)));
  object[HEADER_BYTES - 1] = step;
  return object;
}

/** The state that a frame's parameters hold. */
export function readState(parameters: Uint8Array): ScanState {
  const view = new DataView(parameters.buffer, parameters.byteOffset, parameters.length);
  return { step: view.getUint8(0), before: view.getUint8(1), offset: view.getUint32(2, true) };
}

function writeState({ step, before, offset }: ScanState): Uint8Array {
  const parameters = new Uint8Array(6);
  const view = new DataView(parameters.buffer);
  view.setUint8(0, step);
  view.setUint8(1, before);
  view.setUint32(2, offset, true);
  return parameters;
}

/** Reasons that are given in turn: one of kind input, one of kind limit, one of kind bug. */
const MOODS: readonly FaultCode[] = ["UnsupportedJpeg", "TooMuchMemoryNeeded", "RoundTripFailure"];

type Mood = "ready" | "moody" | "refusing";

function openScan(mood: Mood): EncodeSession {
  let state: ScanState = { step: 0, before: 0, offset: 0 };
  let asked = 0;
  let closed = false;
  const pass = (chunk: Uint8Array): ScanState => {
    if (closed) throw new Error("the session is closed");
    if (state.offset === 0) state = { ...state, step: chunk[HEADER_BYTES - 1] ?? 0 };
    const now = state;
    state = { ...state, before: chunk.at(-1) as number, offset: now.offset + chunk.length };
    return now;
  };
  return {
    encode(chunk): Encoded {
      const now = pass(chunk);
      asked += 1;
      if (mood === "refusing" || (mood === "moody" && asked % 2 === 0)) {
        return { refused: MOODS[asked % MOODS.length] as FaultCode };
      }
      const deviations = new Uint8Array(chunk.length);
      let before = now.before;
      for (let i = 0; i < chunk.length; i++) {
        deviations[i] = (chunk[i] as number) - before - now.step;
        before = chunk[i] as number;
      }
      return { parameters: writeState(now), payload: deflateRawSync(deviations) };
    },
    observe: (chunk) => void pass(chunk),
    close: () => {
      closed = true;
    },
  };
}

function mark(name: string): string {
  return `${name.toUpperCase()}:`.slice(0, HEADER_BYTES - 1);
}

function scanCodec(
  id: number,
  name: string,
  mood: Mood,
  claim: [number, boolean],
  object = name,
): Codec {
  const [chunkBytes, whole] = claim;
  return {
    id,
    name,
    version: 2,
    readableVersions: [1, 2],
    independent: false,
    sniff: (first) => {
      const start = new TextDecoder().decode(first.slice(0, mark(object).length));
      return start === mark(object) ? { chunkBytes, whole } : undefined;
    },
    open: () => openScan(mood),
    decode({ parameters, payload }, _version, plainBytes) {
      const { step, before } = readState(parameters);
      const plain = inflateRawSync(payload, { maxOutputLength: plainBytes });
      let last = before;
      for (let i = 0; i < plain.length; i++) {
        last = (last + (plain[i] as number) + step) & 255;
        plain[i] = last;
      }
      return plain;
    },
  };
}

export const codecs: readonly Codec[] = [
  scanCodec(60_001, "scan", "ready", [SCAN_CHUNK_BYTES, false]),
  scanCodec(60_002, "big-scan", "ready", [CHUNK_BYTES_MAXIMUM, true]),
  scanCodec(60_003, "choosy-scan", "refusing", [CHUNK_BYTES_MAXIMUM, true]),
  scanCodec(60_004, "moody-scan", "moody", [SCAN_CHUNK_BYTES, false]),
  {
    ...scanCodec(60_005, "pair-scan", "moody", [SCAN_CHUNK_BYTES, false]),
    efforts: ["dense"],
  },
  {
    ...scanCodec(60_006, "second-scan", "ready", [SCAN_CHUNK_BYTES, false], "pair-scan"),
    efforts: ["dense"],
  },
];
