/**
 * Samples: what one picture adds to the systems of the regressions, block rows taken by a fixed rule.
 *
 *   signed       interior, edge, dc: weighted by how large the noise is that the neighbours promise
 *   magnitude    weighted by the square of what was expected before: repeated, that converges to the
 *                most likely scale of a Laplace distribution
 */
import { addSample, emptySums, type Sums } from "./normal-equations.ts";
import {
  blockAt,
  type ReferenceBlock,
  type ReferencePicture,
  walkBlock,
} from "./reference-block.ts";
import { dcInputs, edgeInputs, interiorInputs, LANES } from "./reference-inputs.ts";
import {
  CELLS,
  cellOf,
  expectMagnitude,
  fillEdgeMagnitude,
  fillInteriorMagnitude,
  type Regressions,
} from "./reference-regressions.ts";

export interface SignedSums {
  readonly interior: Sums;
  readonly edge: Sums;
  readonly dc: Sums;
}

/** Blocks of a picture that are looked at, about: a large one has as much to say as some small ones.
 * Of 12,000 and 40,000 the latter saves 0.5 % of the signs of pictures held out, and 0.1 % of all
 * else. */
const SIGNED_BLOCKS = 48_000;
const MAGNITUDE_BLOCKS = 24_000;

/** Share of a neighbour's magnitude in the noise that is expected. 0.12, 0.25, 0.5, 1: the more, the
 * worse the edges' signs (4.54, 4.56, 4.59, 4.64 bits a block) and the DCs. */
const NOISE_SHARE = 0.15;
/** Share of the quantizer below which no magnitude is expected: lower values let single outliers rule.
 * 0.06, 0.15, 0.3, 0.5: edges' exponents take 10.67, 10.61, 10.58, 10.58 bits a block. */
const LEAST_SHARE = 0.3;

/** Calls with the block at each place that is sampled: rows of blocks by a hash of their number. */
export function forSampledBlocks(
  picture: ReferencePicture,
  blocks: number,
  visit: (block: ReferenceBlock) => void,
): void {
  let all = 0;
  for (const { codedBlocks } of picture.components) all += codedBlocks;
  const threshold = Math.min(65536, Math.floor((65536 * blocks) / Math.max(1, all)));
  for (const [c, { columns, codedBlocks }] of picture.components.entries()) {
    for (let y = 0; y * columns < codedBlocks; y++) {
      if (Math.imul(4 * y + c + 1, 0x9e3779b1) >>> 16 >= threshold) continue;
      const end = Math.min(columns, codedBlocks - y * columns);
      for (let x = 0; x < end; x++) visit(blockAt(picture, c, x, y));
    }
  }
}

/** Sums for the regressions that predict values. */
export function sumSigned(picture: ReferencePicture): SignedSums {
  const sums = {
    interior: emptySums(CELLS.interior, LANES.interior),
    edge: emptySums(CELLS.edge, LANES.edge),
    dc: emptySums(CELLS.dc, LANES.dc),
  };
  const inputs = {
    interior: new Int32Array(LANES.interior),
    edge: new Int32Array(LANES.edge),
    dc: new Int32Array(LANES.dc),
  };
  forSampledBlocks(picture, SIGNED_BLOCKS, (block) => {
    const { values } = block;
    walkBlock(block, {
      interior(k) {
        interiorInputs(block, k, inputs.interior);
        const cell = cellOf.interior(block, k);
        addSample(sums.interior, cell, inputs.interior, values[k]!, weightAt(block, k));
      },
      edge(direction, i) {
        edgeInputs(block, direction, i, inputs.edge);
        const k = direction === 0 ? i : 8 * i;
        const cell = cellOf.edge(block, direction, i);
        addSample(sums.edge, cell, inputs.edge, values[k]!, weightAt(block, k));
      },
      dc() {
        const base = dcInputs(block, inputs.dc);
        const noise =
          block.quantizer[0]! + NOISE_SHARE * (Math.abs(inputs.dc[0]!) + aroundDc(block));
        const target = values[0]! - base;
        addSample(sums.dc, cellOf.dc(block), inputs.dc, target, 1 / (noise * noise));
      },
    });
  });
  return sums;
}

/** One by the square of the noise that is expected of the value at `k`. */
function weightAt({ quantizer, above, left, known }: ReferenceBlock, k: number): number {
  const inner = k > 8 && (k & 7) > 0;
  const near = inner ? Math.abs(known[k - 1]!) + Math.abs(known[k - 8]!) : 0;
  const around = Math.abs(above[k]!) + Math.abs(left[k]!) + near;
  const noise = Math.max(1, quantizer[k]!) + NOISE_SHARE * around;
  return 1 / (noise * noise);
}

/** Slopes of this block: where they are steep the DC is hard to tell. */
function aroundDc({ known }: ReferenceBlock): number {
  return Math.abs(known[1]!) + Math.abs(known[8]!) + Math.abs(known[9]!);
}

/**
 * Sums for the magnitudes.
 *
 * @param of - signed regressions; and magnitudes of the pass before, or undefined in the first
 */
export function sumMagnitudes(picture: ReferencePicture, of: Regressions, isFirst: boolean): Sums {
  const sums = emptySums(CELLS.magnitude, LANES.magnitude);
  const inputs = new Int32Array(LANES.magnitude);
  forSampledBlocks(picture, MAGNITUDE_BLOCKS, (block) => {
    const { values, quantizer } = block;
    const add = (k: number): void => {
      const expected = isFirst
        ? firstGuess(inputs, quantizer[k]!)
        : expectMagnitude(of, block, k, inputs) / 4096;
      const scale = Math.max(expected, LEAST_SHARE * Math.max(1, quantizer[k]!));
      const weight = 1 / (scale * scale);
      addSample(sums, cellOf.magnitude(block, k), inputs, Math.abs(values[k]!), weight);
    };
    walkBlock(block, {
      interior(k, index, remaining, follows) {
        fillInteriorMagnitude(of, block, k, { index, remaining, follows }, inputs);
        add(k);
      },
      edge(direction, i, remaining, follows) {
        fillEdgeMagnitude(of, block, direction, { index: i, remaining, follows }, inputs);
        add(direction === 0 ? i : 8 * i);
      },
      dc() {},
    });
  });
  return sums;
}

/** A magnitude before anything is trained: neighbours, and what is still to come. */
function firstGuess(inputs: Int32Array, quantizer: number): number {
  const near = inputs[0]! + inputs[1]! + inputs[2]! + inputs[3]!;
  return 0.3 * Math.max(1, quantizer) + 0.1 * near + 0.3 * inputs[18]!;
}
