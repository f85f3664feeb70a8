/**
 * Unit record: one unit as it stands in a file, or alone as the payload of a frame.
 *
 *   header | size 0 | blocks | sum        coded: each block with its lengths before it
 *   header | bytes | sum                  stored
 *
 * The reader gives blocks one by one, so that a unit can be decoded while its record still comes. It
 * bounds what it takes before it takes it; whether blocks can be decoded is for unit-decode.ts.
 */
import { viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { type ByteSource, Intake } from "../core/intake.ts";
import { DIVANS_BLOCK_BYTES, DIVANS_BLOCKS_MAXIMUM, DIVANS_CODED_BYTES } from "../core/limits.ts";
import {
  damaged,
  readNumber,
  readUnitHeader,
  type UnitHeader,
  writeNumber,
  writeUnitHeader,
} from "./unit-header.ts";

/** Some of a unit's bytes, coded; decoding goes on where the block before it ended. */
export interface Block {
  /** How many of the unit's bytes it makes. */
  readonly plainBytes: number;
  readonly coded: Uint8Array;
}

/** Bytes of the sum behind a unit. */
const SUM_BYTES = 4;
/** A block's two states. */
const BLOCK_BYTES_MINIMUM = 8;

/** The parts of a coded unit's record, to be joined. */
export function writeCodedUnit(
  header: UnitHeader,
  blocks: readonly Block[],
  sum: number,
): Uint8Array[] {
  const parts = [writeUnitHeader(header)];
  for (const [i, { plainBytes, coded }] of blocks.entries()) {
    const said = i === blocks.length - 1 ? 0 : plainBytes;
    parts.push(Uint8Array.from([...writeNumber(said), ...writeNumber(coded.length)]), coded);
  }
  parts.push(bytesOfSum(sum));
  return parts;
}

/** The same for a unit that is stored; its parts are views. */
export function writeStoredUnit(plain: Uint8Array, sum: number): Uint8Array[] {
  const header = {
    plainBytes: plain.length,
    filter: { kind: "none" },
    parameters: undefined,
  } as const;
  return [writeUnitHeader(header), plain, bytesOfSum(sum)];
}

function bytesOfSum(sum: number): Uint8Array {
  const bytes = new Uint8Array(SUM_BYTES);
  viewOf(bytes).setUint32(0, sum, true);
  return bytes;
}

/** Reads records from a source, part by part. */
export class RecordReader {
  readonly #intake: Intake;
  #header: UnitHeader | undefined;
  /** Blocks that were begun, plain bytes that they have announced, and coded bytes. */
  #blocks = 0;
  #plainBytes = 0;
  #codedBytes = 0;

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#intake = new Intake(source, signal);
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#intake.position;
  }

  /** Whether the source is at its end. */
  async atEnd(): Promise<boolean> {
    return !(await this.#intake.more());
  }

  /** Leaves the source. */
  leave(reason: unknown): void {
    this.#intake.leave(reason);
  }

  /** @throws PithError "DivansTruncated" */
  async byte(): Promise<number> {
    const byte = await this.#intake.byte();
    if (byte === undefined) throw this.#truncated();
    return byte;
  }

  /** So many bytes, the caller's to keep. Memory grows with what comes, not with what is asked for.
   * @throws PithError "DivansTruncated" */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    let taken = new Uint8Array(Math.min(count, 64 * 1024));
    for (let filled = 0; filled < count; ) {
      if (!(await this.#intake.more())) throw this.#truncated();
      const piece = this.#intake.rest().subarray(0, count - filled);
      if (filled + piece.length > taken.length) {
        const grown = new Uint8Array(Math.min(count, 2 * (filled + piece.length)));
        grown.set(taken.subarray(0, filled));
        taken = grown;
      }
      taken.set(piece, filled);
      filled += piece.length;
      this.#intake.skip(piece.length);
    }
    return taken;
  }

  /** The next unit's header; undefined at the end of the file's units. */
  async header(): Promise<UnitHeader | undefined> {
    this.#blocks = 0;
    this.#plainBytes = 0;
    this.#codedBytes = 0;
    this.#header = await readUnitHeader(this);
    return this.#header;
  }

  /** The coded unit's next block; undefined behind its last. */
  async block(): Promise<Block | undefined> {
    const left = (this.#header?.plainBytes ?? 0) - this.#plainBytes;
    if (left === 0) return undefined;
    if (this.#blocks === DIVANS_BLOCKS_MAXIMUM) throw damaged("more blocks than a unit has");
    this.#blocks++;
    const said = await readNumber(this);
    if (said >= left) throw damaged("a block that passes its unit, or says what it need not say");
    const size = await readNumber(this);
    if (size < BLOCK_BYTES_MINIMUM || size > DIVANS_BLOCK_BYTES) {
      throw damaged("a block of impossible size");
    }
    this.#plainBytes += said === 0 ? left : said;
    this.#codedBytes += size;
    if (this.#codedBytes > DIVANS_CODED_BYTES) throw damaged("blocks beyond 8 MiB");
    return { plainBytes: said === 0 ? left : said, coded: await this.bytes(size) };
  }

  /** The sum behind a unit. */
  async sum(): Promise<number> {
    return viewOf(await this.bytes(SUM_BYTES)).getUint32(0, true);
  }

  #truncated(): PithError {
    return new PithError("DivansTruncated", { at: this.position });
  }
}
