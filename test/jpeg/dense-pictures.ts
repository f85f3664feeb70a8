/**
 * Small JPEGs that between them use every table of the dense model: what photographs look like, in each
 * number of components, and beside that what hardly any file has. The same on every machine.
 */
import { seeded } from "../random.ts";
import {
  makePicture,
  plainTable,
  type QuantizationTable,
  type Sampling,
  slopingTable,
  TEXTURES,
  type Texture,
} from "./jpeg-picture.ts";
import { oneScan, usualScript } from "./jpeg-random.ts";
import { writeJpeg } from "./jpeg-writer.ts";
import { pixelPicture } from "./pixel-picture.ts";

const FULL: Sampling = [1, 1];
const DOUBLE: Sampling = [2, 2];

/** Luminance and chrominance, of middling quality and of the best. */
const USUAL = [slopingTable(0, 6, 2), slopingTable(1, 8, 4)];
const FINE = [plainTable(0, 1), plainTable(1, 1)];

/** DCs from one end to the other and back, now and then nothing else, else a few coefficients. */
const JUMPS: Texture = (random, z, before) => {
  if (z === 0)
    return random.oneIn(3) ? before : random.pick([-1024, 1023, 0, random.upTo(2000)]) % 1024;
  return random.oneIn(12) ? random.upTo(7) - 3 : 0;
};

/** Hardly an interior: both edges, near to zero or as far as they go. */
const EDGES: Texture = (random, z) => {
  if (z === 0) return random.upTo(200) - 100;
  if (EDGE_PLACES.has(z)) return random.oneIn(9) ? random.upTo(2047) - 1023 : random.upTo(9) - 4;
  return random.oneIn(30) ? 1 : 0;
};

/** Zigzag places of the first row and the first column. */
const EDGE_PLACES = new Set([1, 5, 6, 14, 15, 27, 28, 2, 3, 9, 10, 20, 21, 35]);

interface Looks {
  readonly samplings: readonly Sampling[];
  readonly quantization?: readonly QuantizationTable[];
  readonly size?: readonly [width: number, height: number];
  readonly progressive?: boolean;
}

/** The JPEGs, by what they are there for. */
export function densePictures(): Map<string, Uint8Array> {
  const pictures = new Map<string, Uint8Array>();
  const add = (name: string, looks: Looks, content: Texture | number): void => {
    pictures.set(name, jpegOf(looks, content, pictures.size + 1));
  };
  const grey = [FULL];
  const colour = [FULL, FULL, FULL];
  const small = [DOUBLE, FULL, FULL];
  const four = [DOUBLE, FULL, FULL, DOUBLE];
  add("grey", { samplings: grey }, 3);
  add("colour, 4:2:0", { samplings: small }, 3);
  add("colour, 4:4:4", { samplings: colour }, 6);
  add("four components", { samplings: four }, 4);
  add("progressive", { samplings: small, progressive: true }, 8);
  add("the best quality", { samplings: small, quantization: FINE }, 12);
  add("no noise at all", { samplings: small, size: [200, 120] }, 0);
  add("coefficients without sense", { samplings: colour, quantization: FINE }, TEXTURES.dense);
  add("the largest coefficients", { samplings: small, quantization: FINE }, TEXTURES.extreme);
  add("jumps of DC", { samplings: colour, quantization: FINE }, JUMPS);
  add("edges alone", { samplings: small }, EDGES);
  return pictures;
}

/** @param content - how blocks are drawn, or how noisy pixels are */
function jpegOf(looks: Looks, content: Texture | number, seed: number): Uint8Array {
  const { samplings, quantization = USUAL, progressive = false } = looks;
  const [width, height] = looks.size ?? [120, 104];
  const size = { width, height };
  const picture =
    typeof content === "number"
      ? pixelPicture(seeded(seed), { ...size, samplings, quantization, noise: content })
      : makePicture(seeded(seed), size, samplings, content, quantization);
  const scans = progressive ? usualScript(picture) : oneScan(picture);
  return writeJpeg({ picture, scans, progressive });
}
