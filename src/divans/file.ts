/**
 * File: what stands around the units of a DivANS file.
 *
 *   magic 4 | version 1 | unit | unit | ... | 0        a unit of no bytes is the end
 *
 * All units but the last are 4 MiB long, so that no reader is made to begin a unit for a few bytes
 * again and again, and a place in the plain bytes names its unit.
 */
import { PithError } from "../core/errors.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { damaged, type UnitHeader } from "./unit-header.ts";
import type { RecordReader } from "./unit-record.ts";

const VERSION = 1;
export const START_OF_FILE: Uint8Array = Uint8Array.of(0xf0, 0x44, 0x56, 0x4e, VERSION);
export const END_OF_FILE: Uint8Array = Uint8Array.of(0);

/** Whether bytes begin as a DivANS file of any version does. */
export function isDivans(bytes: Uint8Array): boolean {
  return bytes.length > 4 && START_OF_FILE.subarray(0, 4).every((byte, i) => bytes[i] === byte);
}

/** Reads a file's units, each behind its header. */
export class FileReader {
  readonly #reader: RecordReader;
  readonly #maximumBytes: number;
  #plainBytes = 0;
  #lastBytes = DIVANS_UNIT_BYTES;

  /** @param maximumBytes - how many plain bytes the file may have */
  constructor(reader: RecordReader, maximumBytes: number) {
    this.#reader = reader;
    this.#maximumBytes = maximumBytes;
  }

  /** @throws PithError "NotDivans", "DivansTruncated" */
  async start(): Promise<void> {
    for (const [at, expected] of START_OF_FILE.entries()) {
      const actual = await this.#reader.byte();
      if (actual !== expected) throw new PithError("NotDivans", { at, expected, actual });
    }
  }

  /**
   * The header of the next unit, whose record the reader then stands in.
   *
   * @returns undefined when the file is at its end, and nothing follows
   * @throws PithError "OutputLimit" before a unit is decoded that passes it; "TrailingBytes"
   */
  async header(): Promise<UnitHeader | undefined> {
    const header = await this.#reader.header();
    if (header === undefined) {
      if (await this.#reader.atEnd()) return undefined;
      throw new PithError("TrailingBytes", { at: this.#reader.position });
    }
    if (this.#lastBytes !== DIVANS_UNIT_BYTES) throw damaged("a short unit before the last");
    this.#lastBytes = header.plainBytes;
    this.#plainBytes += header.plainBytes;
    if (this.#plainBytes > this.#maximumBytes) {
      throw new PithError("OutputLimit", { bytes: this.#plainBytes, maximum: this.#maximumBytes });
    }
    return header;
  }
}
