/**
 * The dense model in the kernel: what it writes it reads, for any coefficients, tables, samplings and
 * segments; vector build and scalar build write the same and read the same, from sense and from nonsense.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  makePicture,
  type QuantizationTable,
  type Sampling,
  TEXTURES,
} from "../../test/jpeg/jpeg-picture.ts";
import { randomQuantization } from "../../test/jpeg/jpeg-random.ts";
import {
  type ReferencePicture,
  type ReferenceSegment,
  segmentsFrom,
} from "../../test/jpeg/lepton-reference.ts";
import { ModelKernel } from "../../test/jpeg/model-kernel.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 20 : 1;
const KERNELS = [
  await ModelKernel.load("simd", "dense"),
  await ModelKernel.load("scalar", "dense"),
];
const ARITHMETIC = { dc16: true, adv16: true, clampsPrior: true };

/** Quantizers as far apart as they can be, zeros among them. */
function wildQuantization(random: Random, id: number): QuantizationTable {
  const kind = random.pick([[1], [0, 1, 65535], [1, 2, 900], [65535, 1000]]);
  return { id, isWide: true, values: Uint16Array.from({ length: 64 }, () => random.pick(kind)) };
}

/** Any picture of up to four components. */
function randomPicture(random: Random, most: number): ReferencePicture {
  const samplings = Array.from({ length: 1 + random.upTo(4) }, (): Sampling => {
    const factor = random.oneIn(3) ? 4 : 2;
    return [1 + random.upTo(factor), 1 + random.upTo(factor)];
  });
  const size = { width: 1 + random.upTo(most), height: 1 + random.upTo(most) };
  const texture = TEXTURES[random.pick(Object.keys(TEXTURES) as (keyof typeof TEXTURES)[])];
  const tables = [0, 1].map((id) =>
    random.oneIn(3) ? wildQuantization(random, id) : randomQuantization(random, id),
  );
  const made = makePicture(random, size, samplings, texture, tables);
  const components = made.components.map((component) => {
    const quantization = tables[component.quantizer]!.values;
    return { ...component, quantization, codedBlocks: component.coefficients.length / 64 };
  });
  return { mcuRows: made.mcuRows, components, arithmetic: ARITHMETIC };
}

/** The same with its last blocks zero and not coded, of each component as many as it likes. */
function cutShort(random: Random, picture: ReferencePicture): ReferencePicture {
  const components = picture.components.map((component) => {
    const codedBlocks = 1 + random.upTo(component.codedBlocks);
    const coefficients = component.coefficients.map((value, i) =>
      i < 64 * codedBlocks ? value : 0,
    );
    return { ...component, codedBlocks, coefficients };
  });
  return { ...picture, components };
}

/** What a call gives, or the code of its fault. */
function orCode<Value>(work: () => Value): Value | string {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof PithError && error.kind === "input", String(error));
    return error.code;
  }
}

/** The first MCU row of a segment and the one behind it, of component `c`. */
function rowsOf(
  picture: ReferencePicture,
  { firstRow, endRow, isLast }: ReferenceSegment,
  c: number,
) {
  const [first] = picture.components;
  const mcuRow = (row: number): number => (picture.components[c]!.v * row) / first!.v;
  return { start: mcuRow(firstRow), end: isLast ? Number.POSITIVE_INFINITY : mcuRow(endRow) };
}

test("both builds write the same, and read back what was written", async () => {
  let taken = 0;
  await forSeeds(120 * ROUNDS, (random) => {
    const whole = randomPicture(random, 90);
    const picture = random.oneIn(3) ? cutShort(random, whole) : whole;
    const v = picture.components[0]!.v;
    const cuts = random.oneIn(2) ? [0, v * random.upTo(picture.mcuRows + 1)] : [0];
    for (const segment of segmentsFrom(picture, cuts)) {
      const [stream, other] = KERNELS.map((kernel) =>
        orCode(() => kernel.encode(picture, segment)),
      );
      assert.deepEqual(other, stream);
      if (typeof stream === "string") {
        assert.equal(stream, "CoefficientOutOfRange");
        return;
      }
      for (const kernel of KERNELS) {
        const decoded = kernel.decode(picture, segment, stream as Uint8Array);
        for (const [c, { coefficients, blockColumns }] of picture.components.entries()) {
          const { start, end } = rowsOf(picture, segment, c);
          const rowLength = 64 * blockColumns;
          const [from, to] = [start * rowLength, Math.min(end * rowLength, coefficients.length)];
          const expected = coefficients.subarray(from, to);
          assert.deepEqual(decoded[c]?.subarray(from, to), expected, `${kernel.variant}, ${c}`);
        }
      }
    }
    taken += 1;
  });
  const isReplay = process.env["PITH_SEED"] !== undefined;
  assert.ok(isReplay || taken > 60 * ROUNDS, `${taken} pictures`);
});

test("both builds read the same from streams without sense", async () => {
  await forSeeds(150 * ROUNDS, (random) => {
    const picture = randomPicture(random, 40);
    const segment = segmentsFrom(picture, [0])[0]!;
    const stream = random.bytes(random.upTo(random.pick([4, 20, 300, 20_000])));
    if (random.oneIn(4)) stream.fill(random.pick([0, 255]));
    const [one, other] = KERNELS.map((kernel) =>
      orCode(() => kernel.decode(picture, segment, stream)),
    );
    assert.deepEqual(other, one);
  });
});
