/**
 * Unit encode: one unit's bytes to its record, proved.
 *
 *   plain -> filter? -> plan -> blocks -> record -> decoded by another instance -> the same bytes?
 *
 * A unit that does not shrink is stored; one that looks random is not even tried.
 */
import { concatenate, equalBytes } from "../core/bytes.ts";
import { checksumOf } from "../core/checksum.ts";
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { applyFilter, chooseFilter, type Filter, loadFilters } from "../filters/index.ts";
import { type DivansKernels, loadDivans } from "./kernels.ts";
import { codeByPlan, codeOnTrial } from "./plan.ts";
import { looksRandom } from "./sample.ts";
import { type CodedUnit, UnitCoder } from "./unit-coder.ts";
import { decodeUnitWith } from "./unit-decode.ts";
import { writeCodedUnit, writeStoredUnit } from "./unit-record.ts";
import { type Steps, Work } from "./work.ts";

export interface UnitChoices {
  readonly effort: Effort;
  /** Whether a filter may be tried; where somebody else has filtered, it may not. */
  readonly filters: boolean;
}

const NO_FILTER: Filter = { kind: "none" };

/**
 * Codes one unit, losslessly: `decodeUnit` returns exactly these bytes.
 *
 * @param plain - 1 byte to 4 MiB; not changed, but read until the promise settles
 * @param effort - what may be spent: seconds a MB at "dense"
 * @param signal - ends the work with "Aborted"
 * @returns the unit's record alone, without a file around it: at most 9 bytes longer than `plain`. Same
 *   bytes on every machine.
 * @throws PithError "ChunkTooLarge", "InvalidArgument", "Aborted"; "RoundTripFailure" when the proof fails
 *
 * Memory: some 140 MB for the encoder, of which one a thread is kept, and 18 MiB for the proof.
 * Format: docs/formats/divans.md.
 */
export async function encodeUnit(
  plain: Uint8Array,
  effort: Effort,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const work = new Work({ signal });
  return await encodeUnitWith(await loadDivans(), plain, { effort, filters: false }, work);
}

/**
 * About how long a unit of these bytes would be, in bytes: quick, and good to compare one form of the
 * same bytes with another.
 *
 * @param effort - that of the unit: up to "fast" it is what would be coded, from then on a little nearer to
 *   what a search would find
 */
export async function measureUnit(plain: Uint8Array, effort: Effort): Promise<number> {
  const kernels = await loadDivans();
  const instance = kernels.takeEncoder();
  const size = await new Work().run(sizeOf(instance, plain, effort));
  kernels.releaseEncoder(instance);
  return size;
}

/** `encodeUnit` with kernels, and as part of some work. */
export async function encodeUnitWith(
  kernels: DivansKernels,
  plain: Uint8Array,
  choices: UnitChoices,
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  requireUnit(plain);
  const sum = checksumOf(plain);
  const stored = writeStoredUnit(plain, sum);
  if (looksRandom(plain)) return concatenate(stored);

  const instance = kernels.takeEncoder();
  const filter = choices.filters ? await filterFor(instance, plain, choices, work) : NO_FILTER;
  const unit = filter.kind === "none" ? plain : applyFilter(await loadFilters(), filter, plain);
  const { parameters, blocks } = await work.run(codeUnit(instance, unit, choices.effort));
  kernels.releaseEncoder(instance);

  const parts = writeCodedUnit({ plainBytes: plain.length, filter, parameters }, blocks, sum);
  if (sizeOfAll(parts) >= sizeOfAll(stored)) return concatenate(stored);
  const record = concatenate(parts);
  await proveUnit(kernels, record, plain, work);
  return record;
}

/** Decodes what was coded, on an instance that has not coded. @throws PithError "RoundTripFailure" */
export async function proveUnit(
  kernels: DivansKernels,
  record: Uint8Array,
  plain: Uint8Array,
  work: Work,
): Promise<void> {
  let back: Uint8Array;
  try {
    back = await decodeUnitWith(kernels, record, plain.length, work);
  } catch (error) {
    if (error instanceof PithError && error.code === "Aborted") throw error;
    throw new PithError("RoundTripFailure", { codec: "divans", bytes: plain.length }, error);
  }
  if (!equalBytes(back, plain)) {
    throw new PithError("RoundTripFailure", { codec: "divans", bytes: plain.length });
  }
}

/** @throws PithError "ChunkTooLarge", "InvalidArgument" */
export function requireUnit(plain: Uint8Array): void {
  if (plain.length === 0) throw new PithError("InvalidArgument", { what: "a unit has bytes" });
  if (plain.length > DIVANS_UNIT_BYTES) {
    throw new PithError("ChunkTooLarge", { bytes: plain.length, limitBytes: DIVANS_UNIT_BYTES });
  }
}

async function filterFor(
  instance: KernelInstance,
  plain: Uint8Array,
  { effort }: UnitChoices,
  work: Work,
): Promise<Filter> {
  const measure = (bytes: Uint8Array): Promise<number> => work.run(sizeOf(instance, bytes, effort));
  return (await chooseFilter(await loadFilters(), plain, { measure, effort })).filter;
}

function* sizeOf(instance: KernelInstance, plain: Uint8Array, effort: Effort): Steps<number> {
  if (plain.length === 0) return 0;
  const coder = new UnitCoder(instance, plain);
  const isQuick = effort === "fast" || effort === "flat";
  return (yield* isQuick ? codeByPlan(coder, effort) : codeOnTrial(coder)).codedBytes;
}

function* codeUnit(instance: KernelInstance, plain: Uint8Array, effort: Effort): Steps<CodedUnit> {
  return yield* codeByPlan(new UnitCoder(instance, plain), effort);
}

function sizeOfAll(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
