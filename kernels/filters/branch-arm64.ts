/**
 * ARM64 branches: distances in BL and ADRP become positions, so that two references to one place
 * have equal bytes.
 *
 *   BL     100101 imm26                    distance in words from the instruction
 *   ADRP   1 lo2 10000 imm19 register      distance in pages of 4 KiB, imm19:lo2 signed
 *
 * Instructions are little-endian words, aligned to the start. A BL takes its own number modulo 2^26.
 * An ADRP is converted when its distance lies within 2^17 pages (512 MiB) either way, which is where
 * programs keep their data and where chance rarely leads; it then stays there. Each word is changed
 * alone and keeps its opcode, so any input can be taken back. Source: Arm ARM, C6.2; docs/formats/filters.md.
 */

/** Which way a filter goes: the type argument of the walks that are the same both ways. */
export class Applying {}
export class Undoing {}

/** Applies the filter to [from, end), or takes it back. */
export function changeArm64<TDirection>(from: usize, end: usize): void {
  const wordsEnd = from + ((end - from) & ~3);
  for (let at = from; at < wordsEnd; at += 4) {
    const word = load<u32>(at);
    const place = <u32>(at - from);
    if ((word & 0xfc000000) == 0x94000000) {
      store<u32>(at, 0x94000000 | (moved<TDirection>(word, place >> 2) & 0x03ffffff));
    } else if ((word & 0x9f000000) == 0x90000000) {
      const pages = ((word >> 29) & 3) | ((word >> 3) & 0x1ffffc);
      // Bits 17 to 20 of the distance are equal: it is a signed number of 18 bits.
      if (((pages + 0x20000) & 0x1c0000) != 0) continue;
      const target = moved<TDirection>(pages, place >> 12);
      const signed = <u32>(<i32>(target << 14) >> 14);
      const low = (signed & 3) << 29;
      const high = (signed & 0x1ffffc) << 3;
      store<u32>(at, (word & 0x9f00001f) | low | high);
    }
  }
}

/** How many words are the usual return, of which code holds one in a hundred or so. */
export function countReturns(from: usize, end: usize): i32 {
  let count = 0;
  for (let at = from; at + 4 <= end; at += 4) count += i32(load<u32>(at) == 0xd65f03c0);
  return count;
}

// @ts-ignore: decorator
@inline
function moved<TDirection>(value: u32, by: u32): u32 {
  return idof<TDirection>() == idof<Applying>() ? value + by : value - by;
}
