/**
 * The front door of Pith: bytes to .pith files and back, and the coder that the store writes with.
 */
export { FAULTS, PithError } from "../core/errors.ts";
export type { CodedChunk, Coder, CoderEvent } from "./coder.ts";
export { describeContent } from "./content.ts";
export { createCoder } from "./create-coder.ts";
export { compress, compressStream, expand, expandStream, openPith } from "./pith-file.ts";
