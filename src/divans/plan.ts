/**
 * Plan: what each effort does to find the commands and the parameters of a unit.
 *
 *   find matches
 *   for each preset of literal inputs:   price all bytes as literals, parse, price    (a sample)
 *   for the commands of the cheapest:    try rates and the primer                     (a sample)
 *   with these parameters:               settle, parse, price, settle, ...; the cheapest pass stays
 *
 * "Cheapest" counts what decoding takes as well, since a literal takes a decoder some ten times as
 * long as a byte of a copy: a little size is given up where it saves much time. The effort "fast" has
 * no time for any of this: one pass finds the commands, and they are coded.
 */
import type { Effort } from "../core/codec.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { LITERAL_PRESETS, type UnitParameters } from "./parameters.ts";
import { withEvenInsertsRaw, withRawInserts } from "./raw-inserts.ts";
import type { CodedUnit, UnitCoder } from "./unit-coder.ts";
import { INSERT } from "./unit-commands.ts";
import type { Steps } from "./work.ts";

interface Plan {
  /** How matches are looked for. */
  readonly depth: number;
  readonly nice: number;
  /** Arrivals of the one parse by which presets are compared, and of those that follow. */
  readonly firstArrivals: number;
  readonly arrivals: readonly number[];
  /** The same for units of up to SMALL_UNIT_BYTES, which cost less. */
  readonly smallArrivals: readonly number[];
  /** Presets that are tried, and whether also with long copies only to begin with. */
  readonly presets: readonly number[];
  readonly longCopies: boolean;
  /** Presets are compared over so much of a unit, from its first byte; rates over half of it. */
  readonly sampleBytes: number;
  readonly literalRates: readonly number[];
  /** Whether rates are tried once more for the commands that are found in the end. */
  readonly tunesAgain: boolean;
  /** What a byte of size is worth, in nanoseconds of decoding. */
  readonly byteNs: number;
  readonly commandRates: readonly number[];
}

// Numbers of LITERAL_PRESETS.
const RESIDUE = 0;
const ORDERS = 1;
const WORDS = 3;
const RECORDS = 4;
const MIXED = 5;

// Rates: profile * 5 + slowest rate - 4.
const STEADY_6 = 2;
const STEADY_7 = 3;
const HASTY_7 = 8;
const CALM_7 = 13;

/** What `default` compares presets over: a third less time on prose than over 4 MiB. */
const SAMPLE_BYTES = 1024 * 1024;

/** The longest unit of which `default` has time for one parse more. */
const SMALL_UNIT_BYTES = 1536 * 1024;

const PLANS: Readonly<Record<"default" | "dense", Plan>> = {
  default: {
    depth: 16,
    nice: 160,
    firstArrivals: 1,
    arrivals: [3],
    smallArrivals: [2, 3],
    presets: [RESIDUE, ORDERS],
    longCopies: false,
    sampleBytes: SAMPLE_BYTES,
    tunesAgain: true,
    byteNs: 1500,
    literalRates: [STEADY_7, HASTY_7, CALM_7],
    commandRates: [STEADY_7, HASTY_7],
  },
  dense: {
    depth: 128,
    nice: 273,
    firstArrivals: 2,
    arrivals: [3, 4, 6, 6],
    smallArrivals: [3, 4, 6, 6, 6],
    presets: [RESIDUE, ORDERS, RECORDS, MIXED, WORDS],
    longCopies: true,
    sampleBytes: DIVANS_UNIT_BYTES,
    tunesAgain: true,
    byteNs: 4000,
    literalRates: [STEADY_7, HASTY_7, CALM_7, STEADY_6],
    commandRates: [STEADY_7, HASTY_7, CALM_7],
  },
};

/** How matches are looked for where a filter is on trial. */
const TRIAL_DEPTH = 4;
const TRIAL_NICE = 48;
/** Copies that a parse may have where only long ones are wanted to begin with. */
const LONG_COPY_BYTES = 16;
/** Longer units would lose more time to the primer, some 3 ms, than it saves bytes. */
const PRIMED_BYTES_MAXIMUM = 256 * 1024;

