/**
 * Frame: one coded chunk, self-describing.
 *
 *   | 60 bytes: magic, codec, lengths, checksums | filter | parameters | CRC-32 of all that | payload |
 *
 * Version 2 is the one with a filter; a frame without one is written as version 1, byte for byte as
 * ever, so that builds which know no filters go on reading it.
 *
 * The header's checksum guards lengths before memory is taken for them, the payload's guards the
 * codec from damaged bytes, the SHA-256 of the plain bytes guards the reader from both. Nothing here
 * decodes: verify.ts does. Format, byte by byte: docs/formats/frame.md.
 */
import { crc32 } from "node:zlib";
import { fromHex, toHex, viewOf } from "../core/bytes.ts";
import { assertThat, type FaultFacts, PithError } from "../core/errors.ts";
import {
  CHUNK_BYTES_MAXIMUM,
  FILTER_UNIT_BYTES_MAXIMUM,
  FRAME_FILTER_BYTES_MAXIMUM,
  FRAME_OVERHEAD_BYTES,
  FRAME_PARAMETERS_BYTES_MAXIMUM,
} from "../core/limits.ts";

/** "\xf0PFR" read as a little-endian integer. */
const MAGIC = 0x52_46_50_f0;
/** Without a filter, and with one. */
const PLAIN_VERSION = 1;
const FILTERED_VERSION = 2;

/** Bytes before filter and parameters: from these the header's length is known. */
export const FRAME_FIXED_BYTES = 60;
const CRC_BYTES = 4;
const NO_FILTER = new Uint8Array(0);

/** What a frame says of its chunk. */
export interface FrameHeader {
  /** Number of the codec, 1..65535. */
  readonly codec: number;
  readonly codecVersion: number;
  /** Length of the decoded chunk, 1..CHUNK_BYTES_MAXIMUM. */
  readonly plainBytes: number;
  readonly payloadBytes: number;
  readonly payloadCrc32: number;
  /** Lower-case hexadecimal SHA-256 of the plain bytes. */
  readonly sha256: string;
  /** What the plain bytes were changed by before the codec had them, as src/filters writes it: its
   * number, then what it needs; none where they were not. A view on the header's bytes. */
  readonly filter: Uint8Array;
  /** A view on the header's bytes, not a copy. */
  readonly parameters: Uint8Array;
  /** CRC-32 of the header: tells this frame from others in an index. */
  readonly headerCrc32: number;
  /** Offset of the payload. */
  readonly headerBytes: number;
  /** Length of the whole frame. */
  readonly frameBytes: number;
}

/** A whole frame that has been checked. */
export interface Frame extends FrameHeader {
  /** A view on the frame's bytes, not a copy. */
  readonly payload: Uint8Array;
}

