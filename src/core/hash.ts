/**
 * Hashes of the server side: SHA-256 names chunks and blobs, MD5 is what S3 clients expect as
 * ETag. Both run in the platform's own code. Checksums inside streams (CRC-32, Adler-32) belong
 * to the codecs; the browser doors import none of this.
 */
import { createHash, hash } from "node:crypto";

/** Lower-case hexadecimal SHA-256 of `bytes`, 64 characters. About 1.5 GB/s. */
export function sha256(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}

/** A hash that takes bytes as they come. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal digest; the hash takes nothing afterwards. */
  finish(): string;
}

export function runningSha256(): RunningHash {
  return running("sha256");
}

export function runningMd5(): RunningHash {
  return running("md5");
}

function running(algorithm: "sha256" | "md5"): RunningHash {
  const state = createHash(algorithm);
  return {
    update: (bytes) => void state.update(bytes),
    finish: () => state.digest("hex"),
  };
}
