/**
 * File: the container of a Lepton file, both ways.
 *
 *   0   CF 84, version, flavour, segments, 3 zeros
 *   8   who wrote it, and with which arithmetic
 *   20  u32 size of the output, u32 size of the header
 *   28  header (header-coding.ts, records.ts) | "CMP" | packets (packets.ts) | u32 size of the file
 *
 * Flavours: Z one sequential scan with all components, X any other JPEG, Y a chunk of one. Reading
 * takes the bytes as they come and gives the header, then the segments' bytes; how much of those is
 * kept is for the reader's user to say. We write version 1.
 *
 * Layout, and what is refused: docs/formats/lepton.md.
 */
import { concatenate, viewOf } from "../core/bytes.ts";
import { assertThat, PithError } from "../core/errors.ts";
import {
  LEPTON_HEADER_BYTES_MAXIMUM,
  LEPTON_HEADER_SLACK_BYTES,
  LEPTON_OUTPUT_BYTES_MAXIMUM,
  LEPTON_SEGMENTS_MAXIMUM,
} from "../core/limits.ts";
import { ByteGatherer } from "./byte-gatherer.ts";
import { deflateHeader, inflateHeader } from "./header-coding.ts";
import { LENGTH_BYTES, PacketReader, packets } from "./packets.ts";
import { type LeptonRecords, type LeptonSegment, readRecords, writeRecords } from "./records.ts";

export type LeptonFlavour = "Z" | "X" | "Y";

/** Which sums of the model wrap at 16 bits, by the format's names: `dc16` those of the pixels at a
 * block's edge, `adv16` those of the gradients within it. They matter for extreme coefficients. */
export interface LeptonArithmetic {
  readonly dc16: boolean;
  readonly adv16: boolean;
}

/** The first 28 bytes of a Lepton file. */
export interface LeptonStart {
  readonly version: number;
  readonly flavour: LeptonFlavour;
  /** Undefined when the file does not say: both true is right for nearly all. */
  readonly arithmetic: LeptonArithmetic | undefined;
  /** Version of the lepton_jpeg_rust that wrote it (0.5.8 is 58), if it was that. */
  readonly rustVersion: number | undefined;
  readonly outputBytes: number;
  /** Of the header as it is stored. */
  readonly codedHeaderBytes: number;
}

export interface LeptonHeader extends LeptonStart {
  readonly records: LeptonRecords;
  readonly segments: readonly LeptonSegment[];
  /** Whether the segments say but their rows: the oldest files, whose scan is written in order. */
  readonly isLegacy: boolean;
}

/** What a reader of a Lepton file is told, in this order. */
export interface LeptonEvents {
  /** Once, before anything else. */
  header(header: LeptonHeader): void;
  /** The next bytes of a segment's stream: a view on what was fed. */
  segment(index: number, bytes: Uint8Array): void;
}

const START_BYTES = 28;
const AFTER_HEADER = "CMP";

/** lepton_jpeg_rust 0.5.5 cut body and tail at once. */
export const RUST_VERSION_CUT_TAIL = 55;

/** Ours: in place of a hash, and unlike the "MS" that would make a statement of the bytes behind. */
const SIGNATURE = "Pith";

/**
 * Reads the start of a Lepton file.
 *
 * @param bytes - its first 28 bytes, and more perhaps
 * @throws PithError "BadLeptonFile", "VersionUnsupported", "HeaderTooLarge", "OutputLimit"
 */
export function readLeptonStart(bytes: Uint8Array): LeptonStart {
  if (bytes.length < START_BYTES) throw bad("the file ends in its first bytes");
  const view = viewOf(bytes);
  const [first, second, version = 0, letter = 0] = bytes;
  // CE B6 asks for the output in another form, which is not what the file was made from.
  if (first !== 0xcf || second !== 0x84) throw bad("not the magic of a Lepton file");
  if (version !== 1 && version !== 2 && version !== 4) {
    throw new PithError("VersionUnsupported", { version });
  }
  const flavour = String.fromCharCode(letter);
  if (flavour !== "Z" && flavour !== "X" && flavour !== "Y") throw bad("an unknown flavour");
  const outputBytes = view.getUint32(20, true);
  const codedHeaderBytes = view.getUint32(24, true);
  requireOutput(outputBytes);
  if (codedHeaderBytes > LEPTON_HEADER_BYTES_MAXIMUM) {
    throw new PithError("HeaderTooLarge", { codedHeaderBytes });
  }
  const isRust = bytes[8] === 0x4d && bytes[9] === 0x53;
  const flags = isRust ? (bytes[14] ?? 0) : 0;
  const arithmetic = { dc16: (flags & 1) !== 0, adv16: (flags & 2) !== 0 };
  return {
    version,
    flavour,
    arithmetic: flags >= 0x80 ? arithmetic : undefined,
    rustVersion: isRust ? bytes[15] : undefined,
    outputBytes,
    codedHeaderBytes,
  };
}