/** What the writer of a frame must know. */
export interface FrameParts {
  readonly codec: number;
  readonly codecVersion: number;
  readonly plainBytes: number;
  readonly sha256: string;
  /** Default none. */
  readonly filter?: Uint8Array | undefined;
  readonly parameters: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Length of the frame that `encodeFrame` makes of these.
 *
 * @param parameterBytes - those of the codec and those of the filter
 */
export function frameBytesOf(parameterBytes: number, payloadBytes: number): number {
  return FRAME_FIXED_BYTES + parameterBytes + CRC_BYTES + payloadBytes;
}

/**
 * Writes a frame; the payload is copied once.
 *
 * @throws PithError "AssertionFailure" when a part is outside the format's limits
 */
export function encodeFrame(parts: FrameParts): Uint8Array<ArrayBuffer> {
  const { codec, codecVersion, plainBytes, filter = NO_FILTER, parameters, payload } = parts;
  const digest = fromHex(parts.sha256);
  assertThat(digest.length === 32, "a SHA-256 has 32 bytes");
  const parameterBytes = filter.length + parameters.length;
  const broken =
    brokenLimit(codec, codecVersion, plainBytes, payload.length, parameterBytes) ??
    (filter.length > 0 ? brokenFilter(filter, filter.length, plainBytes) : undefined);
  assertThat(broken === undefined, "a frame keeps its limits", { broken });

  const headerBytes = frameBytesOf(parameterBytes, 0);
  const frame = new Uint8Array(headerBytes + payload.length);
  const view = viewOf(frame);
  view.setUint32(0, MAGIC, true);
  frame[4] = filter.length > 0 ? FILTERED_VERSION : PLAIN_VERSION;
  view.setUint16(6, codec, true);
  frame[8] = codecVersion;
  frame[9] = filter.length;
  view.setUint32(12, plainBytes, true);
  view.setUint32(16, payload.length, true);
  view.setUint32(20, parameterBytes, true);
  view.setUint32(24, crc32(payload), true);
  frame.set(digest, 28);
  frame.set(filter, FRAME_FIXED_BYTES);
  frame.set(parameters, FRAME_FIXED_BYTES + filter.length);
  const covered = headerBytes - CRC_BYTES;
  view.setUint32(covered, crc32(frame.subarray(0, covered)), true);
  frame.set(payload, headerBytes);
  return frame;
}

/**
 * The header's length, read from its beginning, for readers that take bytes as they come.
 *
 * @param start - at least FRAME_FIXED_BYTES bytes
 * @returns at most 64 + FRAME_PARAMETERS_BYTES_MAXIMUM; not yet proved by a checksum
 * @throws PithError "FrameCorrupt" when no frame begins so
 */
export function frameHeaderBytes(start: Uint8Array): number {
  if (start.length < FRAME_FIXED_BYTES) throw corrupt("the frame ends in its header");
  const view = viewOf(start);
  if (view.getUint32(0, true) !== MAGIC) throw corrupt("no frame begins here");
  const parameterBytes = view.getUint32(20, true);
  if (parameterBytes > FRAME_PARAMETERS_BYTES_MAXIMUM) {
    throw corrupt("the parameters are too long", { parameterBytes });
  }
  return frameBytesOf(parameterBytes, 0);
}

/**
 * Reads and checks a header.
 *
 * @param bytes - the frame or a beginning of it that holds the header
 * @throws PithError "FrameCorrupt", or "PithVersion" when the frame is sound but of a later format
 */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader {
  const headerBytes = frameHeaderBytes(bytes);
  if (bytes.length < headerBytes) throw corrupt("the frame ends in its header");
  const view = viewOf(bytes);
  const covered = headerBytes - CRC_BYTES;
  const headerCrc32 = view.getUint32(covered, true);
  if (crc32(bytes.subarray(0, covered)) !== headerCrc32) {
    throw corrupt("the header's checksum is wrong");
  }
  const formatVersion = bytes[4] as number;
  if (formatVersion !== PLAIN_VERSION && formatVersion !== FILTERED_VERSION) {
    throw new PithError("PithVersion", { formatVersion });
  }
  const filterBytes = formatVersion === FILTERED_VERSION ? (bytes[9] as number) : 0;
  const reserved = (bytes[5] as number) | view.getUint16(10, true);
  if (reserved !== 0 || bytes[9] !== filterBytes) throw corrupt("reserved bytes are not zero");
  const variable = bytes.subarray(FRAME_FIXED_BYTES, covered);

  const codec = view.getUint16(6, true);
  const codecVersion = bytes[8] as number;
  const plainBytes = view.getUint32(12, true);
  const payloadBytes = view.getUint32(16, true);
  const broken =
    brokenLimit(codec, codecVersion, plainBytes, payloadBytes, variable.length) ??
    (formatVersion === FILTERED_VERSION
      ? brokenFilter(variable, filterBytes, plainBytes)
      : undefined);
  if (broken !== undefined) throw corrupt(broken, { codec, filterBytes, plainBytes, payloadBytes });
  return {
    codec,
    codecVersion,
    plainBytes,
    payloadBytes,
    payloadCrc32: view.getUint32(24, true),
    sha256: toHex(bytes.subarray(28, FRAME_FIXED_BYTES)),
    filter: variable.subarray(0, filterBytes),
    parameters: variable.subarray(filterBytes),
    headerCrc32,
    headerBytes,
    frameBytes: headerBytes + payloadBytes,
  };
}

/**
 * Checks a whole frame: header, exact length, checksum of the payload. About 4 GB/s.
 *
 * @throws PithError "FrameCorrupt" or "PithVersion"
 */
export function checkFrame(bytes: Uint8Array): Frame {
  const header = decodeFrameHeader(bytes);
  const { headerBytes, frameBytes, payloadCrc32 } = header;
  if (bytes.length !== frameBytes) {
    throw corrupt("the frame's length is wrong", { expected: frameBytes, actual: bytes.length });
  }
  const payload = bytes.subarray(headerBytes);
  const actual = crc32(payload);
  if (actual !== payloadCrc32) {
    throw corrupt("the payload's checksum is wrong", { expected: payloadCrc32, actual });
  }
  return { ...header, payload };
}

/** The first limit of the format that these break, in words; the same for writers and readers. */
function brokenLimit(
  codec: number,
  codecVersion: number,
  plainBytes: number,
  payloadBytes: number,
  parameterBytes: number,
): string | undefined {
  if (!Number.isInteger(codec) || codec < 1 || codec > 0xffff) return "no such codec number";
  if (!Number.isInteger(codecVersion) || codecVersion < 1 || codecVersion > 0xff) {
    return "no such codec version";
  }
  if (!Number.isInteger(plainBytes) || plainBytes < 1 || plainBytes > CHUNK_BYTES_MAXIMUM) {
    return "the plain length is outside its limits";
  }
  if (parameterBytes > FRAME_PARAMETERS_BYTES_MAXIMUM) return "the parameters are too long";
  if (frameBytesOf(parameterBytes, payloadBytes) > plainBytes + FRAME_OVERHEAD_BYTES) {
    return "the frame is longer than it may be";
  }
  return undefined;
}

/** What is wrong with the filter that begins `bytes`: a frame with one has a number and its needs. */
function brokenFilter(
  bytes: Uint8Array,
  filterBytes: number,
  plainBytes: number,
): string | undefined {
  if (filterBytes < 1 || filterBytes > FRAME_FILTER_BYTES_MAXIMUM || filterBytes > bytes.length) {
    return "the filter's length is outside its limits";
  }
  if (plainBytes > FILTER_UNIT_BYTES_MAXIMUM) return "too long a chunk for a filter";
  return bytes[0] === 0 ? "no such filter number" : undefined;
}

function corrupt(what: string, facts: FaultFacts = {}): PithError {
  return new PithError("FrameCorrupt", { what, ...facts });
}
