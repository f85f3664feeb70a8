/** The reference of the Lepton model agrees with the format's worked examples and with vectors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "./corpus.ts";
import { BinDecoder, BinEncoder } from "./jpeg/lepton-bins.ts";
import {
  decodeSegment,
  encodeSegment,
  type ReferencePicture,
  segmentsFrom,
} from "./jpeg/lepton-reference.ts";
import { ReferenceFault, USUAL_ARITHMETIC } from "./jpeg/lepton-reference-block.ts";
import { coefficientHash, decodeReference } from "./jpeg/lepton-reference-file.ts";
import { forSeeds, type Random } from "./random.ts";

/** Small vectors: their bins, and the hash of their coefficients (format, section 10). */
const VECTORS: readonly (readonly [name: string, bins: number, hash: string])[] = [
  ["tiny", 97, "0c150c5d75b3"],
  ["colorswap", 175, "61a76e541c19"],
  ["nofsync", 18971, "fb6d1dc56452"],
  ["gray2sf", 879693, "d61a81b60784"],
  ["half_scan", 253009, "d361d6b1ff8b"],
  ["narrowrst", 317765, "0e7ae864bd29"],
  ["truncatedzerorun", 387456, "ff856f5eb4ab"],
  ["pixelated", 569144, "c3d3888f55f1"],
  ["truncbad", 68703, "783e51b29bb1"],
];

/** Of two or four segments, and larger. */
const LARGE: readonly (readonly [name: string, bins: number, hash: string])[] = [
  ["out_of_order_dqt", 1578301, "6f8a40ad854e"],
  ["iphonecrop", 2153924, "65c94fbf561c"],
  ["androidprogressive", 1268137, "ecb3baf9b7e5"],
  ["truncate4", 3749582, "287b22256fab"],
];

const isFull = process.env["PITH_FULL"] === "1";

for (const [name, bins, hash] of [...VECTORS, ...(isFull ? LARGE : [])]) {
  test(`the reference decodes and encodes ${name}`, { skip: withoutCorpus }, () => {
    const decoded = decodeReference(corpusFile(`jpeg/vectors/${name}.lep`));
    assert.equal(decoded.bins, bins);
    assert.equal(coefficientHash(decoded.picture), hash);
    for (const [i, segment] of decoded.segments.entries()) {
      const { stream } = encodeSegment(decoded.picture, segment);
      // Some writers add a zero byte, which a decoder reads beyond the end anyway.
      const expected = decoded.streams[i]!;
      const isLonger = expected.length === stream.length + 1 && expected.at(-1) === 0;
      assert.deepEqual(stream, isLonger ? expected.subarray(0, -1) : expected);
    }
  });
}

test("the first bins of colorswap are those of the worked example", { skip: withoutCorpus }, () => {
  const ranges: number[] = [];
  const splits: number[] = [];
  let bits = "";
  const { picture } = decodeReference(
    corpusFile("jpeg/vectors/colorswap.lep"),
    USUAL_ARITHMETIC,
    (range, split, bit) => {
      ranges.push(range);
      splits.push(split);
      bits += bit;
    },
  );
  assert.equal(bits.slice(0, 38), `0${"0".repeat(12)}11111111101${"01010011"}${"0".repeat(6)}`);
  assert.deepEqual(ranges.slice(32, 38), [128, 170, 226, 150, 198, 131]);
  assert.deepEqual(splits.slice(32, 38), [85, 113, 150, 99, 131, 87]);
  const values = picture.components.map(({ coefficients }) => [...coefficients].filter(Boolean));
  assert.deepEqual(values, [[], [], [339, 339, 339, 339]]);
});

test("bins come back, whatever the branches have learnt", async () => {
  await forSeeds(50, (random) => {
    const branches = 1 + random.upTo(4);
    const odds = random.pick([2, 3, 50, 1000]);
    const coded = Array.from({ length: random.upTo(5000) }, () => ({
      branch: random.upTo(branches),
      bit: random.oneIn(odds) ? 1 : 0,
    }));
    const encoder = new BinEncoder(branches);
    for (const { branch, bit } of coded) encoder.code(branch, bit);
    const decoder = new BinDecoder(branches, encoder.finish());
    for (const { branch, bit } of coded) assert.equal(decoder.code(branch), bit);
  });
});

test("pictures without reason come back from the model, or are refused with code 6", async () => {
  let taken = 0;
  await forSeeds(60, (random) => {
    const picture = randomPicture(random);
    const middle = picture.components[0]!.v * random.upTo(picture.mcuRows + 1);
    const segments = segmentsFrom(picture, [0, middle]);
    const decoded: ReferencePicture = {
      ...picture,
      components: picture.components.map((one) => ({
        ...one,
        coefficients: new Int16Array(one.coefficients.length),
      })),
    };
    try {
      for (const segment of segments) {
        const { stream, bins } = encodeSegment(picture, segment);
        assert.equal(decodeSegment(decoded, segment, stream), bins);
      }
    } catch (error) {
      if (error instanceof ReferenceFault && error.number === 6) return;
      throw error;
    }
    taken++;
    for (const [c, { coefficients }] of picture.components.entries()) {
      assert.deepEqual(decoded.components[c]!.coefficients, coefficients);
    }
  });
  assert.ok(process.env["PITH_SEED"] !== undefined || taken > 30, `${taken} pictures of 60 taken`);
});

function randomPicture(random: Random): ReferencePicture {
  const mcuColumns = 1 + random.upTo(5);
  const mcuRows = 1 + random.upTo(5);
  const coarse = random.pick([1, 8, 255, 65535]);
  const most = random.pick([1, 15, 200, 1023]);
  const sparse = random.pick([1, 2, 10]);
  const components = Array.from({ length: 1 + random.upTo(3) }, () => {
    const h = 1 + random.upTo(2);
    const v = 1 + random.upTo(2);
    const blocks = mcuColumns * h * mcuRows * v;
    const value = (): number => (random.oneIn(sparse) ? random.upTo(2 * most + 1) - most : 0);
    return {
      h,
      v,
      blockColumns: mcuColumns * h,
      blockRows: mcuRows * v,
      codedBlocks: blocks,
      quantization: Uint16Array.from({ length: 64 }, () => 1 + random.upTo(coarse)),
      coefficients: Int16Array.from({ length: 64 * blocks }, value),
    };
  });
  return { mcuRows, components, arithmetic: USUAL_ARITHMETIC };
}
