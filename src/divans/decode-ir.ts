/**
 * Decode IR: the commands of a DivANS file, and those that the search finds for bytes.
 *
 *   file -> blocks -> commands, as the kernel notes them while it decodes -> IR
 *
 * What was searched is coded and decoded again, so both ways to an IR are one.
 */

import { checksumOf } from "../core/checksum.ts";
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import { DIVANS_OUTPUT_BYTES_MAXIMUM, DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { type Filter, loadFilters, undoFilter } from "../filters/index.ts";
import { type Ir, IrBuilder, runs } from "../ir/index.ts";
import { FileReader } from "./file.ts";
import { readHint } from "./hint-bytes.ts";
import { type DivansKernels, loadDivans } from "./kernels.ts";
import { codeByPlan } from "./plan.ts";
import { UnitCoder } from "./unit-coder.ts";
import { COPY, DICT, INSERT, RAW } from "./unit-commands.ts";
import { requireSum, UnitDecoder } from "./unit-decode.ts";
import { damaged, type UnitHeader } from "./unit-header.ts";
import { type Block, RecordReader } from "./unit-record.ts";
import { requireEffort, Work, type WorkOptions } from "./work.ts";

export interface DecodeIrOptions extends Pick<WorkOptions, "signal"> {
  /** How many bytes the file may make; default 1 GiB. */
  readonly maximumBytes?: number | undefined;
}

export interface GenerateIrOptions extends Pick<WorkOptions, "signal" | "onProgress"> {
  /** "lz" searches for repeats; "runs" inserts all. Default "lz". */
  readonly generator?: "lz" | "runs" | undefined;
  /** How hard "lz" searches; default "default". */
  readonly effort?: Effort | undefined;
}

/** What a DivANS file codes. */
export interface CodedIr {
  /** Makes the file's bytes as they are behind the filters. */
  readonly ir: Ir;
  /** For each unit of 4 MiB the filter that its bytes stand behind; `{ kind: "none" }` for none. */
  readonly filters: readonly Filter[];
}

/**
 * The commands of a DivANS file.
 *
 * @param file - a whole .dvn file; not changed
 * @returns `ir`, in which what is stored is `rndins`, and `filters`: where all are of the kind "none", the IR
 *   makes the file's bytes, else what these filters have made of them. IR cannot say so itself; `encodeIr` takes
 *   both and makes a file of the same bytes.
 * @throws PithError as `decodeDivans`; "IrTooLarge"
 */
export async function decodeDivansIr(
  file: Uint8Array,
  options: DecodeIrOptions = {},
): Promise<CodedIr> {
  const { maximumBytes = DIVANS_OUTPUT_BYTES_MAXIMUM } = options;
  const work = new Work(options);
  const reader = new RecordReader(file, work.signal);
  const units = new FileReader(reader, maximumBytes);
  await units.start();
  const kernels = await loadDivans();
  const builder = new IrBuilder();
  const filters: Filter[] = [];
  for (let unit = await units.header(); unit !== undefined; unit = await units.header()) {
    filters.push(unit.filter);
    if (unit.parameters === undefined) {
      const bytes = await reader.bytes(unit.plainBytes);
      requireSum(await reader.sum(), checksumOf(bytes));
      builder.insertRandom(bytes);
      continue;
    }
    const noting = beginNoting(kernels, unit);
    for (let block = await reader.block(); block !== undefined; block = await reader.block()) {
      await work.pass();
      noting.take(block);
    }
    const sum = await reader.sum();
    await noting.finish(builder, sum);
  }
  return { ir: builder.finish(), filters };
}

/**
 * IR for bytes, by one of our own generators.
 *
 * @param plain - any bytes; longer ones than 4 MiB are searched unit by unit
 * @param options - see GenerateIrOptions
 * @returns an IR that makes exactly `plain`
 * @throws PithError "InvalidArgument", "IrTooLarge", "Aborted"
 */
export async function generateIr(plain: Uint8Array, options: GenerateIrOptions = {}): Promise<Ir> {
  const { generator = "lz", effort = "default", signal, onProgress } = options;
  requireEffort(effort);
  if (generator === "runs") return await runs.generate(plain);
  if (generator !== "lz") {
    throw new PithError("InvalidArgument", { option: "generator", value: generator });
  }
  const work = new Work({ signal, onProgress });
  const kernels = await loadDivans();
  const builder = new IrBuilder();
  for (let at = 0; at < plain.length; at += DIVANS_UNIT_BYTES) {
    const unit = plain.subarray(at, at + DIVANS_UNIT_BYTES);
    await addUnit(builder, kernels, unit, effort, work);
    work.add(unit.length, plain.length);
  }
  return builder.finish();
}

async function addUnit(
  builder: IrBuilder,
  kernels: DivansKernels,
  unit: Uint8Array,
  effort: Effort,
  work: Work,
): Promise<void> {
  const encoder = kernels.takeEncoder();
  const { parameters, blocks } = await work.run(codeByPlan(new UnitCoder(encoder, unit), effort));
  kernels.releaseEncoder(encoder);
  const header = { plainBytes: unit.length, filter: { kind: "none" }, parameters } as const;
  const noting = beginNoting(kernels, header);
  for (const block of blocks) {
    await work.pass();
    noting.take(block);
  }
  await noting.finish(builder, checksumOf(unit));
}

interface Noting {
  take(block: Block): void;
  /** Adds the unit's commands, once its sum is right. */
  finish(builder: IrBuilder, sum: number): Promise<void>;
}

/** Decodes a unit with its commands, for which a decoder of the usual size has no room. */
function beginNoting(kernels: DivansKernels, header: UnitHeader): Noting {
  const instance = kernels.takeEncoder();
  const decoder = new UnitDecoder(instance);
  decoder.begin(header, true);
  return {
    take: (block) => decoder.take(block),
    async finish(builder, sum) {
      const unit = decoder.bytesFrom(0);
      const { filter } = header;
      // The sum is that of the bytes before the filter.
      const plain = filter.kind === "none" ? unit : undoFilter(await loadFilters(), filter, unit);
      requireSum(sum, checksumOf(plain));
      const start = builder.position;
      addCommands(builder, instance, unit);
      if (builder.position - start !== header.plainBytes) {
        throw new PithError("IrTooLarge", { why: "more commands in a unit than can be noted" });
      }
      kernels.releaseEncoder(instance);
    },
  };
}

/** Adds the commands that a kernel has noted; `unit` is what they make, a view of its memory. */
function addCommands(builder: IrBuilder, instance: KernelInstance, unit: Uint8Array): void {
  const count = instance.call("commandCount");
  const bytes = instance.bytes(instance.call("commandAddress"), 8 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hints = instance.call("hintAddress");
  let at = 0;
  for (let i = 0; i < count; i++) {
    const word = view.getUint32(8 * i, true);
    const operand = view.getUint32(8 * i + 4, true);
    const kind = word & 15;
    const length = word >>> 4;
    if (kind > DICT && kind !== RAW) {
      readHint(builder, kind, instance.bytes(hints + operand, length));
      continue;
    }
    if (at + length > unit.length) throw damaged("a run beyond the end of its unit");
    if (kind === INSERT) builder.insert(unit.subarray(at, at + length));
    else if (kind === RAW) builder.insertRandom(unit.subarray(at, at + length));
    else if (kind === COPY) builder.copy(length, operand);
    else builder.dict((operand >>> 16) & 255, operand & 0xffff, operand >>> 24);
    at += length;
  }
}
