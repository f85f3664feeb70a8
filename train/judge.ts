/**
 * Judge: what the regressions are worth on a picture, in bits, by a model of one context a decision.
 *
 *   exponent   unary, by raster index and the magnitude expected
 *   sign       by the prediction, as a share of the magnitude
 *   dc         the difference from the prediction, its exponent by the disagreement of the neighbours
 *
 * Much weaker than the real model, but quick, and it ranks weights as that does. Not part of what makes
 * the asset: logarithms are allowed here.
 */
import { type ReferenceBlock, type ReferencePicture, walkBlock } from "./reference-block.ts";
import { dcInputs, LANES } from "./reference-inputs.ts";
import {
  expectMagnitude,
  fillEdgeMagnitude,
  fillInteriorMagnitude,
  predictDc,
  predictEdge,
  predictInterior,
  type Regressions,
} from "./reference-regressions.ts";
import { forSampledBlocks } from "./samples.ts";

/** Bits by class, and decisions' worth of blocks. */
export type Verdict = Record<
  "blocks" | "exponent" | "sign" | "edgeExponent" | "edgeSign" | "dc",
  number
>;

const JUDGED_BLOCKS = 24_000;
const EXPECTED_LEVELS = 42;

/** Adaptive probabilities by a number that names the context. */
class Coder {
  readonly #ones = new Map<number, [ones: number, all: number]>();

  cost(context: number, bit: boolean): number {
    const counts = this.#ones.get(context) ?? [0.4, 0.8];
    this.#ones.set(context, counts);
    const share = counts[0] / counts[1];
    counts[0] += bit ? 1 : 0;
    counts[1] += 1;
    return -Math.log2(bit ? share : 1 - share);
  }

  unary(context: number, length: number): number {
    let bits = 0;
    for (let node = 0; node <= length && node < 15; node++) {
      bits += this.cost(16 * context + node, length > node);
    }
    return bits;
  }
}

/** Codes the sampled blocks of a picture. */
export function judgePicture(picture: ReferencePicture, of: Regressions): Verdict {
  const verdict = { blocks: 0, exponent: 0, sign: 0, edgeExponent: 0, edgeSign: 0, dc: 0 };
  const coders = {
    exponent: new Coder(),
    sign: new Coder(),
    edgeExponent: new Coder(),
    edgeSign: new Coder(),
    dc: new Coder(),
  };
  const lanes = new Int32Array(LANES.magnitude);
  const dcLanes = new Int32Array(LANES.dc);
  forSampledBlocks(picture, JUDGED_BLOCKS, (block) => {
    verdict.blocks += 1;
    const level = (k: number): number => levelOf(of, block, k, lanes);
    const chroma = block.isChroma;
    walkBlock(block, {
      interior(k, index, remaining, follows) {
        fillInteriorMagnitude(of, block, k, { index, remaining, follows }, lanes);
        const value = block.coefficients[k]!;
        const context = (chroma * 64 + k) * 64 + level(k);
        verdict.exponent += coders.exponent.unary(context, bitLength(value));
        if (value === 0) return;
        const share = predictInterior(of, block, k) / 4096 / scaleOf(block, k);
        const step = held(Math.round((6 * share) / Math.abs(value)), 20);
        const few = Math.min(3, Math.abs(value));
        verdict.sign += coders.sign.cost((chroma * 4 + few) * 64 + step, value > 0);
      },
      edge(direction, i, remaining, follows) {
        fillEdgeMagnitude(of, block, direction, { index: i, remaining, follows }, lanes);
        const k = direction === 0 ? i : 8 * i;
        const value = block.coefficients[k]!;
        const context = (chroma * 64 + k) * 64 + level(k);
        verdict.edgeExponent += coders.edgeExponent.unary(context, bitLength(value));
        if (value === 0) return;
        const share = predictEdge(of, block, direction, i) / 4096 / scaleOf(block, k);
        const step = held(Math.round(8 * share), 31);
        const few = Math.min(3, Math.abs(value));
        verdict.edgeSign += coders.edgeSign.cost((chroma * 4 + few) * 64 + step, value > 0);
      },
      dc() {
        dcInputs(block, dcLanes);
        const scale = scaleOf(block, 0);
        const predicted = Math.round(predictDc(of, block) / 4096 / scale);
        const wide = bitLength(Math.round((4 * Math.abs(dcLanes[0]!)) / scale));
        const difference = block.coefficients[0]! - predicted;
        const length = bitLength(difference);
        verdict.dc += coders.dc.unary(chroma * 16 + wide, length) + length;
      },
    });
  });
  return verdict;
}

function scaleOf({ quantizer }: ReferenceBlock, k: number): number {
  return Math.max(1, quantizer[k]!);
}

/** The expected magnitude in steps of a quarter octave, as the model has it. */
function levelOf(of: Regressions, block: ReferenceBlock, k: number, lanes: Int32Array): number {
  const expected = expectMagnitude(of, block, k, lanes);
  const sixteenths = Math.min(4095, Math.floor(Math.floor(expected / 256) / scaleOf(block, k)));
  return Math.min(EXPECTED_LEVELS - 1, Math.floor(4 * Math.log2(1 + sixteenths / 3)));
}

function held(value: number, most: number): number {
  return most + Math.max(-most, Math.min(most, value));
}

function bitLength(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}
