/**
 * .lzma: one LZMA stream with a short header, as `lzma` and `xz --format=lzma` write it.
 *
 *   0   1   properties of the literal and position contexts
 *   1   4   size of the dictionary
 *   5   8   size of the plain bytes; all ones when an end marker says where they end
 *  13       range coder
 *
 * A stream of known size may have a marker as well. The format has no magic and no checksum: that a
 * stream is right shows in the range coder, which comes to rest at its end.
 */
import { PithError } from "../../core/errors.ts";
import { LzmaDecoder, propertiesOf } from "./lzma-decoder.ts";
import { RangeDecoder } from "./range-decoder.ts";
import { CommandRecorder, type Recorded } from "./recorder.ts";
import { corrupt, SourceBytes } from "./source-bytes.ts";

const HEADER_BYTES = 13;
const DICTIONARY_BYTES_LEAST = 4096;

/** Sizes that a stream in use can have: what `xz` takes for plausible as well. */
const SIZE_PLAUSIBLE = 2 ** 38;

/** Whether these bytes can be a .lzma file: one file in some ten thousand others looks like it. */
export function looksLikeLzma(bytes: Uint8Array): boolean {
  if (bytes.length <= HEADER_BYTES || propertiesOf(bytes[0]!) === undefined) return false;
  const source = new SourceBytes(bytes, 1);
  const dictionaryBytes = source.uint32();
  const size = readSize(source);
  const rangeCoderBegins = source.byte() === 0;
  return (
    rangeCoderBegins &&
    (size === undefined || size < SIZE_PLAUSIBLE) &&
    isUsualDictionary(dictionaryBytes)
  );
}

/** Undefined when a marker says where the end is. */
function readSize(source: SourceBytes): number | undefined {
  const low = source.uint32();
  const high = source.uint32();
  return low === 0xffff_ffff && high === 0xffff_ffff ? undefined : low + high * 2 ** 32;
}

/** 2^n, 2^n + 2^(n-1), or the most: no encoder writes any other. */
function isUsualDictionary(bytes: number): boolean {
  if (bytes === 0xffff_ffff) return true;
  const lowest = (bytes & -bytes) >>> 0;
  return bytes !== 0 && (bytes === lowest || bytes === lowest * 3);
}

/**
 * Reads a .lzma file.
 *
 * @throws PithError StreamCorrupt, DeflateTruncated, TrailingBytes, OutputLimit
 */
export function readLzma(bytes: Uint8Array, maximumBytes: number): Recorded {
  const source = new SourceBytes(bytes);
  const properties = propertiesOf(source.byte());
  if (properties === undefined) throw corrupt("no such properties", 0);
  const dictionaryBytes = Math.max(DICTIONARY_BYTES_LEAST, source.uint32());
  const size = readSize(source) ?? Infinity;
  const sizeKnown = size < Infinity;
  if (sizeKnown && size > maximumBytes) throw new PithError("OutputLimit", { size, maximumBytes });

  const output = new CommandRecorder(maximumBytes);
  output.window(dictionaryBytes);
  const decoder = new LzmaDecoder(output);
  decoder.setProperties(properties);
  const range = new RangeDecoder(source);
  const bounds = { end: size, dictionaryBegin: 0, dictionaryBytes };
  const marked = decoder.decode(range, bounds);
  if (marked && sizeKnown && output.position < size) throw corrupt("an early end", range.at);
  range.normalize();
  // A coder that is not at rest where the size is reached has a marker to come.
  if (!range.atRest && !marked) decoder.decodeMarker(range, bounds);
  if (!range.atRest) throw corrupt("the range coder does not come to rest", range.at);
  if (range.at < bytes.length) throw new PithError("TrailingBytes", { at: range.at });
  return output.finish();
}
