/**
 * Reference of the Lepton model: the inverse DCT without DC, on 32-bit integers that wrap, giving
 * pixels times eight. Section 6.5 of the format's text; the constants are those of the 1996
 * integer transform that it names.
 */

const W1 = 2841;
const W2 = 2676;
const W3 = 2408;
const W5 = 1609;
const W6 = 1108;
const W7 = 565;

/** Pixels of a block, times eight, as if its DC were zero: 64 in raster order. */
export function inverseTransform(block: Int16Array, quantization: Uint16Array): Int16Array {
  const values = new Int32Array(64);
  for (let r = 1; r < 64; r++) values[r] = Math.imul(block[r]!, quantization[r]!);
  for (let y = 0; y < 8; y++) {
    transformLine(values, 8 * y, 1, { preShift: 11, rounding: 128, inner: 0, postShift: 8 });
  }
  for (let x = 0; x < 8; x++) {
    transformLine(values, x, 8, { preShift: 8, rounding: 8192, inner: 3, postShift: 11 });
  }
  return Int16Array.from(values, (value) => (value << 16) >> 16);
}

/** Rows and columns differ in scale only; `inner` bits are dropped between the two stages. */
function transformLine(
  values: Int32Array,
  start: number,
  step: number,
  scale: { preShift: number; rounding: number; inner: number; postShift: number },
): void {
  const { preShift, rounding, inner } = scale;
  const halfUnit = inner === 0 ? 0 : 4;
  const input = (i: number): number => values[start + i * step]!;
  let x0 = ((input(0) << preShift) + rounding) | 0;
  let x1 = input(4) << preShift;
  let x2 = input(6);
  let x3 = input(2);
  let x4 = input(1);
  let x5 = input(7);
  let x6 = input(5);
  let x7 = input(3);

  let t = (Math.imul(W7, (x4 + x5) | 0) + halfUnit) | 0;
  x4 = ((t + Math.imul(W1 - W7, x4)) | 0) >> inner;
  x5 = ((t - Math.imul(W1 + W7, x5)) | 0) >> inner;
  t = (Math.imul(W3, (x6 + x7) | 0) + halfUnit) | 0;
  x6 = ((t - Math.imul(W3 - W5, x6)) | 0) >> inner;
  x7 = ((t - Math.imul(W3 + W5, x7)) | 0) >> inner;

  t = (x0 + x1) | 0;
  x0 = (x0 - x1) | 0;
  x1 = (Math.imul(W6, (x3 + x2) | 0) + halfUnit) | 0;
  x2 = ((x1 - Math.imul(W2 + W6, x2)) | 0) >> inner;
  x3 = ((x1 + Math.imul(W2 - W6, x3)) | 0) >> inner;
  x1 = (x4 + x6) | 0;
  x4 = (x4 - x6) | 0;
  x6 = (x5 + x7) | 0;
  x5 = (x5 - x7) | 0;

  x7 = (t + x3) | 0;
  const x8 = (t - x3) | 0;
  x3 = (x0 + x2) | 0;
  x0 = (x0 - x2) | 0;
  x2 = ((Math.imul(181, (x4 + x5) | 0) + 128) | 0) >> 8;
  x4 = ((Math.imul(181, (x4 - x5) | 0) + 128) | 0) >> 8;
  const output = [x7 + x1, x3 + x2, x0 + x4, x8 + x6, x8 - x6, x0 - x4, x3 - x2, x7 - x1];
  for (const [i, value] of output.entries()) {
    values[start + i * step] = (value | 0) >> scale.postShift;
  }
}
