/**
 * Encode IR: commands from anywhere to a DivANS file, and what their bits went to.
 *
 * The commands stay what they are, but for what has no code (unit-commands.ts) and for inserts that nothing
 * foretells (raw-inserts.ts); beside that, only how literals are seen is chosen here. `decodeDivansIr` gives
 * commands back.
 */
import { concatenate } from "../core/bytes.ts";
import { checksumOf } from "../core/checksum.ts";
import { PithError } from "../core/errors.ts";
import { DIVANS_CODED_BYTES, DIVANS_COMMANDS_MAXIMUM, DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { type Filter, loadFilters, undoFilter } from "../filters/index.ts";
import { type Ir, runIr } from "../ir/index.ts";
import { END_OF_FILE, START_OF_FILE } from "./file.ts";
import { loadDivans } from "./kernels.ts";
import type { UnitParameters } from "./parameters.ts";
import { parametersToTry } from "./plan.ts";
import { rawShortfall, withRawInserts } from "./raw-inserts.ts";
import { type Accounts, type CodedUnit, UnitCoder } from "./unit-coder.ts";
import { cutIr, type UnitCommands } from "./unit-commands.ts";
import { proveUnit } from "./unit-encode.ts";
import { writeCodedUnit } from "./unit-record.ts";
import { type Steps, Work, type WorkOptions } from "./work.ts";

export interface MeasureIrOptions extends Pick<WorkOptions, "signal"> {
  /** False leaves hints out. */
  readonly hints?: boolean | undefined;
  /** How many bytes the IR may make; default 256 MiB. */
  readonly maximumBytes?: number | undefined;
}

export interface EncodeIrOptions extends MeasureIrOptions, Pick<WorkOptions, "onProgress"> {
  /** Behind which filter the IR's bytes stand, one for each 4 MiB of them, as `decodeDivansIr` tells it: the
   * file's bytes are those before the filter. Default none. */
  readonly filters?: readonly Filter[] | undefined;
}

/** Raw inserts are looked for again where the last ones have changed prices, so often at most. */
const RAW_ROUNDS = 4;

/** What a cheapest set of parameters was found with. */
interface Priced {
  readonly parameters: UnitParameters;
  readonly bytes: number;
  readonly accounts: Accounts;
}

/** The same with the commands, which lie in the kernel. */
interface PricedCommands extends Priced {
  readonly words: Uint32Array;
}

/**
 * Codes an IR as it is.
 *
 * @param ir - from `parseIr`, a generator or anywhere: it is checked
 * @param options - see EncodeIrOptions
 * @returns a DivANS file whose bytes are those that the IR makes, with the filters taken back, and whose
 *   commands are the IR's: inserts side by side become one, commands of no bytes go, and at each 4 MiB, where a
 *   new unit begins, copies from before it become inserts. A copy of one byte from a distance that is not
 *   recent becomes an insert; `rndins` is cut at 64 KiB, and an insert without hints. Of an insert, 256 bytes
 *   and more that would cost more than they are become `rndins`. Of hints at one place the last of each kind
 *   stays; they take 1 MiB a unit at most.
 * @throws PithError "IrInvalid", "IrTooLarge", "OutputLimit", "Aborted", "RoundTripFailure"; "InvalidArgument"
 *   for filters that are not one for each 4 MiB, or that cannot be
 */
export async function encodeIr(
  ir: Ir,
  options: EncodeIrOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onProgress, hints = true, filters } = options;
  const work = new Work({ signal, onProgress });
  const made = await bytesOf(ir, options);
  requireFilters(filters, Math.ceil(made.length / DIVANS_UNIT_BYTES));
  const kernels = await loadDivans();
  const instance = kernels.takeEncoder();
  const parts = [START_OF_FILE];
  let at = 0;
  for (const commands of cutIr(ir, hints)) {
    const unit = made.subarray(at, at + commands.plainBytes);
    const filter = filters?.[at / DIVANS_UNIT_BYTES] ?? NO_FILTER;
    const plain = filter.kind === "none" ? unit : undoFilter(await loadFilters(), filter, unit);
    const coded = await work.run(codeCommands(new UnitCoder(instance, unit), commands));
    if (coded.codedBytes > DIVANS_CODED_BYTES) {
      throw new PithError("IrTooLarge", { codedBytes: coded.codedBytes });
    }
    const { parameters, blocks } = coded;
    const header = { plainBytes: unit.length, filter, parameters };
    const record = concatenate(writeCodedUnit(header, blocks, checksumOf(plain)));
    await proveUnit(kernels, record, plain, work);
    parts.push(record);
    at += unit.length;
    work.add(unit.length, made.length);
  }
  kernels.releaseEncoder(instance);
  return concatenate([...parts, END_OF_FILE]);
}

