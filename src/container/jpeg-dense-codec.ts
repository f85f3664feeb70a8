/**
 * The specialist for JPEGs by the dense model: smaller than Lepton's, and slower to read and write, so it
 * takes part at the effort `dense` only. Format: docs/formats/jpeg-dense.md.
 *
 * A version is a model and a set of priors: a build that lacks either does not read it, and refuses a
 * store that holds frames of it.
 */
import type { Codec } from "../core/codec.ts";
import { jpegCodec } from "./jpeg-codec.ts";

export const jpegDenseCodec: Codec = jpegCodec("dense", {
  id: 6,
  name: "jpeg-dense",
  /** Model 1 with the priors 1. */
  version: 1,
  readableVersions: [1],
  files: {
    kernels: ["dense", "header"],
    tables: [
      // The priors 1, and the dictionary of headers that goes with them.
      { name: "jpeg-priors.bin", sum: 0xe066cc85 },
      { name: "jpeg-headers.bin", sum: 0x8d11d7b3 },
    ],
  },
  efforts: ["dense"],
});
