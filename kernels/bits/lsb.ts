/**
 * Bit writer of deflate: bits fill each byte from the least significant one.
 *
 *   pending   the low `pendingBits` bits of `accumulator`, 0..7 of them between calls
 *   next      address of the first byte that is not complete
 *
 * Every store writes eight bytes; those past the pending bits hold zeros or are overwritten, and
 * the output window ends with spare room for them. Whoever writes checks beforehand that the
 * computed number of bits fits: there is no check per symbol. Prefix codes go out most
 * significant bit first, so they are kept bit-reversed and written like any number.
 */
let accumulator: u64 = 0;
let pendingBits: u64 = 0;
let next: usize = 0;

/** Starts at `address`, on a byte boundary. */
export function beginBits(address: usize): void {
  accumulator = 0;
  pendingBits = 0;
  next = address;
}

/** Appends the low `count` bits of `value`, whose other bits are zero; count is 0..56. */
export function putBits(value: u64, count: u64): void {
  accumulator |= value << pendingBits;
  pendingBits += count;
  store<u64>(next, accumulator, 0, 1);
  next += <usize>(pendingBits >> 3);
  accumulator >>= pendingBits & 56;
  pendingBits &= 7;
}

/** Appends an entry: its code above, its length in the low six bits. */
// @ts-ignore: decorator
@inline
export function putEntry(entry: u32): void {
  putBits(entry >> 6, entry & 63);
}

/** Fills the last byte with zero bits. */
export function alignBits(): void {
  putBits(0, (8 - pendingBits) & 7);
}

/** Address of the first incomplete byte; on a byte boundary, of the end. */
export function bitsNext(): usize {
  return next;
}

/** Bits written since `beginBits(address)`. */
export function bitsSince(address: usize): u64 {
  return ((<u64>(next - address)) << 3) + pendingBits;
}

/** Moves on over `size` bytes that the caller has put at `bitsNext()`, on a byte boundary. */
export function skipBytes(size: usize): void {
  next += size;
  store<u64>(next, 0, 0, 1);
}

/** The state, for a loop that keeps it in locals and hands it back with `resumeBits`. */
export function bitsAccumulator(): u64 {
  return accumulator;
}
export function bitsPending(): u64 {
  return pendingBits;
}
export function resumeBits(bits: u64, count: u64, address: usize): void {
  accumulator = bits;
  pendingBits = count;
  next = address;
}
