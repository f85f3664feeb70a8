/**
 * Prediction in two dimensions: each sample of a picture becomes its difference to what its
 * neighbours foretell.
 *
 *   | bytes that fill no row | row | row | ... | row | tail |     rows end `tail` bytes before the end
 *
 *        NW  N
 *        W   x       foretold: the median of W, N and W + N - NW; outside the picture all are 0
 *
 * W lies `channels` samples before, so that red is foretold from red. The difference is taken modulo
 * the sample's size and its sign folded into the lowest bit (0, -1, 1, -2 become 0, 1, 2, 3), so that
 * small differences of either sign have a top byte of 0. Apply goes from the end to the start and
 * undo forward, both in place. W + N - NW lies between W and N exactly when NW does, so nothing
 * passes the sample's size. Source: the predictor of JPEG-LS (ITU-T T.87, A.4.1).
 *
 * `west` is the distance of W in bytes, `north` that of N: the bytes of a row.
 */
import { ordered, ordered16 } from "./delta.ts";

/** Applies the prediction to the rows of [from, end). */
export function applyPrediction<TSample extends number, TOrder>(
  from: usize,
  end: usize,
  north: usize,
  west: usize,
): void {
  const top = end - ((end - from) / north) * north;
  for (let row = end; row > top; ) {
    row -= north;
    applyRow<TSample, TOrder>(row, row + north, row > top ? north : 0, west);
  }
}

/** Takes the prediction back. */
export function undoPrediction<TSample extends number, TOrder>(
  from: usize,
  end: usize,
  north: usize,
  west: usize,
): void {
  const top = end - ((end - from) / north) * north;
  for (let row = top; row < end; row += north) {
    if (row > top && west == sizeof<TSample>()) undoRow<TSample, TOrder>(row, row + north, north);
    else undoWideRow<TSample, TOrder>(row, row + north, row > top ? north : 0, west);
  }
}

/** One row; `north` is 0 for the first, which has only W. */
function applyRow<TSample extends number, TOrder>(
  from: usize,
  end: usize,
  north: usize,
  west: usize,
): void {
  const inner = min(from + west, end);
  let at = end;
  if (ASC_FEATURE_SIMD) {
    if (north != 0) {
      while (at >= inner + 16) {
        at -= 16;
        applyVector<TSample, TOrder>(at, north, west);
      }
    }
  }
  while (at > from) {
    at -= sizeof<TSample>();
    const difference =
      sampleAt<TSample, TOrder>(at) - foretold<TSample, TOrder>(at, inner, north, west);
    put<TSample, TOrder>(at, <u32>folded<TSample>(difference));
  }
}

/** Any row: W comes out of memory. */
function undoWideRow<TSample extends number, TOrder>(
  from: usize,
  end: usize,
  north: usize,
  west: usize,
): void {
  const inner = min(from + west, end);
  for (let at = from; at < end; at += sizeof<TSample>()) {
    const difference = unfolded(sampleAt<TSample, TOrder>(at));
    put<TSample, TOrder>(at, foretold<TSample, TOrder>(at, inner, north, west) + difference);
  }
}

/** A row that has one above it, of one channel: W and NW stay in locals. */
function undoRow<TSample extends number, TOrder>(from: usize, end: usize, rowBytes: usize): void {
  let north = sampleAt<TSample, TOrder>(from - rowBytes);
  let west = <u32>(<TSample>(north + unfolded(sampleAt<TSample, TOrder>(from))));
  put<TSample, TOrder>(from, west);
  for (let at = from + sizeof<TSample>(); at < end; at += sizeof<TSample>()) {
    const northWest = north;
    north = sampleAt<TSample, TOrder>(at - rowBytes);
    const difference = unfolded(sampleAt<TSample, TOrder>(at));
    west = <u32>(<TSample>(median(west, north, northWest) + difference));
    put<TSample, TOrder>(at, west);
  }
}

/** What is foretold of the sample at `at`; those before `inner` have no W in their row. */
// @ts-ignore: decorator
@inline
function foretold<TSample extends number, TOrder>(
  at: usize,
  inner: usize,
  north: usize,
  west: usize,
): u32 {
  if (north == 0) return at < inner ? 0 : sampleAt<TSample, TOrder>(at - west);
  const above = sampleAt<TSample, TOrder>(at - north);
  if (at < inner) return above;
  return median(
    sampleAt<TSample, TOrder>(at - west),
    above,
    sampleAt<TSample, TOrder>(at - north - west),
  );
}

/** Applies the prediction to the samples of one vector, which have all their neighbours. */
// @ts-ignore: decorator
@inline
function applyVector<TSample extends number, TOrder>(at: usize, north: usize, west: usize): void {
  const left = ordered16<TSample, TOrder>(v128.load(at - west));
  const above = ordered16<TSample, TOrder>(v128.load(at - north));
  const corner = ordered16<TSample, TOrder>(v128.load(at - north - west));
  const low = v128.min<TSample>(left, above);
  const high = v128.max<TSample>(left, above);
  let middle = v128.sub<TSample>(v128.add<TSample>(left, above), corner);
  middle = v128.bitselect(low, middle, v128.ge<TSample>(corner, high));
  middle = v128.bitselect(high, middle, v128.le<TSample>(corner, low));
  const plain = ordered16<TSample, TOrder>(v128.load(at));
  const difference = v128.sub<TSample>(plain, middle);
  const sign = sizeof<TSample>() == 1 ? i8x16.shr_s(difference, 7) : i16x8.shr_s(difference, 15);
  const twice = v128.add<TSample>(difference, difference);
  v128.store(at, ordered16<TSample, TOrder>(v128.xor(twice, sign)));
}

/** The median of W, N and W + N - NW: the third one held between the other two. */
// @ts-ignore: decorator
@inline
function median(west: u32, north: u32, northWest: u32): u32 {
  const low = min(west, north);
  const high = max(west, north);
  const plane = <i32>(west + north - northWest);
  return <u32>max(<i32>low, min(<i32>high, plane));
}

// @ts-ignore: decorator
@inline
function sampleAt<TSample extends number, TOrder>(at: usize): u32 {
  return <u32>ordered<TSample, TOrder>(load<TSample>(at, 0, 1));
}

// @ts-ignore: decorator
@inline
function put<TSample extends number, TOrder>(at: usize, sample: u32): void {
  store<TSample>(at, ordered<TSample, TOrder>(<TSample>sample), 0, 1);
}

/** A difference modulo the sample's size with its sign in the lowest bit. */
// @ts-ignore: decorator
@inline
function folded<TSample extends number>(difference: u32): TSample {
  const shift: i32 = 32 - 8 * <i32>sizeof<TSample>();
  const signed = <i32>(difference << shift) >> shift;
  return <TSample>((signed << 1) ^ (signed >> 31));
}

/** The difference again; its bits above the sample's size mean nothing. */
// @ts-ignore: decorator
@inline
function unfolded(sample: u32): u32 {
  return (sample >> 1) ^ (0 - (sample & 1));
}