// What decoding takes, in nanoseconds, on the machine of docs/performance.md; only ratios matter.
const LITERAL_NS = 80;
const COPY_NS = 220;

/** Rows for each input of literals: few where literals are many, so that rows stay in the second
 * cache level; log2, by the share of bytes that are literals. */
const MANY_LITERALS = 13;
const SOME_LITERALS = 14;
const FEW_LITERALS = 16;

/** Commands that were found, with what they cost by the parameters that they were found for. */
interface Candidate {
  readonly words: Uint32Array;
  readonly parameters: UnitParameters;
  readonly bytes: number;
  readonly score: number;
}

/** Codes a unit by the plan of an effort. */
export function* codeByPlan(coder: UnitCoder, effort: Effort): Steps<CodedUnit> {
  if (effort === "fast" || effort === "flat") return yield* codeAtOnce(coder);
  const plan = PLANS[effort];
  yield* coder.findMatches(plan.depth, plan.nice);
  coder.reach = plan.sampleBytes;
  let best: Candidate | undefined;
  for (const preset of plan.presets) {
    const parameters = parametersOf(preset, coder.plainBytes);
    best = better(best, yield* parseFirst(coder, plan, parameters, 0));
    if (plan.longCopies && preset === ORDERS) {
      best = better(best, yield* parseFirst(coder, plan, parameters, LONG_COPY_BYTES));
    }
  }
  const tuned = yield* tune(coder, plan, best!);
  const found = yield* parseAgain(coder, plan, { ...best!, parameters: tuned });
  const parameters = plan.tunesAgain ? yield* tune(coder, plan, found) : found.parameters;
  const rowBits = rowBitsFor(found.words, coder);
  coder.writeCommands(found.words);
  return yield* coder.encode(found.words.length / 2, { ...parameters, rowBits });
}

/** Codes by the commands of one pass. */
function* codeAtOnce(coder: UnitCoder): Steps<CodedUnit> {
  const parsed = coder.readCommands(yield* coder.parseLazily());
  return yield* codeFirst(coder, parsed, withEvenInsertsRaw(parsed, coder.plain()));
}

/** Codes by one parse with first prices: what filters are compared by where there is time for it. */
export function* codeOnTrial(coder: UnitCoder): Steps<CodedUnit> {
  yield* coder.findMatches(TRIAL_DEPTH, TRIAL_NICE);
  yield* coder.firstPrices();
  const parsed = coder.readCommands(yield* coder.parse(1, TRIAL_NICE, 0));
  return yield* codeFirst(coder, parsed, withRawInserts(parsed, coder.literalPrices()));
}

/** Codes by the first preset and rates, whatever the commands. */
function* codeFirst(coder: UnitCoder, parsed: Uint32Array, words: Uint32Array): Steps<CodedUnit> {
  if (words !== parsed) coder.writeCommands(words);
  const parameters = parametersOf(RESIDUE, coder.plainBytes);
  const rowBits = rowBitsFor(words, coder);
  return yield* coder.encode(words.length / 2, { ...parameters, rowBits });
}

function* parseFirst(
  coder: UnitCoder,
  plan: Plan,
  parameters: UnitParameters,
  shortest: number,
): Steps<Candidate> {
  yield* coder.firstPrices();
  yield* coder.priceLiterals(parameters);
  if (shortest > 0) coder.forbidShort(shortest);
  const commands = yield* coder.parse(plan.firstArrivals, plan.nice, coder.plainBytes);
  return yield* candidateOf(coder, plan, commands, parameters);
}

/**
 * Parses by the prices that the last parse has shown, as often as the plan says. Where that was a
 * sample, the first of these parses sees all of the unit, whose literals are priced anew.
 */