/**
 * Whether a file says of itself that Pith wrote it: then its fifth byte is the number of its segments,
 * and each of these says exactly how many bytes it gives.
 *
 * @param bytes - at least its first 12 bytes, else the answer is no
 */
export function isOurs(bytes: Uint8Array): boolean {
  const [first, second, version] = bytes;
  if (first !== 0xcf || second !== 0x84 || version !== 1) return false;
  return letters(SIGNATURE).every((letter, i) => bytes[8 + i] === letter);
}

function requireOutput(outputBytes: number): void {
  const maximum = LEPTON_OUTPUT_BYTES_MAXIMUM;
  if (outputBytes > maximum) throw new PithError("OutputLimit", { outputBytes, maximum });
}

/** Takes a Lepton file apart while its bytes come. After an error it must not be fed again. */
export class LeptonReader {
  readonly #events: LeptonEvents;
  /** What is next, as far as it has come. */
  readonly #part = new ByteGatherer();
  #partBytes = START_BYTES;
  #next: (part: Uint8Array) => void | Promise<void> = (part) => this.#readStart(part);
  #start: LeptonStart | undefined;
  #records: LeptonRecords | undefined;
  #packets: PacketReader | undefined;
  #fileBytes = 0;

  constructor(events: LeptonEvents) {
    this.#events = events;
  }

  /**
   * Takes the next bytes; to be awaited before the next call.
   *
   * @throws PithError "BadLeptonFile", "StreamInconsistent", "VersionUnsupported",
   *   "HeaderTooLarge", "OutputLimit"; what an event throws, unchanged
   *
   * Memory: the header, until it is complete, and what it inflates to.
   */
  async feed(piece: Uint8Array): Promise<void> {
    this.#fileBytes += piece.length;
    let at = 0;
    while (this.#packets === undefined) {
      const missing = this.#partBytes - this.#part.length;
      this.#part.append(piece.subarray(at, at + missing));
      if (piece.length - at < missing) return;
      at += missing;
      const part = this.#part.take();
      await this.#next(part);
    }
    this.#packets.feed(piece.subarray(at), (index, bytes) => this.#events.segment(index, bytes));
  }

