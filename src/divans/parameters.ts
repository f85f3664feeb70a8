/**
 * Parameters: how the literals of a unit are seen, and how fast rows learn.
 *
 *   input     { history: 0b11, others: 0 }       the last two bytes
 *   inputs    four of them, in the order in which rows inherit
 *   preset    a number for four inputs that many units share
 *
 * What masks mean is in docs/formats/divans.md; which to take is for plan.ts.
 */
import type { KernelInstance } from "../core/kernel.ts";

/** What one of the four rows of a literal sees. */
export interface LiteralInput {
  /** Bit i: the byte i + 1 before the literal. */
  readonly history: number;
  /** What else: SEES bits. */
  readonly others: number;
}

export type LiteralInputs = readonly [LiteralInput, LiteralInput, LiteralInput, LiteralInput];

export const SEES = { matched: 1, above: 2, column: 4, first: 8, word: 0xf0 } as const;

export interface UnitParameters {
  readonly inputs: LiteralInputs;
  /** Distance of the byte above, modulus of the column; 0 where no input sees them. */
  readonly stride: number;
  /** Rates of the rows of literals and of commands, 0..RATE_MAXIMUM. */
  readonly literalRate: number;
  readonly commandRate: number;
  /** log2 of how many rows each input of literals has. */
  readonly rowBits: number;
  /** Whether rows have read the primer before the unit. */
  readonly isPrimed: boolean;
}

export const RATE_MAXIMUM = 14;
export const ROW_BITS_MINIMUM = 10;
export const ROW_BITS_MAXIMUM = 16;
export const STRIDE_MAXIMUM = 1024;
export const LITERAL_INPUTS = 4;

/** Inputs that a unit names by number. Part of the format: numbers are for ever. */
export const LITERAL_PRESETS: readonly LiteralInputs[] = [
  presetOf([1, 0], [3, 0], [0, SEES.matched | SEES.first], [1, SEES.matched]),
  presetOf([1, 0], [3, 0], [7, 0], [15, 0]),
  presetOf([0, SEES.first], [1, 0], [3, 0], [0, SEES.matched | SEES.first]),
  presetOf([1, 0], [3, 0], [7, 0], [1, SEES.word]),
  presetOf([1, 0], [3, 0], [0, SEES.matched | SEES.first], [0, SEES.first]),
  presetOf([1, 0], [3, 0], [7, 0], [0, SEES.matched | SEES.first]),
];

type Masks = readonly [history: number, others: number];

function presetOf(...masks: readonly [Masks, Masks, Masks, Masks]): LiteralInputs {
  const [first, second, third, fourth] = masks.map(([history, others]) => ({ history, others }));
  return [first!, second!, third!, fourth!];
}

/** The number of these inputs, or -1 when they have none. */
export function presetNumber(inputs: LiteralInputs): number {
  return LITERAL_PRESETS.findIndex((preset) =>
    preset.every(
      ({ history, others }, i) => history === inputs[i]!.history && others === inputs[i]!.others,
    ),
  );
}

/** Whether any input depends on the stride. */
export function seesStride(inputs: LiteralInputs): boolean {
  return inputs.some(({ others }) => (others & (SEES.above | SEES.column)) !== 0);
}

/** Words of the kernel's parameters (kernels/divans/parameters.ts). */
const PARAMETER_WORDS = 64;

/** Writes them to where a kernel looks for them. */
export function writeParameters(
  instance: KernelInstance,
  plainBytes: number,
  parameters: UnitParameters,
): void {
  const { inputs, stride, literalRate, commandRate, rowBits, isPrimed } = parameters;
  const words = [
    plainBytes,
    ...inputs.map(({ history }) => history),
    ...inputs.map(({ others }) => others),
    stride,
    literalRate,
    commandRate,
    rowBits,
    isPrimed ? 1 : 0,
  ];
  const target = instance.bytes(instance.call("parameterAddress"), 4 * PARAMETER_WORDS);
  target.fill(0);
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
}
