/**
 * The front door of Lepton: JPEGs to smaller files that give back the very same bytes, in Node and in
 * browsers.
 */

export { openLeptonChunks } from "./chunks.ts";
export {
  type DecodeLeptonOptions,
  decodeLepton,
  decodeLeptonIterable,
  decodeLeptonStream,
} from "./decode.ts";
export { countLeptonParts, decodeLeptonPart } from "./decode-part.ts";
export { describeLepton } from "./describe.ts";
export { type EncodeLeptonOptions, encodeLepton, encodeLeptonStream } from "./encode.ts";
export { sniffJpeg } from "./jpeg-sniff.ts";
