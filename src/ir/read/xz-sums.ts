/**
 * Sums of .xz: CRC-32 of its headers, and the check behind each block.
 *
 *   0 none   1 CRC-32, 4 bytes   4 CRC-64, 8 bytes   10 SHA-256, 32 bytes
 *
 * Both CRCs are reflected, begin with ones and are inverted at the end; as 64 bits in two halves, of
 * which CRC-32 has nothing in the upper one. SHA-256 is the platform's, which every Node has and every
 * page that came by https; elsewhere such a file is refused rather than believed.
 * Source: the .xz file format, sections 3.4 and 6.
 */
import { equalBytes, viewOf } from "../../core/bytes.ts";
import { unsupported } from "./source-bytes.ts";

/** Size of the check of each kind; kinds without a name have sizes too, but cannot be verified. */
const CHECK_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 4, 4: 8, 10: 32 };

interface Crc {
  /** For each byte, the lower and the upper 32 bits of what it does. */
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  /** What the upper half begins with. */
  readonly highFirst: number;
}

const CRC_32 = makeCrc(0xedb8_8320, 0, 0);
const CRC_64 = makeCrc(0xd787_0f42, 0xc96c_5795, -1);

function makeCrc(polynomialLow: number, polynomialHigh: number, highFirst: number): Crc {
  const crc: Crc = { low: new Uint32Array(256), high: new Uint32Array(256), highFirst };
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const out = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (out === 1) {
        low ^= polynomialLow;
        high ^= polynomialHigh;
      }
    }
    crc.low[byte] = low;
    crc.high[byte] = high;
  }
  return crc;
}

/** Some 300 MB/s. */
function sumOf(crc: Crc, bytes: Uint8Array): { readonly low: number; readonly high: number } {
  let low = -1;
  let high = crc.highFirst;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ crc.low[index]!;
    high = (high >>> 8) ^ crc.high[index]!;
  }
  return { low: ~low >>> 0, high: (high ^ crc.highFirst) >>> 0 };
}

/** CRC-32 of a header. */
export function crc32(bytes: Uint8Array): number {
  return sumOf(CRC_32, bytes).low;
}

/**
 * Size of the check that blocks have.
 *
 * @throws PithError NotImplemented for a kind that nobody has defined
 */
export function checkBytes(kind: number): number {
  const size = CHECK_BYTES[kind];
  if (size === undefined) throw unsupported("an xz check of another kind", { kind });
  return size;
}

/** Whether `check` is that of `plain`. */
export async function checkHolds(
  kind: number,
  check: Uint8Array,
  plain: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (kind === 0) return true;
  if (kind === 1) return viewOf(check).getUint32(0, true) === crc32(plain);
  if (kind === 4) {
    const { low, high } = sumOf(CRC_64, plain);
    const view = viewOf(check);
    return view.getUint32(0, true) === low && view.getUint32(4, true) === high;
  }
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) throw unsupported("SHA-256 outside a secure page", {});
  return equalBytes(check, new Uint8Array(await subtle.digest("SHA-256", plain)));
}
