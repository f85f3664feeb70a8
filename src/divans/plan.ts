/**
 * Plan: what each effort does to find the commands and the parameters of a unit.
 *
 *   find matches -> for each kind of inputs: parse, price, settle, parse again, code -> the smaller
 */
import type { Effort } from "../core/codec.ts";
import {
  LITERAL_PRESETS,
  type LiteralInputs,
  ROW_BITS_MAXIMUM,
  type UnitParameters,
} from "./parameters.ts";
import type { CodedUnit, UnitCoder } from "./unit-coder.ts";
import type { Steps } from "./work.ts";

interface Plan {
  readonly depth: number;
  readonly nice: number;
  readonly arrivals: number;
  readonly passes: number;
  /** Numbers of the presets that are tried. */
  readonly presets: readonly number[];
}

const PLANS: Readonly<Record<Effort, Plan>> = {
  flat: { depth: 8, nice: 64, arrivals: 1, passes: 1, presets: [0] },
  fast: { depth: 8, nice: 64, arrivals: 1, passes: 1, presets: [0] },
  default: { depth: 48, nice: 128, arrivals: 2, passes: 2, presets: [0, 1] },
  dense: { depth: 96, nice: 273, arrivals: 4, passes: 3, presets: [0, 1] },
};

const LITERAL_RATE = 3;
const COMMAND_RATE = 3;

/** Up to where words of the dictionary are looked for. */
const WORDS_END = 64 * 1024;

/** Codes a unit by the plan of an effort. */
export function* codeByPlan(coder: UnitCoder, effort: Effort): Steps<CodedUnit> {
  const plan = PLANS[effort];
  yield* coder.findMatches(plan.depth, plan.nice);
  let best: CodedUnit | undefined;
  for (const preset of plan.presets) {
    const coded = yield* codeByPreset(coder, plan, parametersOf(LITERAL_PRESETS[preset]!));
    if (best === undefined || coded.codedBytes < best.codedBytes) best = coded;
  }
  return best!;
}

function* codeByPreset(coder: UnitCoder, plan: Plan, parameters: UnitParameters): Steps<CodedUnit> {
  yield* coder.firstPrices();
  const { arrivals, nice, passes } = plan;
  let commands = yield* coder.parse(arrivals, nice, WORDS_END);
  for (let pass = 1; pass < passes; pass++) {
    yield* coder.price(commands, parameters);
    coder.settle();
    commands = yield* coder.parse(arrivals, nice, WORDS_END);
  }
  return yield* coder.encode(commands, parameters);
}

/** Parameters for commands that come from elsewhere, in the order in which they are tried. */
export function parametersToTry(): readonly UnitParameters[] {
  return [0, 1].map((preset) => parametersOf(LITERAL_PRESETS[preset]!));
}

function parametersOf(inputs: LiteralInputs): UnitParameters {
  return {
    inputs,
    stride: 0,
    literalRate: LITERAL_RATE,
    commandRate: COMMAND_RATE,
    rowBits: ROW_BITS_MAXIMUM,
    isPrimed: false,
  };
}
