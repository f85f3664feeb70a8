/**
 * A JPEG as tests describe it, before any entropy coding: its frame, its tables of quantization and
 * the coefficients of every block.
 *
 *   picture    width, height, components, quantization
 *   component  id, sampling factors, and blocks: whole MCU rows of them, 64 in raster order each
 *
 * Blocks that the picture does not touch (they fill up the last MCUs) are in the store too; scans
 * of one component leave them out. What is random here comes from a seed alone.
 */
import type { Random } from "../random.ts";

export interface JpegComponent {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  /** 0..3: which quantization table. */
  readonly quantizer: number;
  /** Blocks in a row and rows, those that fill up MCUs included. */
  readonly blockColumns: number;
  readonly blockRows: number;
  /** Blocks in a row and rows of a scan of this component alone. */
  readonly scanColumns: number;
  readonly scanRows: number;
  readonly coefficients: Int16Array;
}

export interface QuantizationTable {
  readonly id: number;
  /** Written with 16 bits a value. */
  readonly isWide: boolean;
  /** In raster order. */
  readonly values: Uint16Array;
}

export interface JpegPicture {
  readonly width: number;
  readonly height: number;
  readonly mcuColumns: number;
  readonly mcuRows: number;
  readonly components: readonly JpegComponent[];
  readonly quantization: readonly QuantizationTable[];
}

/** Sampling factors, horizontal and vertical, of one component. */
export type Sampling = readonly [h: number, v: number];

/** Zigzag index to raster index. */
// biome-ignore format: a table of eight rows
export const ZIGZAG: readonly number[] = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/** What a block looks like: how far from zero, and how often not zero, by zigzag index. */
export type Texture = (random: Random, index: number, before: number) => number;

/** Values around zero, small ones more often. */
function spread(random: Random, most: number): number {
  const size = Math.min(random.upTo(most + 1), random.upTo(most + 1), random.upTo(most + 1));
  return random.oneIn(2) ? size : -size;
}

/** A walk that stays within DC's range. */
function walk(random: Random, before: number, step: number): number {
  return Math.max(-1024, Math.min(1023, before + spread(random, step)));
}

/** Kinds of content. `before` is the DC of the block to the left; what matters for DC only. */
export const TEXTURES = {
  /** As photographs have it: smooth DC, AC that fades with frequency. */
  natural: (random, z, before) => {
    if (z === 0) return walk(random, before, 60);
    return random.upTo(64) > 2 * z ? spread(random, Math.max(1, Math.floor(90 / z))) : 0;
  },
  /** Hardly anything: runs of zeros longer than 15, last coefficients. */
  sparse: (random, z, before) => {
    if (z === 0) return walk(random, before, 5);
    return random.oneIn(z === 63 ? 9 : 40) ? spread(random, 3) : 0;
  },
  dense: (random, z, before) => (z === 0 ? walk(random, before, 300) : spread(random, 60)),
  /** All of one value. */
  flat: (_, z, before) => (z === 0 ? before : 0),
  /** Up to the limits of an 8-bit baseline file. */
  extreme: (random, z) => {
    if (z === 0) return random.upTo(2048) - 1024;
    return random.oneIn(3) ? random.upTo(2047) - 1023 : 0;
  },
  /** Beyond what a baseline file may hold: 11 bits. */
  beyond: (random, z) => {
    if (z === 0) return random.upTo(2048) - 1024;
    return random.oneIn(60) ? random.pick([2047, -2047, 1024, -1500]) : spread(random, 2);
  },
  empty: () => 0,
} as const satisfies Record<string, Texture>;
export type TextureName = keyof typeof TEXTURES;

/** Lays out a picture of given size and samplings, its blocks made by `texture`. */
export function makePicture(
  random: Random,
  size: { readonly width: number; readonly height: number },
  samplings: readonly Sampling[],
  texture: Texture,
  quantization: readonly QuantizationTable[] = [plainTable(0, 16)],
): JpegPicture {
  const { width, height } = size;
  const hMost = Math.max(...samplings.map(([h]) => h));
  const vMost = Math.max(...samplings.map(([, v]) => v));
  const mcuColumns = Math.ceil(width / (8 * hMost));
  const mcuRows = Math.ceil(height / (8 * vMost));
  const components = samplings.map(([h, v], c): JpegComponent => {
    const blockColumns = mcuColumns * h;
    const blockRows = mcuRows * v;
    return {
      id: c + 1,
      h,
      v,
      quantizer: quantization[Math.min(c, quantization.length - 1)]!.id,
      blockColumns,
      blockRows,
      scanColumns: Math.ceil((width * h) / (8 * hMost)),
      scanRows: Math.ceil((height * v) / (8 * vMost)),
      coefficients: makeBlocks(random, blockColumns * blockRows, texture),
    };
  });
  return { width, height, mcuColumns, mcuRows, components, quantization };
}

function makeBlocks(random: Random, blocks: number, texture: Texture): Int16Array {
  const coefficients = new Int16Array(64 * blocks);
  let before = random.upTo(400) - 200;
  for (let block = 0; block < blocks; block++) {
    for (let z = 0; z < 64; z++) {
      coefficients[64 * block + ZIGZAG[z]!] = texture(random, z, before);
    }
    before = coefficients[64 * block]!;
  }
  return coefficients;
}

/** A table of one value everywhere. */
export function plainTable(id: number, value: number): QuantizationTable {
  return { id, isWide: value > 255, values: new Uint16Array(64).fill(value) };
}

/** A table that grows with frequency from `first`, as those of encoders do. */
export function slopingTable(id: number, first: number, slope: number): QuantizationTable {
  const values = Uint16Array.from({ length: 64 }, (_, r) =>
    Math.max(1, Math.round(first + slope * ((r & 7) + (r >> 3)))),
  );
  return { id, isWide: values.some((value) => value > 255), values };
}

/** The same picture with blocks beyond its edges, and their AC only if so asked, set to zero: what
 * is left of them after scans of one component, which leave them out. */
export function clearPadding(picture: JpegPicture, keeps: "dc" | "nothing"): JpegPicture {
  const components = picture.components.map((component) => {
    const { blockColumns, scanColumns, scanRows } = component;
    const coefficients = component.coefficients.map((value, i) => {
      const block = Math.floor(i / 64);
      const isInside =
        block % blockColumns < scanColumns && Math.floor(block / blockColumns) < scanRows;
      return isInside || (i % 64 === 0 && keeps === "dc") ? value : 0;
    });
    return { ...component, coefficients };
  });
  return { ...picture, components };
}
