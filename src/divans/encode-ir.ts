/**
 * Encode IR: commands from anywhere to a DivANS file, and what their bits went to.
 *
 * The commands stay what they are, but for what has no code (unit-commands.ts); only how literals are seen
 * is chosen here. `decodeDivansIr` gives them back.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { DIVANS_CODED_BYTES } from "../core/limits.ts";
import { type Ir, runIr } from "../ir/index.ts";
import { checksumOf } from "./checksum.ts";
import { END_OF_FILE, START_OF_FILE } from "./file.ts";
import { loadDivans } from "./kernels.ts";
import type { UnitParameters } from "./parameters.ts";
import { parametersToTry } from "./plan.ts";
import { type Accounts, type CodedUnit, UnitCoder } from "./unit-coder.ts";
import { cutIr, type UnitCommands } from "./unit-commands.ts";
import { proveUnit } from "./unit-encode.ts";
import { writeCodedUnit } from "./unit-record.ts";
import { type Steps, Work, type WorkOptions } from "./work.ts";

export interface EncodeIrOptions extends Pick<WorkOptions, "signal" | "onProgress"> {
  /** False leaves hints out. */
  readonly hints?: boolean | undefined;
  /** How many bytes the IR may make; default 256 MiB. */
  readonly maximumBytes?: number | undefined;
}

/** What a cheapest set of parameters was found with. */
interface Priced {
  readonly parameters: UnitParameters;
  readonly bytes: number;
  readonly accounts: Accounts;
}

/**
 * Codes an IR as it is.
 *
 * @param ir - from `parseIr`, a generator or anywhere: it is checked
 * @param options - see EncodeIrOptions
 * @returns a DivANS file whose bytes are those that the IR makes, and whose commands are the IR's: inserts
 *   side by side become one, commands of no bytes go, and at each 4 MiB, where a new unit begins, copies from
 *   before it become inserts. A copy of one byte from a distance that is not recent becomes an insert; `rndins`
 *   is cut at 64 KiB, and an insert without hints. Of hints at one place the last of each kind stays; they take
 *   1 MiB a unit at most.
 * @throws PithError "IrInvalid", "IrTooLarge", "OutputLimit", "Aborted", "RoundTripFailure"
 */
export async function encodeIr(
  ir: Ir,
  options: EncodeIrOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onProgress, hints = true } = options;
  const work = new Work({ signal, onProgress });
  const plain = await bytesOf(ir, options);
  const kernels = await loadDivans();
  const instance = kernels.takeEncoder();
  const parts = [START_OF_FILE];
  let at = 0;
  for (const commands of cutIr(ir, hints)) {
    const unit = plain.subarray(at, at + commands.plainBytes);
    const coder = new UnitCoder(instance, unit);
    const coded = await work.run(codeCommands(coder, commands));
    if (coded.codedBytes > DIVANS_CODED_BYTES) {
      throw new PithError("IrTooLarge", { codedBytes: coded.codedBytes });
    }
    const header = {
      plainBytes: unit.length,
      filter: { kind: "none" },
      parameters: coded.parameters,
    } as const;
    const record = concatenate(writeCodedUnit(header, coded.blocks, checksumOf(unit)));
    await proveUnit(kernels, record, unit, work);
    parts.push(record);
    at += unit.length;
    work.add(unit.length, plain.length);
  }
  kernels.releaseEncoder(instance);
  return concatenate([...parts, END_OF_FILE]);
}

/** Bits that the commands of an IR take, by what they are spent on. */
export type IrBits = Accounts;

/**
 * What the bits of an IR are spent on, as `encodeIr` would code it.
 *
 * @returns bits, to 1/64
 * @throws as `encodeIr`
 */
export async function measureIr(ir: Ir, options: EncodeIrOptions = {}): Promise<IrBits> {
  const work = new Work({ signal: options.signal });
  const plain = await bytesOf(ir, options);
  const kernels = await loadDivans();
  const instance = kernels.takeEncoder();
  const bits = { runs: 0, literals: 0, types: 0, lengths: 0, distances: 0, words: 0, hints: 0 };
  let at = 0;
  for (const commands of cutIr(ir, options.hints ?? true)) {
    const coder = new UnitCoder(instance, plain.subarray(at, at + commands.plainBytes));
    const { accounts } = await work.run(cheapest(coder, commands));
    for (const name of Object.keys(bits) as (keyof Accounts)[]) bits[name] += 8 * accounts[name];
    at += commands.plainBytes;
  }
  kernels.releaseEncoder(instance);
  return bits;
}

async function bytesOf(ir: Ir, { maximumBytes }: EncodeIrOptions): Promise<Uint8Array> {
  return await runIr(ir, maximumBytes === undefined ? {} : { maximumBytes });
}

function* codeCommands(coder: UnitCoder, commands: UnitCommands): Steps<CodedUnit> {
  const { parameters } = yield* cheapest(coder, commands);
  return yield* coder.encode(commands.words.length / 2, parameters);
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
