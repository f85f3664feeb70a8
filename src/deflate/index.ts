/**
 * The front door of deflate: compressing and decompressing raw deflate, zlib and gzip, in Node
 * and in browsers.
 */

export type { ByteSource } from "../core/intake.ts";
export { deflate, deflateIterable, deflateStream } from "./deflate.ts";
export { inflate, inflateIterable, inflateSteps, inflateStream } from "./inflate.ts";
export { encodeLinear, linearBound } from "./linear.ts";
export type { DeflateOptions } from "./options.ts";
export type { InflateOptions } from "./read.ts";
