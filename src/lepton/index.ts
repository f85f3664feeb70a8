/**
 * The front door of Lepton: JPEGs to smaller files that give back the very same bytes, in Node and in
 * browsers.
 */

export {
  type ChunkRefused,
  type LeptonChunks,
  type LeptonChunksOptions,
  openLeptonChunks,
} from "./chunks.ts";
export { type DecodeLeptonOptions, decodeLepton } from "./decode.ts";
export { countLeptonParts, decodeLeptonPart } from "./decode-part.ts";
export { type EncodeLeptonOptions, encodeLepton } from "./encode.ts";
export { type JpegSniff, sniffJpeg } from "./jpeg-sniff.ts";
