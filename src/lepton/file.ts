/**
 * File: the container of a Lepton file, both ways.
 *
 *   start (file-start.ts) | header (header-coding.ts, records.ts) | "CMP" | packets (packets.ts) | u32 size
 *
 * Reading takes the bytes as they come and gives the header, then the segments' bytes; how much of
 * those is kept is for the reader's user to say. Dense files have the same layout.
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
import type { CoefficientModel, ModelOption } from "./coefficient-model.ts";
import type { PackOptions, UnpackOptions } from "./dense-header.ts";
import {
  type LeptonFlavour,
  type LeptonStart,
  readLeptonStart,
  requireOutput,
  requirePriors,
  START_BYTES,
  writeLeptonStart,
} from "./file-start.ts";
import { packedHeader, unpackedHeader } from "./header-coding.ts";
import { LENGTH_BYTES, PacketReader, packets } from "./packets.ts";
import { type LeptonRecords, type LeptonSegment, readRecords, writeRecords } from "./records.ts";

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

const AFTER_HEADER = "CMP";

/** Takes a Lepton file apart while its bytes come. After an error it must not be fed again. */
export class LeptonReader {
  readonly #events: LeptonEvents;
  readonly #model: CoefficientModel;
  readonly #options: UnpackOptions;
  /** What is next, as far as it has come. */
  readonly #part = new ByteGatherer();
  #partBytes = START_BYTES;
  #next: (part: Uint8Array) => void | Promise<void> = (part) => this.#readStart(part);
  #start: LeptonStart | undefined;
  #records: LeptonRecords | undefined;
  #packets: PacketReader | undefined;
  #fileBytes = 0;

  /**
   * @param model - whose files are read
   * @param options - for what lies in a dense file's header
   */
  constructor(
    events: LeptonEvents,
    model: CoefficientModel = "lepton",
    options: UnpackOptions = {},
  ) {
    this.#events = events;
    this.#model = model;
    this.#options = options;
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

  async #readStart(bytes: Uint8Array): Promise<void> {
    this.#start = readLeptonStart(bytes, this.#model);
    const { dense } = this.#start;
    if (dense !== undefined) await requirePriors(dense);
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
    const inflated = await unpackedHeader(coded, start.version, maximum, this.#options);
    const { records, outputBytes } = readRecords(inflated, this.#model);
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
    this.#packets = new PacketReader(segments.length, start.version === 2 || start.version === 4);
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
 * @param model - whose files are read
 * @param options - for what lies in a dense file's header
 * @returns its header, and the coded stream of each segment
 * @throws PithError as `LeptonReader`
 */
export async function readLepton(
  bytes: Uint8Array,
  model: CoefficientModel = "lepton",
  options?: UnpackOptions,
): Promise<{ readonly header: LeptonHeader; readonly streams: readonly Uint8Array[] }> {
  let read: LeptonHeader | undefined;
  let streams: ByteGatherer[] = [];
  const events: LeptonEvents = {
    header: (header) => {
      read = header;
      streams = header.segments.map(() => new ByteGatherer());
    },
    segment: (index, part) => streams[index]?.append(part),
  };
  const reader = new LeptonReader(events, model, options);
  await reader.feed(bytes);
  reader.finish();
  assertThat(read !== undefined, "a file that was read has a header");
  return { header: read, streams: streams.map((stream) => stream.take()) };
}

/** What a Lepton file is made of. */
export interface LeptonParts extends ModelOption {
  readonly flavour: LeptonFlavour;
  readonly outputBytes: number;
  readonly records: LeptonRecords;
  /** The coded stream of each segment that the records name. */
  readonly streams: readonly Uint8Array[];
  /** For what lies in a dense file's header. */
  readonly packing?: PackOptions | undefined;
}

/**
 * Writes a Lepton file of version 1, which both Lepton programs read as far as its records let them; or
 * a dense file.
 *
 * @returns the file; its header's bytes may differ with the build of zlib
 */
export async function writeLepton(parts: LeptonParts): Promise<Uint8Array<ArrayBuffer>> {
  const { flavour, outputBytes, records, streams, packing, model = "lepton" } = parts;
  const count = records.segments?.length;
  assertThat(streams.length === count, "each segment has a stream", { count });
  assertThat(outputBytes <= LEPTON_OUTPUT_BYTES_MAXIMUM, "an output that may be restored");
  const coded = await packedHeader(writeRecords(records), model, packing);
  const codedHeaderBytes = coded.length;
  const segments = streams.length;
  const start = await writeLeptonStart(model, { flavour, segments, outputBytes, codedHeaderBytes });
  const length = new Uint8Array(LENGTH_BYTES);
  const after = Uint8Array.from(AFTER_HEADER, (letter) => letter.charCodeAt(0));
  const file = concatenate([start, coded, after, ...packets(streams), length]);
  viewOf(file).setUint32(file.length - LENGTH_BYTES, file.length, true);
  return file;
}

function bad(why: string, facts: Readonly<Record<string, unknown>> = {}): PithError {
  return new PithError("BadLeptonFile", { why, ...facts });
}
