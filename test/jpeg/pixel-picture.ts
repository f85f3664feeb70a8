/**
 * Pixels as photographs have them, without any photograph: planes of smooth shades, a disc with a
 * sharp border, stripes of several directions, a flat corner and noise, made into the coefficients of a
 * test picture (jpeg-picture.ts). Blocks beside one another go on with each other, which those that
 * are drawn block by block do not.
 *
 * Only integers, so that every machine makes the same.
 */
import type { Random } from "../random.ts";
import type { QuantizationTable, Sampling } from "./jpeg-picture.ts";
import { type JpegComponent, type JpegPicture, makePicture, TEXTURES } from "./jpeg-picture.ts";

const COSINE_BITS = 13;

/** cos(x, u) of the orthonormal DCT of eight points, at 8 u + x. */
const COSINES = Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  const scale = (u === 0 ? Math.SQRT1_2 : 1) / 2;
  return Math.round(scale * Math.cos(((2 * x + 1) * u * Math.PI) / 16) * 2 ** COSINE_BITS);
});

export interface PixelChoices {
  readonly width: number;
  readonly height: number;
  readonly samplings: readonly Sampling[];
  readonly quantization: readonly QuantizationTable[];
  /** Noise of up to so many levels to either side. */
  readonly noise: number;
}

/** A picture of such pixels. */
export function pixelPicture(random: Random, choices: PixelChoices): JpegPicture {
  const { width, height, samplings, quantization, noise } = choices;
  const made = makePicture(random, { width, height }, samplings, TEXTURES.empty, quantization);
  const most = { h: mostOf(samplings, 0), v: mostOf(samplings, 1) };
  const components = made.components.map((component, c): JpegComponent => {
    const [stepX, stepY] = [most.h / component.h, most.v / component.v];
    const shade = (x: number, y: number): number => {
      const level = shadeAt(Math.floor(x * stepX), Math.floor(y * stepY), c, made);
      return Math.max(-128, Math.min(127, level + random.upTo(2 * noise + 1) - noise));
    };
    const { values } = quantization.find(({ id }) => id === component.quantizer)!;
    return { ...component, coefficients: transform(component, values, shade) };
  });
  return { ...made, components };
}

function mostOf(samplings: readonly Sampling[], side: 0 | 1): number {
  return Math.max(...samplings.map((sampling) => sampling[side]));
}

/** The level at a place of the whole picture, from -128; each component sees it in its own way. */
function shadeAt(x: number, y: number, c: number, { width, height }: JpegPicture): number {
  const sign = c % 2 === 0 ? 1 : -1;
  const slope = Math.floor((100 * (x * height + y * width * (c + 1))) / (width * height));
  const fromCentre = (x - width / 2) ** 2 + (y - height / 3) ** 2;
  const disc = fromCentre < (Math.min(width, height) / 4) ** 2 ? 90 : 0;
  const isStriped = x > width / 2 && y > height / 2;
  const stripes = isStriped ? 40 * (((x + (y >> 1) * (c % 3)) >> 2) & 1) : 0;
  if (x < width / 5 && y > (4 * height) / 5) return 60;
  return sign * (slope - 60 + disc - stripes);
}

function transform(
  { blockColumns, blockRows }: JpegComponent,
  quantizers: Uint16Array,
  shade: (x: number, y: number) => number,
): Int16Array {
  const coefficients = new Int16Array(64 * blockColumns * blockRows);
  const pixels = new Int32Array(64);
  for (let block = 0; block < blockColumns * blockRows; block++) {
    const [left, top] = [8 * (block % blockColumns), 8 * Math.floor(block / blockColumns)];
    for (let i = 0; i < 64; i++) pixels[i] = shade(left + (i & 7), top + (i >> 3));
    for (let k = 0; k < 64; k++) {
      const divisor = 2 ** (2 * COSINE_BITS) * Math.max(1, quantizers[k]!);
      coefficients[64 * block + k] = Math.round(weigh(pixels, k & 7, k >> 3) / divisor);
    }
  }
  return coefficients;
}

/** The coefficient (u, v) of a block, in units of 2^-26. */
function weigh(pixels: Int32Array, u: number, v: number): number {
  let sum = 0;
  for (let y = 0; y < 8; y++) {
    let line = 0;
    for (let x = 0; x < 8; x++) line += pixels[8 * y + x]! * COSINES[8 * u + x]!;
    sum += line * COSINES[8 * v + y]!;
  }
  return sum;
}
