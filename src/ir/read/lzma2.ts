/**
 * LZMA2: LZMA in chunks, with the sizes of each and what is begun anew.
 *
 *   00                                 the end
 *   01 size-1 (2)   bytes              stored; the dictionary begins anew
 *   02 size-1 (2)   bytes              stored
 *   80 | reset << 5 | high bits of the plain size - 1
 *      plain size-1 (2) coded size-1 (2) [properties] range coder
 *
 *   reset   0 nothing, 1 the state, 2 the state with new properties, 3 the dictionary as well
 *
 * No match reaches over the end of a chunk, and each chunk has a range coder of its own, which uses
 * all of its bytes. Sizes are big-endian. Source: the .xz file format and liblzma's behaviour.
 */
import { LzmaDecoder, type LzmaProperties, propertiesOf } from "./lzma-decoder.ts";
import { RangeDecoder } from "./range-decoder.ts";
import type { CommandRecorder } from "./recorder.ts";
import { corrupt, type SourceBytes } from "./source-bytes.ts";

const CONTROL_END = 0;
const CONTROL_STORED_AFRESH = 1;
const CONTROL_STORED = 2;
const CONTROL_CODED = 0x80;

const RESET_STATE = 1;
const RESET_PROPERTIES = 2;
const RESET_DICTIONARY = 3;

/** LZMA2 keeps literal contexts small. */
const LITERAL_BITS_MAXIMUM = 4;

/** What must still come before a chunk that does not bring it. */
interface Missing {
  dictionary: boolean;
  properties: boolean;
}

/**
 * Reads chunks up to the end, from `source`, into `output`.
 *
 * @throws PithError StreamCorrupt, DeflateTruncated, OutputLimit
 */
export function readLzma2(
  source: SourceBytes,
  dictionaryBytes: number,
  output: CommandRecorder,
): void {
  const decoder = new LzmaDecoder(output);
  const missing: Missing = { dictionary: true, properties: true };
  let dictionaryBegin = output.position;
  for (;;) {
    const at = source.at;
    const control = source.byte();
    if (control === CONTROL_END) return;
    const reset = control >= CONTROL_CODED ? (control >> 5) & 3 : 0;
    if (control === CONTROL_STORED_AFRESH || reset === RESET_DICTIONARY) {
      dictionaryBegin = output.position;
      missing.dictionary = false;
      missing.properties = true;
    }
    if (missing.dictionary) throw corrupt("a chunk before the dictionary begins", at);
    if (control === CONTROL_STORED_AFRESH || control === CONTROL_STORED) {
      output.literals(source.take(source.uint16BigEndian() + 1));
    } else if (control >= CONTROL_CODED) {
      const plainBytes = (((control & 0x1f) << 16) | source.uint16BigEndian()) + 1;
      const coded = source.uint16BigEndian() + 1;
      begin(decoder, reset, source, missing);
      const bounds = { end: output.position + plainBytes, dictionaryBegin, dictionaryBytes };
      const part = source.part(coded);
      const range = new RangeDecoder(part);
      if (decoder.decode(range, bounds)) throw corrupt("a marker within LZMA2", range.at);
      range.normalize();
      if (!range.atRest || range.at !== part.end) {
        throw corrupt("a chunk that does not end where it says", range.at);
      }
    } else {
      throw corrupt("no such kind of chunk", at);
    }
  }
}

/** Begins anew what a coded chunk says. */
function begin(decoder: LzmaDecoder, reset: number, source: SourceBytes, missing: Missing): void {
  if (reset >= RESET_PROPERTIES) {
    decoder.setProperties(readProperties(source));
    missing.properties = false;
    return;
  }
  if (missing.properties) throw corrupt("a chunk before its properties", source.at);
  if (reset === RESET_STATE) decoder.reset();
}

function readProperties(source: SourceBytes): LzmaProperties {
  const at = source.at;
  const properties = propertiesOf(source.byte());
  if (
    properties === undefined ||
    properties.literalContextBits + properties.literalPositionBits > LITERAL_BITS_MAXIMUM
  ) {
    throw corrupt("no such properties", at);
  }
  return properties;
}