function* parseAgain(coder: UnitCoder, plan: Plan, first: Candidate): Steps<Candidate> {
  const { parameters } = first;
  coder.writeCommands(first.words);
  yield* coder.price(first.words.length / 2, parameters);
  let best: Candidate | undefined = first;
  if (coder.reach < coder.plainBytes) {
    coder.reach = coder.plainBytes;
    best = undefined;
  }
  const isSmall = coder.plainBytes <= SMALL_UNIT_BYTES;
  for (const arrivals of isSmall ? plan.smallArrivals : plan.arrivals) {
    coder.settle();
    if (best === undefined) yield* coder.priceLiterals(parameters);
    const commands = yield* coder.parse(arrivals, plan.nice, coder.plainBytes);
    best = better(best, yield* candidateOf(coder, plan, commands, parameters));
  }
  return best!;
}

/** Prices the commands that were just parsed. */
function* candidateOf(
  coder: UnitCoder,
  plan: Plan,
  commands: number,
  parameters: UnitParameters,
): Steps<Candidate> {
  const parsed = coder.readCommands(commands);
  const words = withRawInserts(parsed, coder.literalPrices());
  if (words !== parsed) coder.writeCommands(words);
  const bytes = yield* coder.price(words.length / 2, parameters);
  return { words, parameters, bytes, score: bytes + timeOf(words) / plan.byteNs };
}

/** Tries rates and the primer for commands that stand. @returns the best parameters for them */
function* tune(coder: UnitCoder, plan: Plan, found: Candidate): Steps<UnitParameters> {
  const reach = coder.reach;
  const sample = commandsWithin(found.words, plan.sampleBytes / 2);
  coder.writeCommands(found.words);
  coder.reach = sample.bytes;
  let { parameters } = found;
  let bytes = Number.POSITIVE_INFINITY;
  const tryOut = function* (other: UnitParameters): Steps<void> {
    const size = yield* coder.price(sample.commands, other);
    if (size >= bytes) return;
    bytes = size;
    parameters = other;
  };
  for (const literalRate of plan.literalRates) yield* tryOut({ ...parameters, literalRate });
  for (const commandRate of plan.commandRates.slice(1)) {
    yield* tryOut({ ...parameters, commandRate });
  }
  if (coder.plainBytes <= PRIMED_BYTES_MAXIMUM) {
    yield* tryOut({ ...parameters, isPrimed: !parameters.isPrimed });
  }
  coder.reach = reach;
  return parameters;
}

/** How many commands, from the first on, make up to so many bytes and one command more. */
function commandsWithin(words: Uint32Array, limit: number): { commands: number; bytes: number } {
  let bytes = 0;
  let i = 0;
  for (; i < words.length && bytes < limit; i += 2) bytes += words[i]! >>> 4;
  return { commands: i / 2, bytes };
}

function better(first: Candidate | undefined, second: Candidate): Candidate {
  return first !== undefined && first.score <= second.score ? first : second;
}

/** About how long commands take a decoder, in nanoseconds. */
function timeOf(words: Uint32Array): number {
  const literals = literalsOf(words);
  const copies = words.length / 2;
  return literals * LITERAL_NS + copies * COPY_NS;
}

/** Bytes that inserts make. */
function literalsOf(words: Uint32Array): number {
  let literals = 0;
  for (let i = 0; i < words.length; i += 2) {
    if ((words[i]! & 15) === INSERT) literals += words[i]! >>> 4;
  }
  return literals;
}

function rowBitsFor(words: Uint32Array, coder: UnitCoder): number {
  const share = literalsOf(words) / coder.plainBytes;
  if (coder.plainBytes < 64 * 1024 || share > 0.15) return MANY_LITERALS;
  return share > 0.05 ? SOME_LITERALS : FEW_LITERALS;
}

/** Parameters for commands that come from elsewhere, in the order in which they are tried. */
export function parametersToTry(): readonly UnitParameters[] {
  return [RESIDUE, ORDERS].map((preset) => parametersOf(preset, 0));
}

function parametersOf(preset: number, plainBytes: number): UnitParameters {
  return {
    inputs: LITERAL_PRESETS[preset]!,
    stride: 0,
    literalRate: preset === ORDERS || preset === WORDS ? HASTY_7 : STEADY_7,
    commandRate: STEADY_7,
    rowBits: MANY_LITERALS,
    isPrimed: plainBytes > 0 && plainBytes < 64 * 1024,
  };
}
