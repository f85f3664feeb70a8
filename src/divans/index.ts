/**
 * The door of DivANS: bytes to bits by way of the IR, in Node and in browsers. `pith/divans`.
 *
 * Format: docs/formats/divans.md.
 */
export { decodeDivans, decodeDivansStream } from "./decode.ts";
export { encodeDivans, encodeDivansStream } from "./encode.ts";
export { isDivans } from "./file.ts";
export { decodeUnit } from "./unit-decode.ts";
export { encodeUnit, measureUnit } from "./unit-encode.ts";
