/**
 * Header coding: the header of a Lepton file as it is stored, and inflated.
 *
 *   version 1       a zlib stream, nothing behind it: here by deflate's front door, anywhere
 *   versions 2, 4   a Brotli stream, which only the platform can read: in Node
 *   version 65      dense files: dense-header.ts
 *
 * What is in it: records.ts.
 */
import { PithError } from "../core/errors.ts";
import { builtIn } from "../core/thread.ts";
import { deflate, inflate } from "../deflate/index.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { type PackOptions, packHeader, type UnpackOptions, unpackHeader } from "./dense-header.ts";
import { DENSE_VERSION } from "./file-start.ts";

/** The level that saves most: headers are short, and live as long as the picture. */
const HEADER_LEVEL = 9;

/** Codes a header as version 1 has it, or as dense files have it. */
export function packedHeader(
  header: Uint8Array,
  model: CoefficientModel,
  options?: PackOptions,
): Promise<Uint8Array> {
  if (model === "dense") return packHeader(header, options);
  return deflate(header, { format: "zlib", level: HEADER_LEVEL });
}

/**
 * Decodes a header.
 *
 * @param version - of the file
 * @param maximumBytes - what it may become
 * @param options - for what lies in a dense file's header
 * @throws PithError "HeaderTooLarge", "BadLeptonFile"; "VersionUnsupported" for Brotli in a browser
 */
export async function unpackedHeader(
  coded: Uint8Array,
  version: number,
  maximumBytes: number,
  options?: UnpackOptions,
): Promise<Uint8Array> {
  if (version === DENSE_VERSION) return await unpackHeader(coded, maximumBytes, options);
  if (version !== 1) return await inflateBrotli(coded, maximumBytes);
  try {
    return await inflate(coded, { format: "zlib", maxOutputBytes: maximumBytes });
  } catch (error) {
    const fault = PithError.from(error, "BadLeptonFile");
    if (fault.code === "OutputLimit") throw tooLarge(maximumBytes, error);
    if (fault.kind !== "input") throw fault;
    throw broken(error);
  }
}

async function inflateBrotli(coded: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
  const zlib = builtIn("node:zlib") as typeof import("node:zlib") | undefined;
  if (zlib === undefined) {
    throw new PithError("VersionUnsupported", { why: "Brotli is not read in a browser" });
  }
  return new Promise((resolve, reject) => {
    zlib.brotliDecompress(coded, { maxOutputLength: maximumBytes }, (error, header) => {
      const { code } = (error ?? {}) as { code?: string };
      if (error === null) resolve(new Uint8Array(header));
      else if (code === "ERR_BUFFER_TOO_LARGE") reject(tooLarge(maximumBytes, error));
      else reject(broken(error));
    });
  });
}

function tooLarge(maximumBytes: number, cause: unknown): PithError {
  return new PithError("HeaderTooLarge", { maximumBytes }, cause);
}

function broken(cause: unknown): PithError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PithError("BadLeptonFile", { part: "header", why }, cause);
}
