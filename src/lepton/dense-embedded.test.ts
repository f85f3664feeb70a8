/** Tests of JPEGs within the headers of dense files: thumbnails, previews in pieces, what lies in the tail,
 * thumbnails of previews, and what is too deep; whole, in ranges, in parts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { segment, writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { decode } from "../../test/jpeg/round-trip.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { countLeptonParts, decodeLeptonPart } from "./decode-part.ts";
import { encodeJpeg } from "./encode.ts";

const MODEL = { model: "dense" } as const;
const APP1 = 0xe1;

interface Extras {
  readonly firstSegments?: Uint8Array;
  readonly garbage?: Uint8Array;
  readonly progressive?: boolean;
}

function jpegOf(seed: number, side: number, { progressive = false, ...extras }: Extras = {}) {
  const size = { width: side, height: side };
  const picture = makePicture(seeded(seed), size, SAMPLINGS[4]!, TEXTURES.natural);
  const scans = progressive ? usualScript(picture) : oneScan(picture);
  return writeJpeg({ picture, scans, progressive, ...extras });
}

/** @returns bytes of the header as it is stored */
async function trip(jpeg: Uint8Array): Promise<number> {
  const dense = await encodeJpeg(jpeg, MODEL);
  assert.ok(equalBytes(await decode(dense, MODEL), jpeg));
  return viewOf(dense).getUint32(24, true);
}

test("a thumbnail takes less than its bytes, and so do previews in pieces and in the tail", async () => {
  const thumbnail = jpegOf(1, 96);
  const preview = jpegOf(2, 160, { progressive: true });
  const bare = await trip(jpegOf(3, 48));
  const flir = [0x46, 0x4c, 0x49, 0x52, 0, 1, 0, 1];
  for (const [inner, extras] of [
    [thumbnail, { firstSegments: segment(APP1, thumbnail) }],
    [preview, { garbage: concatenate([Uint8Array.of(1, 2, 3), preview]) }],
    [
      preview,
      {
        firstSegments: concatenate([
          segment(APP1, [...flir, ...preview.subarray(0, 1000)]),
          segment(APP1, [...flir, ...preview.subarray(1000)]),
        ]),
      },
    ],
  ] as const) {
    const coded = await trip(jpegOf(3, 48, extras));
    // The priors expect photographs, which these are not: but it must be worth taking them out.
    assert.ok(coded - bare < inner.length, `${coded - bare} of ${inner.length}`);
  }
});

test("three levels come back, and a fourth, which stays in the bytes", async () => {
  let jpeg = jpegOf(10, 64);
  for (const seed of [11, 12, 13]) {
    jpeg = jpegOf(seed, 64, { firstSegments: segment(APP1, jpeg) });
    await trip(jpeg);
  }
});

test("a JPEG within that cannot be coded stays", async () => {
  const inner = jpegOf(20, 64);
  // A code that no table has, in the first bytes of its scan.
  const broken = inner.map((byte, i) => (i > inner.length - 200 && byte !== 0xff ? 0xfe : byte));
  broken.set([0xff, 0xd9], broken.length - 2);
  await trip(jpegOf(21, 48, { firstSegments: segment(APP1, broken) }));
});

test("ranges and parts of a JPEG with a thumbnail come back", async () => {
  const jpeg = jpegOf(30, 320, { firstSegments: segment(APP1, jpegOf(31, 80)) });
  const dense = await encodeJpeg(jpeg, { ...MODEL, segments: 3 });
  const count = countLeptonParts(dense);
  const parts: Uint8Array[] = [];
  for (let part = 0; part < count; part++) {
    parts.push(await decodeLeptonPart(dense, part, jpeg.length, "dense"));
  }
  assert.ok(equalBytes(concatenate(parts), jpeg));
  for (const [startByte, bytes] of [
    [0, 9000],
    [9000, 8000],
  ] as const) {
    const range = await encodeJpeg(jpeg, { ...MODEL, startByte, bytes });
    assert.ok(equalBytes(await decode(range, MODEL), jpeg.subarray(startByte, startByte + bytes)));
  }
});

test("damage in the header gives bytes or a fault", async () => {
  const jpeg = jpegOf(40, 48, { firstSegments: segment(APP1, jpegOf(41, 96)) });
  const dense = await encodeJpeg(jpeg, MODEL);
  const headerBytes = viewOf(dense).getUint32(24, true);
  await forSeeds(60, async (random) => {
    const broken = Uint8Array.from(dense);
    const place = 28 + random.upTo(headerBytes);
    broken[place]! ^= 1 + random.upTo(255);
    try {
      await decode(broken, MODEL);
    } catch (error) {
      assert.ok(error instanceof PithError && ["input", "limit"].includes(error.kind), `${error}`);
    }
  });
});
