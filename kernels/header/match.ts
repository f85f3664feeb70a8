/**
 * Match: where the last bytes came before, and that the next bit is as it was there.
 *
 *   history   ... A B C d ...................... A B C ?        two of them: since 8 bytes, and since 3
 *                       ^ place                        ^ written
 *
 * How far such a guess is to be trusted is learnt by how long it has been right. The history begins with
 * the dictionary. Places are counted from its first byte; the ring keeps the last mebibyte, and a place
 * that has left it names other bytes, for both directions alike.
 */
import { pullOf, stretch } from "./logistic.ts";
import {
  CONFIDENCES,
  CONTEXTS,
  HEAD_COUNT,
  HEADS,
  HISTORY,
  HISTORY_BYTES,
  INPUTS,
} from "./regions.ts";

/** Bytes in the history so far. */
let written: u32 = 0;

/** Where the next byte of each match lies, and how many bytes it has been right; 0 for none. */
let longPlace: u32 = 0;
let longBytes: u32 = 0;
let shortPlace: u32 = 0;
let shortBytes: u32 = 0;

/** The byte that each expects, with a bit above it; 0 for none. */
let longByte: u32 = 0;
let shortByte: u32 = 0;

/** The confidence that each has used for this bit, or 0; and the bit. */
let longConfidence: usize = 0;
let shortConfidence: usize = 0;
let longBit: u32 = 0;
let shortBit: u32 = 0;

const LONG_MINIMUM: u32 = 8;
const SHORT_MINIMUM: u32 = 3;
/** A match that is found is followed backwards so far. */
const LOOK_BYTES: u32 = 32;
/** Three quarters, which has learnt nothing. */
const FRESH: u32 = ((1 << 21) + (1 << 20)) << 10;
/** Times after which a confidence learns no slower. */
const COUNT_MAXIMUM: u32 = 250;

/** Forgets everything. */
export function clearMatches(): void {
  memory.fill(HEADS, 0, 4 * 2 * HEAD_COUNT);
  for (let i: usize = 0; i < 2 * 32; i++) store<u32>(CONFIDENCES + 4 * i, FRESH);
  restartMatches(0);
}

/** Begins behind the first `size` bytes of the history. */
export function restartMatches(size: u32): void {
  written = size;
  longBytes = 0;
  shortBytes = 0;
}

export function historySize(): u32 {
  return written;
}

// @ts-ignore: decorator
@inline
function placeOf(position: u32): usize {
  return HISTORY + (<usize>position & (HISTORY_BYTES - 1));
}

/** The byte `distance` before the next one; 0 before the first. */
// @ts-ignore: decorator
@inline
export function byteBack(distance: u32): u32 {
  if (written < distance) return 0;
  return <u32>load<u8>(placeOf(written - distance));
}

/** Appends a byte and goes on with the matches that expected it. */
export function appendByte(byte: u32): void {
  store<u8>(placeOf(written), <u8>byte);
  written += 1;
  if (longBytes > 0) {
    const isRight = (longByte & 255) == byte;
    longBytes = select<u32>(min<u32>(longBytes + 1, 65535), 0, isRight);
    longPlace += 1;
  }
  if (shortBytes > 0) {
    const isRight = (shortByte & 255) == byte;
    shortBytes = select<u32>(min<u32>(shortBytes + 1, 65535), 0, isRight);
    shortPlace += 1;
  }
}

/** Whether the bytes before `position` are the last ones: how many of them. */
function bytesAlike(position: u32): u32 {
  const most = min<u32>(position, LOOK_BYTES);
  let bytes: u32 = 0;
  while (
    bytes < most &&
    load<u8>(placeOf(position - 1 - bytes)) == load<u8>(placeOf(written - 1 - bytes))
  ) {
    bytes += 1;
  }
  return bytes;
}