const NO_FILTER: Filter = { kind: "none" };

/** @throws PithError "InvalidArgument" */
function requireFilters(filters: readonly Filter[] | undefined, units: number): void {
  if (filters === undefined || filters.length === units) return;
  throw new PithError("InvalidArgument", { option: "filters", value: filters.length, units });
}

/** Bits that the commands of an IR take, by what they are spent on. */
export type IrBits = Accounts;

/**
 * What the bits of an IR are spent on, as `encodeIr` would code it.
 *
 * @returns bits, to 1/64
 * @throws as `encodeIr`
 */
export async function measureIr(ir: Ir, options: MeasureIrOptions = {}): Promise<IrBits> {
  const work = new Work({ signal: options.signal });
  const plain = await bytesOf(ir, options);
  const kernels = await loadDivans();
  const instance = kernels.takeEncoder();
  const bits = { runs: 0, literals: 0, types: 0, lengths: 0, distances: 0, words: 0, hints: 0 };
  let at = 0;
  for (const commands of cutIr(ir, options.hints ?? true)) {
    const coder = new UnitCoder(instance, plain.subarray(at, at + commands.plainBytes));
    const { accounts } = await work.run(cheapestForm(coder, commands));
    for (const name of Object.keys(bits) as (keyof Accounts)[]) bits[name] += 8 * accounts[name];
    at += commands.plainBytes;
  }
  kernels.releaseEncoder(instance);
  return bits;
}

async function bytesOf(ir: Ir, { maximumBytes }: MeasureIrOptions): Promise<Uint8Array> {
  return await runIr(ir, maximumBytes === undefined ? {} : { maximumBytes });
}

function* codeCommands(coder: UnitCoder, commands: UnitCommands): Steps<CodedUnit> {
  const { parameters, words } = yield* cheapestForm(coder, commands);
  return yield* coder.encode(words.length / 2, parameters);
}

/** Tries parameters, then raw inserts as long as they make it smaller; leaves the commands in the kernel. */
function* cheapestForm(coder: UnitCoder, commands: UnitCommands): Steps<PricedCommands> {
  let best = withoutShortfall(coder, yield* cheapest(coder, commands), commands.words);
  for (let round = 0; round < RAW_ROUNDS; round++) {
    const words = withRawInserts(best.words, coder.literalPrices());
    if (words === best.words || words.length > 2 * DIVANS_COMMANDS_MAXIMUM) break;
    const priced = yield* cheapest(coder, { ...commands, words });
    const found = withoutShortfall(coder, priced, words);
    if (found.bytes >= best.bytes) {
      coder.writeCommands(best.words);
      break;
    }
    best = found;
  }
  return best;
}

/** What commands that were just priced cost, with their raw inserts in full. */
function withoutShortfall(coder: UnitCoder, priced: Priced, words: Uint32Array): PricedCommands {
  const short = rawShortfall(words, coder.literalPrices());
  const literals = priced.accounts.literals + short;
  const accounts = { ...priced.accounts, literals };
  return { ...priced, accounts, bytes: priced.bytes + short, words };
}

/** Tries parameters and leaves the commands, with the counts of the cheapest, in the kernel. */
export function* cheapest(coder: UnitCoder, commands: UnitCommands): Steps<Priced> {
  coder.writeCommands(commands.words);
  coder.writeHints(commands.hintBytes);
  const count = commands.words.length / 2;
  let best: Priced | undefined;
  let last: UnitParameters | undefined;
  for (const parameters of parametersToTry()) {
    const bytes = yield* coder.price(count, parameters);
    last = parameters;
    if (best === undefined || bytes < best.bytes) {
      best = { parameters, bytes, accounts: coder.accounts() };
    }
  }
  if (best!.parameters !== last) yield* coder.price(count, best!.parameters);
  return best!;
}
