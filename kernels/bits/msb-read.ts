/**
 * Bit reader of JPEG scans: bits leave each byte from the most significant one, and FF 00 stands for
 * a byte FF.
 *
 *   stream   | read | FF 00 | b | b | FF D9     a marker ends the data and is not taken
 *   held     the next `ready` bits, the first on top; below them zeros or bits that follow anyway
 *
 * Behind the data (a marker, the end of the stream) come zeros without end: `borrowed` counts them, so
 * `ready - borrowed` is how many held bits are real, and negative once data ran out. A lone FF that
 * ends the stream is a data byte.
 *
 * A call that reads begins with `resumeReader` and ends with `suspendReader`, between which the
 * window must not move. A suspended reader holds nothing: the input window starts with the byte that
 * holds the next bit, and `taken` of its bits are used. Who reads checks with `readerHas` that what
 * it takes before the next check is there; nothing is checked per bit, and no address is formed
 * beyond the window's end. A loop may keep `held` and `ready` in locals and put them back with
 * `holdBits`, and must do so before `fillReader`.
 */
import { endOfInput, isInputFinal, nextInput, setNextInput } from "../window.ts";

export let held: u64 = 0;
export let ready: i32 = 0;
export let borrowed: i32 = 0;
/** Address of the first byte that is not held. */
let next: usize = 0;
/** Where reading was taken up: bytes before it are not looked at. */
let first: usize = 0;
/** The window's end, and whether the stream ends there. */
let end: usize = 0;
let final: bool = false;
/** Of a suspended reader: bits of the window's first byte that are used, 0..7. */
let taken: i32 = 0;

const LOW_BITS: u64 = 0x0101010101010101;
const HIGH_BITS: u64 = 0x8080808080808080;

/** Sets the place: bits of the input window's next byte that belong to what came before, 0..7. */
export function beginReader(bitsTaken: i32): void {
  taken = bitsTaken;
}

/** Takes reading up at the place where it was left. */
export function resumeReader(): void {
  end = endOfInput();
  final = isInputFinal();
  moveReader(nextInput());
  if (taken > 0) {
    fillReader();
    dropBits(taken);
  }
}

/** Gives what is held back to the window, so that the host may move it. */
export function suspendReader(): void {
  setNextInput(readerAddress());
  if (!ranOut()) taken = bitsTaken();
}

/** Goes on with whole bytes at `address`, which is not before the place where reading was resumed. */
export function moveReader(address: usize): void {
  first = address;
  next = address;
  held = 0;
  ready = 0;
  borrowed = 0;
}

/** Address of the byte that holds the next bit; where data ran out, of the byte after them. */
export function readerAddress(): usize {
  let address = next;
  for (let bytes = (max(ready - borrowed, 0) + 7) >> 3; bytes > 0; bytes--) {
    address -= 1;
    // A zero behind FF is never data: the two are one byte.
    if (address > first && load<u8>(address) == 0 && load<u8>(address - 1) == 0xff) address -= 1;
  }
  return address;
}

/** Once data ran out: address of what stopped them, a marker or the end. */
// @ts-ignore: decorator
@inline
export function dataEnd(): usize {
  return next;
}

/** Address after the last byte that the window holds now. */
// @ts-ignore: decorator
@inline
export function readerEnd(): usize {
  return end;
}

/** Bits of the byte at `readerAddress()` that are used, 0..7. */
// @ts-ignore: decorator
@inline
export function bitsTaken(): i32 {
  return ranOut() ? 0 : (borrowed - ready) & 7;
}

/** Whether `bytes` more are in the window besides those held, or all that will ever come. */
// @ts-ignore: decorator
@inline
export function readerHas(bytes: usize): bool {
  return final || end - next >= bytes;
}

/** Whether bits were taken that the data do not have. */
// @ts-ignore: decorator
@inline
export function ranOut(): bool {
  return ready < borrowed;
}

/** Brings what is held, fewer than 64 bits, to 56 or more; behind the data with zeros. */
export function fillReader(): void {
  if (next + 8 <= end) {
    const word = load<u64>(next, 0, 1);
    // No byte FF among the eight: whole bytes go in, and below them the bits that follow, which
    // the next filling puts in once more at the same place.
    if (((~word - LOW_BITS) & word & HIGH_BITS) == 0) {
      held |= bswap(word) >> ready;
      next += <usize>((63 - ready) >> 3);
      ready |= 56;
      return;
    }
  }
  fillByBytes();
}

function fillByBytes(): void {
  while (ready < 56) {
    const size = nextByteSize();
    if (size == 0) borrowed += 8;
    else held |= (<u64>load<u8>(next)) << (56 - ready);
    next += size;
    ready += 8;
  }
}

/** Bytes in the stream that make the next byte of data: 1 or 2; 0 where there is none. */
function nextByteSize(): usize {
  if (next >= end) return 0;
  if (load<u8>(next) != 0xff) return 1;
  if (next + 1 >= end) return final ? 1 : 0;
  return load<u8>(next + 1) == 0 ? 2 : 0;
}

/** Puts back what a loop kept in locals. */
// @ts-ignore: decorator
@inline
export function holdBits(bits: u64, count: i32): void {
  held = bits;
  ready = count;
}

/** Takes `count` bits away, at most as many as are ready. */
// @ts-ignore: decorator
@inline
export function dropBits(count: i32): void {
  held <<= count;
  ready -= count;
}

/** Takes 0..16 bits as a number. */
// @ts-ignore: decorator
@inline
export function readBits(count: i32): u32 {
  if (ready < 32) fillReader();
  const value = (held >> 1) >> (63 - count);
  dropBits(count);
  return <u32>value;
}
