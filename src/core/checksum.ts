/**
 * Checksum: CRC-32C, the sum that every unit of DivANS ends with.
 *
 * Reflected polynomial 0x82f63b78, begins with ones, inverted at the end: 123456789 gives e3069283.
 * Eight tables let eight bytes be taken at once; table k says what a byte does that k more follow.
 */

const POLYNOMIAL = 0x82f6_3b78;
const STEP_BYTES = 8;

let tables: Uint32Array | undefined;

function makeTables(): Uint32Array {
  const made = new Uint32Array(256 * STEP_BYTES);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
    made[byte] = sum;
  }
  for (let at = 256; at < made.length; at++) {
    const shorter = made[at - 256]!;
    made[at] = (shorter >>> 8) ^ made[shorter & 255]!;
  }
  return made;
}

/** The sum of `bytes`, or of all that `before` is the sum of and `bytes` behind it. */
export function checksumOf(bytes: Uint8Array, before = 0): number {
  tables ??= makeTables();
  const table = tables;
  let sum = ~before;
  let at = 0;
  for (const end = bytes.length - STEP_BYTES; at <= end; at += STEP_BYTES) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum =
      table[0x700 | (sum & 255)]! ^
      table[0x600 | ((sum >>> 8) & 255)]! ^
      table[0x500 | ((sum >>> 16) & 255)]! ^
      table[0x400 | (sum >>> 24)]! ^
      table[0x300 | bytes[at + 4]!]! ^
      table[0x200 | bytes[at + 5]!]! ^
      table[0x100 | bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) sum = (sum >>> 8) ^ table[(sum ^ bytes[at]!) & 255]!;
  return ~sum >>> 0;
}