  /**
   * Says that the file ends.
   *
   * @throws PithError "BadLeptonFile" when something is missing, or the file gives another length
   */
  finish(): void {
    if (this.#packets === undefined) throw bad("the file ends in its header");
    const expected = this.#packets.finish();
    const actual = this.#fileBytes;
    if (expected !== actual) throw bad("not the length that the file gives", { expected, actual });
  }

  #readStart(bytes: Uint8Array): void {
    this.#start = readLeptonStart(bytes);
    this.#expect(this.#start.codedHeaderBytes + AFTER_HEADER.length, (part) =>
      this.#readHeader(part),
    );
  }

  async #readHeader(bytes: Uint8Array): Promise<void> {
    const start = this.#start;
    assertThat(start !== undefined, "the start comes before the header");
    const coded = bytes.subarray(0, start.codedHeaderBytes);
    const after = String.fromCharCode(...bytes.subarray(start.codedHeaderBytes));
    if (after !== AFTER_HEADER) throw bad("no CMP behind the header");
    const maximum = Math.min(
      start.outputBytes + LEPTON_HEADER_SLACK_BYTES,
      LEPTON_HEADER_BYTES_MAXIMUM,
    );
    const inflated = await inflateHeader(coded, start.version, maximum);
    const { records, outputBytes } = readRecords(inflated);
    if (outputBytes !== undefined) {
      requireOutput(outputBytes);
      this.#start = { ...start, outputBytes };
    }
    this.#records = records;
    if (records.segments !== undefined) this.#open(records.segments, false);
    else this.#expect(1, (part) => this.#readLegacyCount(part));
  }

  /** Of the oldest files: a count, then where each segment but the last one ends. */
  #readLegacyCount(bytes: Uint8Array): void {
    const count = bytes[0] ?? 0;
    if (count < 1 || count > LEPTON_SEGMENTS_MAXIMUM) throw bad("not 1 to 16 segments", { count });
    this.#expect(2 * (count - 1), (part) => this.#readLegacyRows(part));
  }

  #readLegacyRows(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    const segments: LeptonSegment[] = [];
    for (let i = 0; i <= bytes.length / 2; i++) {
      const startRow = i === 0 ? 0 : view.getUint16(2 * (i - 1), true);
      if (startRow < (segments.at(-1)?.startRow ?? 0)) {
        throw new PithError("StreamInconsistent", { why: "segments out of order", segment: i });
      }
      segments.push({ startRow, scanBytes: 0, overhang: 0, overhangBits: 0xff, dc: [0, 0, 0, 0] });
    }
    this.#open(segments, true);
  }

  #open(segments: readonly LeptonSegment[], isLegacy: boolean): void {
    const [start, records] = [this.#start, this.#records];
    assertThat(start !== undefined && records !== undefined, "start and header come first");
    this.#packets = new PacketReader(segments.length, start.version > 1);
    this.#events.header({ ...start, records, segments, isLegacy });
  }

  #expect(size: number, next: (part: Uint8Array) => void | Promise<void>): void {
    this.#partBytes = size;
    this.#next = next;
  }
}

/**
 * Reads a whole Lepton file.
 *
 * @returns its header, and the coded stream of each segment
 * @throws PithError as `LeptonReader`
 */
export async function readLepton(
  bytes: Uint8Array,
): Promise<{ readonly header: LeptonHeader; readonly streams: readonly Uint8Array[] }> {
  let read: LeptonHeader | undefined;
  let streams: ByteGatherer[] = [];
  const reader = new LeptonReader({
    header: (header) => {
      read = header;
      streams = header.segments.map(() => new ByteGatherer());
    },
    segment: (index, part) => streams[index]?.append(part),
  });
  await reader.feed(bytes);
  reader.finish();
  assertThat(read !== undefined, "a file that was read has a header");
  return { header: read, streams: streams.map((stream) => stream.take()) };
}

/** What a Lepton file is made of. */
export interface LeptonParts {
  readonly flavour: LeptonFlavour;
  readonly outputBytes: number;
  readonly records: LeptonRecords;
  /** The coded stream of each segment that the records name. */
  readonly streams: readonly Uint8Array[];
}

/**
 * Writes a Lepton file of version 1, which both Lepton programs read as far as its records let them.
 *
 * @returns the file; its header's bytes may differ with the build of zlib
 */
export async function writeLepton(parts: LeptonParts): Promise<Uint8Array<ArrayBuffer>> {
  const { flavour, outputBytes, records, streams } = parts;
  const count = records.segments?.length;
  assertThat(streams.length === count, "each segment has a stream", { count });
  assertThat(outputBytes <= LEPTON_OUTPUT_BYTES_MAXIMUM, "an output that may be restored");
  const coded = await deflateHeader(writeRecords(records));
  const start = new Uint8Array(START_BYTES);
  const view = viewOf(start);
  start.set([0xcf, 0x84, 1, flavour.charCodeAt(0), streams.length]);
  start.set(letters(SIGNATURE), 8);
  view.setUint32(20, outputBytes, true);
  view.setUint32(24, coded.length, true);
  const length = new Uint8Array(LENGTH_BYTES);
  const file = concatenate([start, coded, letters(AFTER_HEADER), ...packets(streams), length]);
  viewOf(file).setUint32(file.length - LENGTH_BYTES, file.length, true);
  return file;
}

function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function bad(why: string, facts: Readonly<Record<string, unknown>> = {}): PithError {
  return new PithError("BadLeptonFile", { why, ...facts });
}
