/**
 * Bit writer of JPEG scans: bits fill each byte from the most significant one, and a byte FF is
 * followed by 00. Mirror image of msb-read.ts.
 *
 *   pending   the low `64 - free` bits, the first on top; above them lies what went out before
 *
 * A call that writes begins with `resumeWriter` and ends with `suspendWriter`, between which the
 * window must not move. A suspended writer holds 0..7 bits; whole bytes are in the window. Who
 * writes checks with `writerHas` that there is room for what it writes before the next check, twice
 * the bytes for the sake of stuffing; nothing is checked per bit. A loop may keep `pending` and `free`
 * in locals, do as `writeBits` does, and put them back with `holdPending`.
 */
import { hasOutputRoom, nextOutput, setNextOutput } from "../window.ts";

/** Bits that are pending go out with whatever is written next: eight bytes, stuffed. */
export const WRITER_SPARE_BYTES: usize = 16;

export let pending: u64 = 0;
/** Bits for which `pending` has room, 0..64. */
export let free: i32 = 64;
/** Address of the first byte that is not written. */
let next: usize = 0;

const LOW_BITS: u64 = 0x0101010101010101;
const HIGH_BITS: u64 = 0x8080808080808080;

/** Starts with the first `count` bits (0..7) of the byte `overhang`. */
export function beginWriter(overhang: i32, count: i32): void {
  pending = <u64>(overhang & 0xff) >> (8 - count);
  free = 64 - count;
}

/** Takes writing up where the output window ends. */
export function resumeWriter(): void {
  next = nextOutput();
}

/** Puts whole bytes into the window and gives it back. */
export function suspendWriter(): void {
  flushBytes();
  setNextOutput(next);
}

/** Whether there is room for `bytes` besides what is pending. */
// @ts-ignore: decorator
@inline
export function writerHas(bytes: usize): bool {
  return hasOutputRoom(next - nextOutput() + bytes + WRITER_SPARE_BYTES);
}

/** Appends the low `count` bits of `bits`, whose other bits are zero; count is 0..32. */
// @ts-ignore: decorator
@inline
export function writeBits(bits: u32, count: i32): void {
  free -= count;
  if (free < 0) {
    putWord((pending << (count + free)) | (<u64>bits >> -free));
    free += 64;
    pending = bits;
  } else {
    pending = (pending << count) | bits;
  }
}

/** Puts back what a loop kept in locals. */
// @ts-ignore: decorator
@inline
export function holdPending(bits: u64, room: i32): void {
  pending = bits;
  free = room;
}

/** Appends eight bytes, the first on top. */
export function putWord(word: u64): void {
  if (((~word - LOW_BITS) & word & HIGH_BITS) == 0) {
    store<u64>(next, bswap(word), 0, 1);
    next += 8;
    return;
  }
  for (let shift: i32 = 56; shift >= 0; shift -= 8) putByte(<u8>(word >> shift));
}

// @ts-ignore: decorator
@inline
function putByte(byte: u8): void {
  // The zero is written always and kept behind FF only; the next byte lies on it otherwise.
  store<u16>(next, <u16>byte, 0, 1);
  next += byte == 0xff ? 2 : 1;
}

/** Puts the whole bytes among the pending bits into the window. */
export function flushBytes(): void {
  while (free <= 56) {
    putByte(<u8>(pending >> (56 - free)));
    free += 8;
  }
}

/** Fills the last byte: the k-th padding bit is bit k of `pattern`. */
export function padWriter(pattern: i32): void {
  for (let k: i32 = 0; free & 7; k++) writeBits((pattern >> k) & 1, 1);
}

/** Appends a marker, on a byte boundary. */
export function writeMarker(code: i32): void {
  flushBytes();
  store<u16>(next, <u16>(0xff | (code << 8)), 0, 1);
  next += 2;
}

/** After `flushBytes`: address of the byte that the next bit goes to. */
// @ts-ignore: decorator
@inline
export function writerAddress(): usize {
  return next;
}

/** After `flushBytes`: how many bits are pending, 0..7. */
// @ts-ignore: decorator
@inline
export function bitsPending(): i32 {
  return 64 - free;
}

/** After `flushBytes`: the pending bits as they stand in their byte, the others zero. */
// @ts-ignore: decorator
@inline
export function pendingByte(): i32 {
  return <i32>((pending << (free - 56)) & 0xff);
}

/** Forgets the bits of an incomplete byte. */
export function dropPending(): void {
  flushBytes();
  pending = 0;
  free = 64;
}
