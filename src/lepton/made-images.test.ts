/**
 * Images as libjpeg makes them, through sharp: odd sizes, all qualities, its samplings, greyscale,
 * progressive and trellis-coded files. All come back, and are coded as the reference codes them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import sharp, { type JpegOptions } from "sharp";
import { readJpeg } from "../../test/jpeg/jpeg-reader.ts";
import { assertAsReference, canModel, encode, outcomeOf } from "../../test/jpeg/round-trip.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { decodeLepton } from "./index.ts";

interface Making {
  readonly width: number;
  readonly height: number;
  readonly isGray?: boolean;
  /** 0: smooth; 255: nothing but noise. */
  readonly noise: number;
  readonly options: JpegOptions;
}

/** A picture with slopes, edges and noise, as a JPEG. */
async function make(random: Random, making: Making): Promise<Uint8Array> {
  const { width, height, noise } = making;
  const pixels = new Uint8ClampedArray(3 * width * height);
  const slopes = [random.upTo(5), random.upTo(5), random.upTo(5)];
  for (let i = 0; i < pixels.length; i++) {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const edge = (x >> 4) % 3 === 0 ? 60 : 0;
    pixels[i] = ((x + y) * slopes[i % 3]!) / 2 + edge + random.upTo(noise + 1);
  }
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  const toned = making.isGray === true ? image.toColourspace("b-w") : image;
  return toned.jpeg(making.options).toBuffer();
}

async function check(jpeg: Uint8Array, segments: number, what: string): Promise<void> {
  const lepton = await encode(jpeg, { segments });
  assert.ok(equalBytes(await decodeLepton(lepton), jpeg), what);
  assertAsReference(jpeg, lepton);
}

test("images of any size and kind come back", async () => {
  await forSeeds(process.env["PITH_FULL"] === "1" ? 400 : 60, async (random) => {
    const making = {
      width: 1 + random.upTo(150),
      height: 1 + random.upTo(150),
      isGray: random.oneIn(4),
      noise: random.pick([0, 4, 30, 120]),
      options: {
        quality: 1 + random.upTo(96),
        progressive: random.oneIn(2),
        chromaSubsampling: random.pick(["4:2:0", "4:4:4"]),
        optimiseCoding: random.oneIn(2),
        trellisQuantisation: random.oneIn(3),
        overshootDeringing: random.oneIn(3),
        optimiseScans: random.oneIn(4),
        mozjpeg: random.oneIn(5),
        quantisationTable: random.upTo(9),
      },
    };
    const jpeg = await make(random, making);
    if (canModel(readJpeg(jpeg))) await check(jpeg, random.pick([1, 2, 4]), JSON.stringify(making));
  });
});

test("every quality comes back", async () => {
  const random = seeded(11);
  for (let quality = 1; quality <= 100; quality++) {
    const options = { quality, progressive: quality % 7 === 0 };
    const jpeg = await make(random, { width: 41, height: 23, noise: 25, options });
    await check(jpeg, 1, `quality ${quality}`);
  }
});

test("four colours are refused", async () => {
  const image = sharp(seeded(13).bytes(4 * 40 * 30), {
    raw: { width: 40, height: 30, channels: 4 },
  });
  const jpeg = await image.toColourspace("cmyk").jpeg().toBuffer();
  assert.equal(await outcomeOf(jpeg), "Unsupported4Colors");
});

test("images as wide or high as libjpeg makes them come back", async () => {
  const random = seeded(12);
  for (const [width, height] of [
    [1, 1],
    [65500, 1],
    [1, 65500],
    [9000, 33],
  ] as const) {
    for (const progressive of [false, true]) {
      const options = { quality: 80, progressive };
      const jpeg = await make(random, { width, height, noise: 9, options });
      await check(jpeg, 1, `${width} x ${height}`);
    }
  }
});
