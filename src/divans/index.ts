/**
 * The door of DivANS: bytes to bits by way of the IR, in Node and in browsers. `pith/divans`.
 *
 * Format: docs/formats/divans.md.
 */
export { decodeDivans, decodeDivansStream } from "./decode.ts";
export { decodeDivansIr, generateIr } from "./decode-ir.ts";
export { encodeDivans, encodeDivansStream } from "./encode.ts";
export { encodeIr, measureIr } from "./encode-ir.ts";
export { unitPrices } from "./prices.ts";
export { decodeUnit } from "./unit-decode.ts";
export { encodeUnit, measureUnit } from "./unit-encode.ts";
