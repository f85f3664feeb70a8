/**
 * Builds wasm/dictionary.bin: the words and transforms of RFC 7932, which Brotli and our IR share.
 *
 *   0         122,784 bytes   words, those of 4 bytes first (appendix A)
 *   122,784   121 x 32 bytes  transforms (appendix B), each
 *               0  length of the prefix
 *               1  operation, in the RFC's numbers: 0 as it is, 1 first letter in upper case,
 *                  2 all letters, 3..11 omit the first 1..9 bytes, 12..20 omit the last 1..9
 *               2  length of the suffix
 *               4  prefix, 12 bytes, zeros behind it
 *              16  suffix, 16 bytes, zeros behind it
 *
 * Both are read from the package `brotli` (docs/decisions/0050-dictionary-from-brotli.md) and held
 * against sums that are written here, so no other version of it can slip in. The file is the same for
 * ever: one whose hash is right is not built again.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";

export const DICTIONARY_FILE = "dictionary.bin";

const WORDS = {
  bytes: 122_784,
  crc32: 0x5136cb04,
  sha256: "20e42eb1b511c21806d4d227d07e5dd06877d8ce7b3a817f378f313653f35c70",
} as const;

/** Of all prefixes, operations and suffixes, each with a zero behind it. */
const TRANSFORMS = { count: 121, bytes: 648, crc32: 0x3d965f81 } as const;

const TRANSFORM_BYTES = 32;
const PREFIX_AT = 4;
const SUFFIX_AT = 16;

const FILE_SHA256 = "67981c72044c84528550664921c27fc44b5c29d577240db57ed227353864f482";

/** What the package's module of transforms gives; the operations in numbers of its own. */
interface PackedTransform {
  readonly prefix: Uint8Array;
  readonly transform: number;
  readonly suffix: Uint8Array;
}

/**
 * Writes wasm/dictionary.bin unless it is there and right.
 *
 * @param root - the project's folder, with node_modules/ in it
 * @returns whether it was written
 * @throws Error when the package does not hold what the RFC says
 */
export function buildDictionary(root: string): boolean {
  const target = join(root, "wasm", DICTIONARY_FILE);
  if (existsSync(target) && sha256(readFileSync(target)) === FILE_SHA256) return false;
  const load = createRequire(join(root, "package.json"));
  const { init } = load("brotli/dec/dictionary-data.js") as { init(): Uint8Array };
  const { kTransforms } = load("brotli/dec/transform.js") as { kTransforms: PackedTransform[] };
  const file = joinDictionary(init(), kTransforms);
  mkdirSync(join(root, "wasm"), { recursive: true });
  const part = `${target}.${process.pid}.new`;
  writeFileSync(part, file);
  renameSync(part, target);
  return true;
}

/** The file's bytes, from the words and the transforms of the package. */
export function joinDictionary(
  words: Uint8Array,
  transforms: readonly PackedTransform[],
): Uint8Array {
  const wrong = words.length !== WORDS.bytes || crc32(words) !== WORDS.crc32;
  if (wrong || sha256(words) !== WORDS.sha256) throw notOfTheRfc("words");

  const file = new Uint8Array(WORDS.bytes + TRANSFORM_BYTES * TRANSFORMS.count);
  file.set(words);
  const listed: number[] = [];
  let at: number = WORDS.bytes;
  for (const { prefix, transform, suffix } of transforms.slice(0, TRANSFORMS.count)) {
    if (prefix.length > SUFFIX_AT - PREFIX_AT || suffix.length > TRANSFORM_BYTES - SUFFIX_AT) {
      throw notOfTheRfc("transforms");
    }
    const operation = operationOf(transform);
    listed.push(...prefix, 0, operation, ...suffix, 0);
    file.set([prefix.length, operation, suffix.length], at);
    file.set(prefix, at + PREFIX_AT);
    file.set(suffix, at + SUFFIX_AT);
    at += TRANSFORM_BYTES;
  }
  const sum = crc32(Uint8Array.from(listed));
  if (listed.length !== TRANSFORMS.bytes || sum !== TRANSFORMS.crc32) {
    throw notOfTheRfc("transforms");
  }
  if (sha256(file) !== FILE_SHA256) throw notOfTheRfc("file");
  return file;
}

/** The RFC's number of an operation that the package calls 0 as it is, 1..9 omit last, 10 and 11
 * upper case, 12..20 omit first. */
function operationOf(packed: number): number {
  if (packed === 0) return 0;
  if (packed <= 9) return packed + 11;
  return packed - 9;
}

function notOfTheRfc(what: string): Error {
  return new Error(`the ${what} that the package brotli holds are not those of RFC 7932`);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

if (import.meta.main) {
  if (buildDictionary(resolve(import.meta.dirname, ".."))) {
    process.stderr.write(`kernels: built ${DICTIONARY_FILE}\n`);
  }
}
