/**
 * Header of an .xz block: which filters, and sizes where the writer knew them.
 *
 *   0   1   size of the header / 4 - 1; 0 is not a block but the index
 *   1   1   filters - 1; 40 coded size follows; 80 plain size follows
 *   2       sizes, filters, zeros
 *  -4   4   CRC-32 of all that
 *
 * A filter is a number, the size of its properties, and these. Source: the .xz file format,
 * sections 3.1 and 5.
 */
import { corrupt, requireSum, SourceBytes, unsupported } from "./source-bytes.ts";
import { crc32 } from "./xz-sums.ts";

const FLAG_CODED_BYTES = 0x40;
const FLAG_PLAIN_BYTES = 0x80;
const FLAGS_RESERVED = 0x3c;

const FILTER_LZMA2 = 0x21;
/** The filters that may stand before LZMA2; they change the bytes that it codes. */
const OTHER_FILTERS: Readonly<Record<number, string>> = {
  3: "delta",
  4: "x86",
  5: "PowerPC",
  6: "IA-64",
  7: "ARM",
  8: "ARM Thumb",
  9: "SPARC",
  10: "ARM64",
  11: "RISC-V",
};

const DICTIONARY_CODE_MAXIMUM = 40;
const NUMBER_BYTES_MAXIMUM = 9;

export interface BlockHeader {
  readonly dictionaryBytes: number;
  readonly codedBytes: number | undefined;
  readonly plainBytes: number | undefined;
}

/** @throws PithError StreamCorrupt, DeflateTruncated, GzipChecksum; NotImplemented for filters */
export function readBlockHeader(source: SourceBytes): BlockHeader {
  const begin = source.at;
  const size = (source.byte() + 1) * 4;
  source.at = begin;
  const summed = source.take(size - 4);
  requireSum("CRC-32 of a block's header", source.uint32() === crc32(summed), begin);

  const header = new SourceBytes(source.bytes, begin + 1, begin + size - 4);
  const flags = header.byte();
  if ((flags & FLAGS_RESERVED) !== 0) throw corrupt("flags from the future", begin);
  const codedBytes = (flags & FLAG_CODED_BYTES) === 0 ? undefined : readNumber(header);
  const plainBytes = (flags & FLAG_PLAIN_BYTES) === 0 ? undefined : readNumber(header);
  const filter = readNumber(header);
  if (filter !== FILTER_LZMA2 || (flags & 3) !== 0) {
    throw unsupported("an xz filter before LZMA2", { filter: OTHER_FILTERS[filter] ?? filter });
  }
  const dictionaryBytes = readDictionaryBytes(header);
  if (header.take(header.left).some((byte) => byte !== 0)) {
    throw corrupt("padding that is not zero", begin);
  }
  return { dictionaryBytes, codedBytes, plainBytes };
}

/** The properties of LZMA2: one byte, half a power of two each step. */
function readDictionaryBytes(header: SourceBytes): number {
  const at = header.at;
  if (readNumber(header) !== 1) throw corrupt("no such properties", at);
  const code = header.byte();
  if (code > DICTIONARY_CODE_MAXIMUM) throw corrupt("no such dictionary", at);
  if (code === DICTIONARY_CODE_MAXIMUM) return 0xffff_ffff;
  return (2 | (code & 1)) * 2 ** ((code >> 1) + 11);
}

/** A number in seven bits a byte, low ones first; no longer than it must be. */
export function readNumber(source: SourceBytes): number {
  const begin = source.at;
  let value = 0;
  for (let i = 0; i < NUMBER_BYTES_MAXIMUM; i++) {
    const byte = source.byte();
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (byte === 0 && i > 0) throw corrupt("a number longer than it must be", begin);
      return value;
    }
  }
  throw corrupt("a number without an end", begin);
}
