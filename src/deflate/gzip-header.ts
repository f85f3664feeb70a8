/**
 * Headers and trailers around a deflate stream, read as their bytes come.
 *
 *   gzip   1F 8B | 08 FLG MTIME(4) XFL OS | [EXTRA] [NAME] [COMMENT] [CRC-16] | deflate | CRC-32 ISIZE
 *   zlib   CMF FLG                                                            | deflate | Adler-32
 *
 * Names, times and extra fields are checked and passed over: what they say is nobody's business
 * here. Which format it is, and what follows a stream, is decided in read.ts.
 * Sources: RFC 1952 section 2.3, RFC 1950 section 2.2.
 */
import { PithError } from "../core/errors.ts";
import type { Intake } from "../core/intake.ts";
import { GZIP_HEADER_BYTES_MAXIMUM } from "../core/limits.ts";
import { crc32 } from "./checksums.ts";

export const GZIP_MAGIC_FIRST = 0x1f;
export const GZIP_MAGIC_SECOND = 0x8b;

const METHOD_DEFLATE = 8;
const WINDOW_EXPONENT_MAXIMUM = 7; // 2^(7 + 8) = 32 KiB

const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;

const ZLIB_FLAG_DICTIONARY = 0x20;

/**
 * Reads a gzip header of which the two magic bytes are taken already.
 *
 * @throws PithError GzipHeader when it breaks the format or passes GZIP_HEADER_BYTES_MAXIMUM,
 *   DeflateTruncated when the source ends inside it
 */
export async function readGzipHeader(intake: Intake): Promise<void> {
  const header = new HeaderBytes(intake);
  const method = await header.byte();
  if (method !== METHOD_DEFLATE) throw badHeader("unknown compression method", { method });
  const flags = await header.byte();
  if ((flags & FLAGS_RESERVED) !== 0) throw badHeader("reserved flags are set", { flags });
  await header.pass(6); // time, extra flags, operating system

  if ((flags & FLAG_EXTRA) !== 0) {
    const low = await header.byte();
    await header.pass(low | ((await header.byte()) << 8));
  }
  if ((flags & FLAG_NAME) !== 0) await header.passText();
  if ((flags & FLAG_COMMENT) !== 0) await header.passText();
  if ((flags & FLAG_HEADER_CRC) === 0) return;

  const expected = header.crc16();
  const low = await header.byte();
  const actual = low | ((await header.byte()) << 8);
  if (actual !== expected) throw badHeader("header checksum mismatch", { expected, actual });
}

/**
 * Reads a zlib header of which the first byte is taken already.
 *
 * @throws PithError GzipHeader when it breaks the format or asks for a preset dictionary,
 *   DeflateTruncated when the source ends inside it
 */
export async function readZlibHeader(intake: Intake, first: number): Promise<void> {
  if (!beginsZlib(first)) throw badHeader("not zlib", { first });
  const second = await intake.byte();
  if (second === undefined) throw truncated("inside the header");
  if ((first * 256 + second) % 31 !== 0) throw badHeader("zlib check bits mismatch", {});
  if ((second & ZLIB_FLAG_DICTIONARY) !== 0) throw badHeader("a preset dictionary is needed", {});
}

/** Whether a zlib header can begin with this byte: deflate, window of at most 32 KiB. */
export function beginsZlib(first: number): boolean {
  return (first & 15) === METHOD_DEFLATE && first >> 4 <= WINDOW_EXPONENT_MAXIMUM;
}

/** Reads `size` (at most 4) bytes of a trailer as one integer. */
export async function readTrailer(
  intake: Intake,
  size: number,
  order: "little" | "big",
): Promise<number> {
  let value = 0;
  for (let i = 0; i < size; i++) {
    const byte = await intake.byte();
    if (byte === undefined) throw truncated("inside the trailer");
    value += byte * 256 ** (order === "little" ? i : size - 1 - i);
  }
  return value;
}

export function badHeader(why: string, facts: Readonly<Record<string, unknown>>): PithError {
  return new PithError("GzipHeader", { why, ...facts });
}

export function truncated(why: string): PithError {
  return new PithError("DeflateTruncated", { why });
}

/** The bytes of one gzip header as they are taken, with their checksum and a limit. */
class HeaderBytes {
  readonly #intake: Intake;
  #count = 2;
  #crc = crc32.update(Uint8Array.of(GZIP_MAGIC_FIRST, GZIP_MAGIC_SECOND), crc32.initial);

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  async byte(): Promise<number> {
    const rest = await this.#rest();
    this.#take(rest.subarray(0, 1));
    return rest[0] as number;
  }

  async pass(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const part = (await this.#rest()).subarray(0, left);
      this.#take(part);
      left -= part.length;
    }
  }

  /** Passes over a text with the zero that ends it. */
  async passText(): Promise<void> {
    for (;;) {
      const rest = await this.#rest();
      const end = rest.indexOf(0);
      this.#take(end < 0 ? rest : rest.subarray(0, end + 1));
      if (end >= 0) return;
    }
  }

  crc16(): number {
    return this.#crc & 0xffff;
  }

  /** The bytes at hand, at least one. */
  async #rest(): Promise<Uint8Array> {
    if (!(await this.#intake.more())) throw truncated("inside the header");
    return this.#intake.rest();
  }

  #take(bytes: Uint8Array): void {
    this.#count += bytes.length;
    if (this.#count > GZIP_HEADER_BYTES_MAXIMUM) {
      throw badHeader("the header does not end", { limit: GZIP_HEADER_BYTES_MAXIMUM });
    }
    this.#crc = crc32.update(bytes, this.#crc);
    this.#intake.skip(bytes.length);
  }
}