/** The head of the last `count` bytes' hash in table `table`. */
// @ts-ignore: decorator
@inline
function headOf(table: usize, count: u32): usize {
  let hash: u32 = 0;
  for (let i: u32 = 1; i <= count; i++) hash = (hash + byteBack(i) + 1) * 0x2f0b4c47;
  return HEADS + 4 * (table * HEAD_COUNT + <usize>(hash >> 18));
}

/** Finds the matches of the next byte. */
export function beginMatches(): void {
  if (written >= LONG_MINIMUM) {
    const head = headOf(0, LONG_MINIMUM);
    if (longBytes == 0) {
      longPlace = load<u32>(head);
      const bytes: u32 = longPlace == 0 ? 0 : bytesAlike(longPlace);
      longBytes = select<u32>(bytes, 0, bytes >= LONG_MINIMUM);
    }
    store<u32>(head, written);
  }
  if (written >= SHORT_MINIMUM) {
    const head = headOf(1, SHORT_MINIMUM);
    if (shortBytes == 0) {
      shortPlace = load<u32>(head);
      const bytes: u32 = shortPlace == 0 ? 0 : bytesAlike(shortPlace);
      shortBytes = select<u32>(bytes, 0, bytes >= SHORT_MINIMUM);
    }
    store<u32>(head, written);
  }
  longByte = longBytes == 0 ? 0 : <u32>load<u8>(placeOf(longPlace)) | 256;
  shortByte = shortBytes == 0 ? 0 : <u32>load<u8>(placeOf(shortPlace)) | 256;
}

/** 1..22: which confidence goes with so many bytes. */
function bucketOf(bytes: u32): u32 {
  if (bytes < 16) return bytes;
  if (bytes < 32) return 16 + u32(bytes >= 24);
  return min<u32>(18 + (26 - clz<u32>(bytes)), 22);
}

/**
 * Gives the logit of each match; `node` is 1 and the bits of the byte so far, `left` how many are to come.
 *
 * @returns which weights to use, 0..17: how long they have been right
 */
// @ts-ignore: decorator
@inline
export function predictMatches(node: u32, left: u32): u32 {
  let kind: u32 = 0;
  let input: i32 = 0;
  longConfidence = 0;
  if (longByte >> left == node) {
    const bucket = bucketOf(longBytes);
    longConfidence = CONFIDENCES + 4 * <usize>bucket;
    longBit = (longByte >> (left - 1)) & 1;
    const logit = stretch(load<u32>(longConfidence) >> 20);
    input = longBit ? logit : -logit;
    kind = 3 * min<u32>(1 + (bucket >> 2), 5);
  }
  store<i16>(INPUTS + 2 * <usize>CONTEXTS, <i16>input);
  input = 0;
  shortConfidence = 0;
  if (shortByte >> left == node) {
    const bucket = bucketOf(shortBytes);
    shortConfidence = CONFIDENCES + 4 * (32 + <usize>bucket);
    shortBit = (shortByte >> (left - 1)) & 1;
    const logit = stretch(load<u32>(shortConfidence) >> 20);
    input = shortBit ? logit : -logit;
    kind += 1 + u32(bucket > 8);
  }
  store<i16>(INPUTS + 2 * <usize>CONTEXTS + 2, <i16>input);
  return kind;
}

function teachConfidence(place: usize, isRight: bool): void {
  const slot = load<u32>(place);
  const count = slot & 1023;
  const probability = <i32>(slot >> 10);
  const target = isRight ? 0x3fffff : 0;
  const step = <i32>((<i64>(target - probability) * <i64>pullOf(count)) >> 16);
  store<u32>(place, ((<u32>(probability + step)) << 10) | (count + u32(count < COUNT_MAXIMUM)));
}

/** Teaches the confidences what came. */
// @ts-ignore: decorator
@inline
export function teachMatches(bit: u32): void {
  if (longConfidence != 0) teachConfidence(longConfidence, longBit == bit);
  if (shortConfidence != 0) teachConfidence(shortConfidence, shortBit == bit);
}
