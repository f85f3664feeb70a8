/**
 * The front door of deflate: compressing and decompressing raw deflate, zlib and gzip, in Node
 * and in browsers.
 */
export { encodeLinear } from "./linear.ts";
