/**
 * .xz: streams of blocks, each block an LZMA2 stream with a check.
 *
 *   FD 37 7A 58 5A 00, flags, CRC-32      header of a stream
 *   header, LZMA2, padding, check         block, any number of them
 *   00, records, padding, CRC-32          index: the sizes of each block
 *   CRC-32, size of the index, flags, YZ  footer
 *
 * Streams may follow each other, with zeros between, in fours. All that the format lets be checked
 * is checked. Filters before LZMA2 (x86 and its like, delta) are refused: what LZMA2 decodes to
 * would not be the file's bytes. Source: the .xz file format, version 1.1.
 */
import { equalBytes } from "../../core/bytes.ts";
import { PithError } from "../../core/errors.ts";
import { readLzma2 } from "./lzma2.ts";
import { CommandRecorder, type Recorded } from "./recorder.ts";
import { corrupt, requireSum, SourceBytes } from "./source-bytes.ts";
import { readBlockHeader, readNumber } from "./xz-block-header.ts";
import { checkBytes, checkHolds, crc32 } from "./xz-sums.ts";

const MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
const FOOTER_MAGIC = Uint8Array.of(0x59, 0x5a);
const STREAM_HEADER_BYTES = 12;
const INDEX_INDICATOR = 0;

/** What the index says of a block. */
interface BlockSizes {
  /** Header, LZMA2 and check, without the padding. */
  readonly unpaddedBytes: number;
  readonly plainBytes: number;
}

export function looksLikeXz(bytes: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, MAGIC.length), MAGIC);
}

/**
 * Reads an .xz file: all its streams.
 *
 * @throws PithError StreamCorrupt, DeflateTruncated, GzipChecksum, TrailingBytes, OutputLimit;
 *   NotImplemented for other filters and other checks
 */
export async function readXz(bytes: Uint8Array, maximumBytes: number): Promise<Recorded> {
  const source = new SourceBytes(bytes);
  const output = new CommandRecorder(maximumBytes);
  do {
    await readStream(source, output);
    skipPadding(source);
  } while (source.left > 0);
  return output.finish();
}

async function readStream(source: SourceBytes, output: CommandRecorder): Promise<void> {
  const begin = source.at;
  if (!equalBytes(source.take(MAGIC.length), MAGIC)) throw corrupt("no xz header", begin);
  const flags = source.take(2);
  requireSum("CRC-32 of the header", source.uint32() === crc32(flags), begin);
  const checkKind = flags[1]!;
  if (flags[0] !== 0 || checkKind > 15) throw corrupt("flags from the future", begin);

  const blocks: BlockSizes[] = [];
  const checkSize = checkBytes(checkKind);
  for (;;) {
    const at = source.at;
    const headerSize = source.byte();
    if (headerSize === INDEX_INDICATOR) break;
    source.at = at;
    blocks.push(await readBlock(source, output, checkKind, checkSize));
  }
  const indexBytes = readIndex(source, blocks);

  const at = source.at;
  const sum = source.uint32();
  const footer = source.take(6);
  requireSum("CRC-32 of the footer", sum === crc32(footer), at);
  const backwardBytes = (new SourceBytes(footer).uint32() + 1) * 4;
  if (backwardBytes !== indexBytes || !equalBytes(footer.subarray(4), flags)) {
    throw corrupt("a footer that does not agree with its stream", at);
  }
  if (!equalBytes(source.take(2), FOOTER_MAGIC)) throw corrupt("no xz footer", at);
}

async function readBlock(
  source: SourceBytes,
  output: CommandRecorder,
  checkKind: number,
  checkSize: number,
): Promise<BlockSizes> {
  const begin = source.at;
  const plainBegin = output.position;
  const header = readBlockHeader(source);
  const dataBegin = source.at;
  output.window(header.dictionaryBytes);
  readLzma2(source, header.dictionaryBytes, output);
  const codedBytes = source.at - dataBegin;
  const plainBytes = output.position - plainBegin;
  if (
    codedBytes !== (header.codedBytes ?? codedBytes) ||
    plainBytes !== (header.plainBytes ?? plainBytes)
  ) {
    throw corrupt("a block of another size than its header says", begin);
  }
  const unpaddedBytes = source.at - begin + checkSize;
  requireZeros(source.take(-codedBytes & 3), dataBegin + codedBytes);
  const check = source.take(checkSize);
  const holds = await checkHolds(checkKind, check, output.since(plainBegin));
  requireSum("check of a block", holds, source.at - checkSize);
  return { unpaddedBytes, plainBytes };
}

/** Reads the index, of which the first byte is taken, against the blocks; returns its size. */
function readIndex(source: SourceBytes, blocks: readonly BlockSizes[]): number {
  const begin = source.at - 1;
  if (readNumber(source) !== blocks.length) throw corrupt("an index of other blocks", begin);
  for (const block of blocks) {
    if (readNumber(source) !== block.unpaddedBytes || readNumber(source) !== block.plainBytes) {
      throw corrupt("an index of other blocks", begin);
    }
  }
  requireZeros(source.take(-(source.at - begin) & 3), source.at);
  const indexed = source.bytes.subarray(begin, source.at);
  requireSum("CRC-32 of the index", source.uint32() === crc32(indexed), begin);
  return source.at - begin;
}

/** Skips the zeros behind a stream; what follows them must be another one. */
function skipPadding(source: SourceBytes): void {
  const begin = source.at;
  while (source.left > 0 && source.bytes[source.at] === 0) source.at++;
  if (((source.at - begin) & 3) !== 0) throw corrupt("padding that is not in fours", begin);
  if (source.left === 0) return;
  if (source.left < STREAM_HEADER_BYTES || !looksLikeXz(source.bytes.subarray(source.at))) {
    throw new PithError("TrailingBytes", { at: source.at });
  }
}

function requireZeros(bytes: Uint8Array, at: number): void {
  if (bytes.some((byte) => byte !== 0)) throw corrupt("padding that is not zero", at);
}
