/**
 * Job checksums: each job of a stream is summed where it is coded, and the sums are joined in
 * order to that of the whole: CRC-32 for gzip, Adler-32 for zlib.
 *
 * Node's own CRC-32 is about twice as fast as ours; a browser has none, so there the kernel sums.
 * Appending n bytes multiplies a CRC by x^(8n) modulo its polynomial. Numbers are bit-reversed as
 * in the format: the top bit is x^0. Sources: RFC 1952 section 8, RFC 1950 section 8.
 */
import type { Kernel, KernelInstance } from "../core/kernel.ts";
import { platformZlib } from "./inflate-zlib.ts";
import { fillInput } from "./linear.ts";
import type { DeflateFormat } from "./options.ts";

const CRC_POLYNOMIAL = 0xedb88320;
const CRC_ONE = 0x80000000; // x^0
const CRC_X8 = 0x00800000; // x^8
const ADLER_MODULUS = 65_521;

/** The checksum of no bytes at all. */
export function emptyChecksum(format: DeflateFormat): number {
  return format === "zlib" ? 1 : 0;
}

/** The checksum for `format` of a job that lies in the instance's input window; 0 for raw. */
export function checksumOfInput(
  format: DeflateFormat,
  job: Uint8Array,
  instance: KernelInstance,
): number {
  if (format === "raw") return 0;
  if (format === "gzip" && platformZlib !== undefined) return platformZlib.crc32(job);
  const name = format === "gzip" ? "crc32" : "adler32";
  return instance.ask(name, job.length, emptyChecksum(format)) >>> 0;
}

/** The same for a job that lies in no instance. */
export function checksumOfJob(format: DeflateFormat, job: Uint8Array, kernel: Kernel): number {
  if (format === "raw") return 0;
  if (format === "gzip" && platformZlib !== undefined) return platformZlib.crc32(job);
  return kernel.use((instance) => {
    fillInput(instance, job);
    return checksumOfInput(format, job, instance);
  });
}

/** The checksum of a whole from those of its two parts. A few microseconds. */
export function joinChecksums(
  format: DeflateFormat,
  first: number,
  second: number,
  secondBytes: number,
): number {
  if (format === "raw") return 0;
  return format === "gzip"
    ? joinCrc32(first, second, secondBytes)
    : joinAdler32(first, second, secondBytes);
}

function joinCrc32(first: number, second: number, secondBytes: number): number {
  return (multiply(powerOfX8(secondBytes), first) ^ second) >>> 0;
}

/** x^(8 * count) modulo the polynomial. */
function powerOfX8(count: number): number {
  let power = CRC_ONE;
  let square = CRC_X8;
  for (let left = count; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}

/** Product of two polynomials modulo the polynomial of CRC-32. */
function multiply(first: number, other: number): number {
  let product = 0;
  let shifted = other;
  for (let bit = CRC_ONE; bit !== 0; bit >>>= 1) {
    if ((first & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ CRC_POLYNOMIAL;
  }
  return product >>> 0;
}

function joinAdler32(first: number, second: number, secondBytes: number): number {
  const low = ((first & 0xffff) + ADLER_MODULUS - 1) % ADLER_MODULUS;
  const sum = (low + (second & 0xffff)) % ADLER_MODULUS;
  const carried = (low * (secondBytes % ADLER_MODULUS)) % ADLER_MODULUS;
  const high = ((first >>> 16) + (second >>> 16) + carried) % ADLER_MODULUS;
  return ((high << 16) | sum) >>> 0;
}
