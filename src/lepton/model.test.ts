/**
 * The model in the kernel against the reference: the same streams for any coefficients, tables,
 * samplings, segments and kinds of arithmetic, vector build and scalar build; and back again.
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
  decodeSegment,
  encodeSegment,
  type ReferencePicture,
  segmentsFrom,
} from "../../test/jpeg/lepton-reference.ts";
import { ReferenceFault } from "../../test/jpeg/lepton-reference-block.ts";
import { ModelKernel } from "../../test/jpeg/model-kernel.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 20 : 1;
const KERNELS = [await ModelKernel.load("simd"), await ModelKernel.load("scalar")];

/** Any picture, of which the last blocks may be missing. */
function randomPicture(random: Random, most = 100): ReferencePicture {
  const samplings = Array.from({ length: 1 + random.upTo(3) }, (): Sampling => {
    const factor = random.oneIn(4) ? 4 : 2;
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
  const arithmetic = {
    dc16: !random.oneIn(4),
    adv16: !random.oneIn(4),
    clampsPrior: !random.oneIn(4),
  };
  return { mcuRows: made.mcuRows, components, arithmetic };
}

/** Quantizers so unlike that sums and predictions wrap. */
function wildQuantization(random: Random, id: number): QuantizationTable {
  const kinds = [[1], [1, 65535], [1, 2, 900], [65535, 1000]];
  const kind = random.pick(kinds);
  return { id, isWide: true, values: Uint16Array.from({ length: 64 }, () => random.pick(kind)) };
}

/** The same with its last blocks zero and not coded, as in a scan that ended early. */
function cutShort(random: Random, picture: ReferencePicture): ReferencePicture {
  const share = random.upTo(100) / 100;
  const components = picture.components.map((component) => {
    const codedBlocks = 1 + Math.floor(share * (component.codedBlocks - 1));
    const coefficients = component.coefficients.map((value, i) =>
      i < 64 * codedBlocks ? value : 0,
    );
    return { ...component, codedBlocks, coefficients };
  });
  return { ...picture, components };
}

function emptied(picture: ReferencePicture): ReferencePicture {
  const components = picture.components.map((component) => {
    return { ...component, coefficients: new Int16Array(component.coefficients.length) };
  });
  return { ...picture, components };
}

test("kernel and reference write the same streams, and read them", async () => {
  let taken = 0;
  await forSeeds(150 * ROUNDS, (random) => {
    const whole = randomPicture(random);
    const picture = random.oneIn(4) ? cutShort(random, whole) : whole;
    const middle = random.upTo(picture.mcuRows + 1);
    const v = picture.components[0]!.v;
    const isCut = random.oneIn(2);
    for (const segment of segmentsFrom(picture, isCut ? [0, v * middle] : [0])) {
      let expected: Uint8Array;
      try {
        expected = encodeSegment(picture, segment).stream;
      } catch (error) {
        if (!(error instanceof ReferenceFault)) throw error;
        for (const kernel of KERNELS) {
          assert.throws(
            () => kernel.encode(picture, segment),
            (thrown) => thrown instanceof PithError && thrown.code === "CoefficientOutOfRange",
          );
        }
        return;
      }
      const decoded = emptied(picture);
      decodeSegment(decoded, segment, expected);
      for (const kernel of KERNELS) {
        assert.deepEqual(kernel.encode(picture, segment), expected, kernel.variant);
        const own = kernel.decode(picture, segment, expected);
        for (const [c, { coefficients }] of decoded.components.entries()) {
          assert.deepEqual(own[c], coefficients, `${kernel.variant}, component ${c}`);
        }
      }
    }
    taken++;
  });
  const isReplay = process.env["PITH_SEED"] !== undefined;
  assert.ok(isReplay || taken > 60 * ROUNDS, `${taken} pictures`);
});

test("interiors beyond 1023, which no encoder should write, are read by either rule", async () => {
  await forSeeds(20 * ROUNDS, (random) => {
    const made = makePicture(random, { width: 24, height: 24 }, [[1, 1]], TEXTURES.beyond);
    const picture: ReferencePicture = {
      mcuRows: made.mcuRows,
      components: made.components.map((component) => {
        const { coefficients } = component;
        for (let i = 0; i < coefficients.length; i += 64) coefficients[i] = 0;
        const quantization = new Uint16Array(64).fill(16);
        return { ...component, quantization, codedBlocks: coefficients.length / 64 };
      }),
      arithmetic: { dc16: true, adv16: true, clampsPrior: random.oneIn(2) },
      isLax: true,
    };
    const segment = segmentsFrom(picture, [0])[0]!;
    let stream: Uint8Array;
    try {
      stream = encodeSegment(picture, segment).stream;
    } catch (error) {
      if (error instanceof ReferenceFault) return;
      throw error;
    }
    for (const kernel of KERNELS) {
      const [own] = kernel.decode(picture, segment, stream);
      assert.deepEqual(own, picture.components[0]!.coefficients, kernel.variant);
    }
  });
});

test("kernel and reference read the same from streams without sense", async () => {
  let read = 0;
  await forSeeds(150 * ROUNDS, (random) => {
    const picture = randomPicture(random, 40);
    const segment = segmentsFrom(picture, [0])[0]!;
    // Long ones soon contradict themselves; beyond the end of a short one all bins can be zero.
    const stream = random.bytes(random.upTo(random.pick([4, 20, 300])));
    if (stream.length > 0) stream[0]! &= random.pick([0, 15, 127]);
    const expected = emptied(picture);
    let isRead = true;
    try {
      decodeSegment(expected, segment, stream);
    } catch (error) {
      if (!(error instanceof ReferenceFault)) throw error;
      isRead = false;
    }
    for (const kernel of KERNELS) {
      if (!isRead) {
        assert.throws(
          () => kernel.decode(picture, segment, stream),
          (thrown) => thrown instanceof PithError && thrown.code === "StreamInconsistent",
        );
        continue;
      }
      const own = kernel.decode(picture, segment, stream);
      for (const [c, { coefficients }] of expected.components.entries()) {
        assert.deepEqual(own[c], coefficients, `${kernel.variant}, component ${c}`);
      }
    }
    if (isRead) read++;
  });
  const isReplay = process.env["PITH_SEED"] !== undefined;
  assert.ok(isReplay || read > 20 * ROUNDS, `${read} streams read`);
});
