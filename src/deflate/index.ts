/**
 * The front door of deflate: compressing and decompressing raw deflate, zlib and gzip, in Node
 * and in browsers.
 */
export { encodeLinear } from "./linear.ts";
export { inflate, inflateIterable, inflateStream } from "./inflate.ts";
export type { ByteSource } from "./intake.ts";
export type { InflateOptions } from "./read.ts";
