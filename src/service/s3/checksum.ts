/**
 * Checksums that come with a body: announced in a header or a trailer, proved on the way in.
 *
 *   Content-MD5                              16 bytes, base64
 *   x-amz-checksum-crc32 (crc32c, ...)       big-endian bytes, base64; header or trailer
 *   x-amz-content-sha256                     hexadecimal, when it is a hash at all
 *
 * Each body runs through one hash per announced checksum; without any there is no work. CRC-32
 * runs in zlib, SHA and MD5 in OpenSSL, CRC-32C and CRC-64/NVME in hash-wasm (about 1 GB/s).
 */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";
import { createCRC32, createCRC64 } from "hash-wasm";
import { type FaultCode, PithError } from "../../core/errors.ts";

/** The algorithms of S3's flexible checksums, with the length of their values in bytes. */
const ALGORITHMS = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 } as const;
export type ChecksumAlgorithm = keyof typeof ALGORITHMS;

const PREFIX = "x-amz-checksum-";

/** Headers with the prefix that carry no checksum but say something of one. */
const NOT_CHECKSUMS: ReadonlySet<string> = new Set(
  ["algorithm", "type", "mode"].map((name) => PREFIX + name),
);

/** Polynomials, lowest bit first: Castagnoli's, and the one of the NVM Express specification. */
const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC64NVME_POLYNOMIAL = "9a6c9329ac4bc9b5";

interface Summing {
  readonly name: string;
  readonly fault: FaultCode;
  /** What must come out, lower-case hexadecimal; undefined until the trailer tells. */
  expected: string | undefined;
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

/** Sees every plain byte of a body, then says whether the body is what was announced. */
export interface BodyProof {
  update(bytes: Uint8Array): void;
  /**
   * @param trailers - of an `aws-chunked` body; names in lower case
   * @returns headers for the answer: the checksum that was proved
   * @throws PithError "BadDigest" or "ContentHashMismatch" naming the first one that is wrong,
   *   "BadRequest" when an announced trailer did not come
   */
  finish(trailers: ReadonlyMap<string, string>): Record<string, string>;
}

/**
 * Reads which checksums a request announces.
 *
 * @throws PithError "InvalidDigest" when one is not written as it must be, "InvalidArgument" for
 *   an algorithm that is not known or for more than one of them
 */
export async function openProof(headers: IncomingHttpHeaders): Promise<BodyProof> {
  const sums: Summing[] = [];
  const md5 = one(headers["content-md5"]);
  if (md5 !== undefined) {
    sums.push(
      summing("content-md5", "BadDigest", fromBase64("content-md5", md5, 16), hashing("md5")),
    );
  }
  const content = one(headers["x-amz-content-sha256"]);
  if (content !== undefined && /^[0-9a-f]{64}$/i.test(content)) {
    const name = "x-amz-content-sha256";
    sums.push(summing(name, "ContentHashMismatch", content.toLowerCase(), hashing("sha256")));
  }
  const flexible = announced(headers);
  if (flexible !== undefined) {
    const { algorithm, value } = flexible;
    const name = PREFIX + algorithm;
    const expected =
      value === undefined ? undefined : fromBase64(name, value, ALGORITHMS[algorithm]);
    sums.push(summing(name, "BadDigest", expected, await engine(algorithm)));
  }
  return {
    update(bytes) {
      for (const sum of sums) sum.update(bytes);
    },
    finish: (trailers) => finishAll(sums, trailers),
  };
}

/** The one flexible checksum of a request; `value` undefined when a trailer will bring it. */
function announced(
  headers: IncomingHttpHeaders,
): { algorithm: ChecksumAlgorithm; value: string | undefined } | undefined {
  const found: { algorithm: ChecksumAlgorithm; value: string | undefined }[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(PREFIX) || NOT_CHECKSUMS.has(name)) continue;
    found.push({ algorithm: algorithmOf(name), value: one(value) });
  }
  for (const part of (one(headers["x-amz-trailer"]) ?? "").split(",")) {
    const name = part.trim().toLowerCase();
    if (name.startsWith(PREFIX)) found.push({ algorithm: algorithmOf(name), value: undefined });
  }
  if (found.length > 1) throw new PithError("InvalidArgument", { checksums: found.length });
  return found[0];
}

function algorithmOf(name: string): ChecksumAlgorithm {
  const algorithm = name.slice(PREFIX.length);
  if (!Object.hasOwn(ALGORITHMS, algorithm)) {
    throw new PithError("InvalidArgument", { checksum: algorithm });
  }
  return algorithm as ChecksumAlgorithm;
}

function finishAll(
  sums: readonly Summing[],
  trailers: ReadonlyMap<string, string>,
): Record<string, string> {
  const proved: Record<string, string> = {};
  for (const name of trailers.keys()) {
    if (name.startsWith(PREFIX) && !sums.some((sum) => sum.name === name)) {
      throw new PithError("BadRequest", { trailer: name, why: "not announced in x-amz-trailer" });
    }
  }
  for (const sum of sums) {
    const trailer = trailers.get(sum.name);
    if (sum.expected === undefined) {
      if (trailer === undefined) {
        throw new PithError("BadRequest", { trailer: sum.name, why: "announced, did not come" });
      }
      const bytes = ALGORITHMS[algorithmOf(sum.name)];
      sum.expected = fromBase64(sum.name, trailer, bytes);
    }
    const actual = sum.digest();
    if (actual !== sum.expected) {
      throw new PithError(sum.fault, { header: sum.name, expected: sum.expected, actual });
    }
    if (sum.name.startsWith(PREFIX)) {
      proved[sum.name] = Buffer.from(actual, "hex").toString("base64");
      proved[`${PREFIX}type`] = "FULL_OBJECT";
    }
  }
  return proved;
}

type Engine = Pick<Summing, "update" | "digest">;

function summing(
  name: string,
  fault: FaultCode,
  expected: string | undefined,
  { update, digest }: Engine,
): Summing {
  return { name, fault, expected, update, digest };
}

async function engine(algorithm: ChecksumAlgorithm): Promise<Engine> {
  if (algorithm === "sha1" || algorithm === "sha256") return hashing(algorithm);
  if (algorithm === "crc32") return zlibCrc32();
  const hasher = await (algorithm === "crc32c"
    ? createCRC32(CRC32C_POLYNOMIAL)
    : createCRC64(CRC64NVME_POLYNOMIAL));
  hasher.init();
  return { update: (bytes) => void hasher.update(bytes), digest: () => hasher.digest("hex") };
}

function hashing(algorithm: "md5" | "sha1" | "sha256"): Engine {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
}

function zlibCrc32(): Engine {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest: () => value.toString(16).padStart(8, "0"),
  };
}

/** Hexadecimal form of a base64 value of exactly `bytes` bytes. */
function fromBase64(header: string, text: string, bytes: number): string {
  const decoded = Buffer.from(text, "base64");
  if (decoded.length !== bytes || decoded.toString("base64") !== text.trim()) {
    throw new PithError("InvalidDigest", { header });
  }
  return decoded.toString("hex");
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
