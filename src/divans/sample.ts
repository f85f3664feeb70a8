/**
 * Sample: whether a unit is as good as random, so that seconds of search are not spent on it.
 *
 *   pieces     sixteen of 4 KiB: how often bytes occur, and their differences at small distances
 *   landmarks  strings of eight bytes all over the unit, one of 32: how many occur twice
 *
 * Both must say that there is nothing to find. What they do not see costs time or space, never bytes.
 */

/** Below this a unit is coded to find out. */
const UNIT_BYTES_MINIMUM = 4 * 1024;

const PIECES = 16;
const PIECE_BYTES = 4 * 1024;
const DISTANCES = [0, 1, 2, 3, 4] as const;

/** Bits of a byte that leave nothing to save. 4 KiB of random bytes seem to have 7.955 and 64 KiB
 * 7.997, so the bound allows for how many there are. */
const BITS_MINIMUM = 7.98;

const LANDMARK_BYTES = 8;
/** One string of so many is a landmark. */
const LANDMARK_MASK = 31;
const TABLE_BITS = 16;
/** Landmarks that may occur twice: none do in random bytes, one of 145 in a PDF file of deflated pages that
 * has four per cent to save. */
const REPEATED_SHARE_MAXIMUM = 1 / 512;

/** Whether coding this unit would most likely save nothing. Takes some 10 ms for 4 MiB. */
export function looksRandom(plain: Uint8Array): boolean {
  if (plain.length < UNIT_BYTES_MINIMUM) return false;
  return isEven(piecesOf(plain), BITS_MINIMUM) && !repeats(plain);
}

/** Whether bytes are as frequent as chance has it, and so are their differences at small distances.
 *
 * @param bitsMinimum - bits of a byte that count as that */
export function isEven(pieces: readonly Uint8Array[], bitsMinimum: number): boolean {
  return DISTANCES.every((distance) => bitsAt(pieces, distance) >= bitsMinimum);
}

function piecesOf(plain: Uint8Array): Uint8Array[] {
  if (plain.length <= PIECES * PIECE_BYTES) return [plain];
  const step = Math.floor((plain.length - PIECE_BYTES) / (PIECES - 1));
  return Array.from({ length: PIECES }, (_, i) => plain.subarray(i * step, i * step + PIECE_BYTES));
}

/** Bits of a byte, or of its difference to that `distance` before, by how often each occurs. */
function bitsAt(pieces: readonly Uint8Array[], distance: number): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (const piece of pieces) {
    for (let at = distance; at < piece.length; at++) {
      const before = distance === 0 ? 0 : piece[at - distance]!;
      counts[(piece[at]! - before) & 255]!++;
    }
    total += piece.length - distance;
  }
  // Chance makes some bytes rarer than others: half of the 255 degrees of freedom, in bits.
  const byChance = 255 / (2 * Math.LN2 * total);
  return entropyOf(counts, total) + byChance;
}

/** Bits of a byte by these counts. Decides what is searched, so it is the same wherever Math.log2 is
 * right to ten digits. */
function entropyOf(counts: Uint32Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits += count * Math.log2(total / count);
  return bits / total;
}

/** Whether strings occur twice anywhere in the unit. */
function repeats(plain: Uint8Array): boolean {
  const seen = new Uint32Array(1 << TABLE_BITS);
  let landmarks = 0;
  let repeated = 0;
  // The last four bytes, and the four before them.
  let last = 0;
  let before = 0;
  for (let at = 0; at < plain.length; at++) {
    before = (before << 8) | (last >>> 24);
    last = (last << 8) | plain[at]!;
    const mixed = Math.imul(last ^ Math.imul(before, 0x85eb_ca6b), 0x9e37_79b1) >>> 0;
    if (((mixed >>> 8) & LANDMARK_MASK) !== 0 || at + 1 < LANDMARK_BYTES) continue;
    landmarks++;
    const slot = mixed >>> (32 - TABLE_BITS);
    const mark = (mixed ^ before) >>> 0 || 1;
    if (seen[slot] === mark) repeated++;
    seen[slot] = mark;
  }
  return repeated > landmarks * REPEATED_SHARE_MAXIMUM;
}
