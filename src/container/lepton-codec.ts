/**
 * The specialist for JPEGs by Lepton's model: the payload is a plain Lepton file. Format:
 * docs/formats/lepton.md.
 */
import type { Codec } from "../core/codec.ts";
import { jpegCodec } from "./jpeg-codec.ts";

export const leptonCodec: Codec = jpegCodec("lepton", {
  id: 4,
  name: "lepton",
  version: 1,
  readableVersions: [1],
  files: { kernels: ["lepton"] },
});
