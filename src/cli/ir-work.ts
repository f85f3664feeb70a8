/**
 * The work of `pith ir`: each command reads files, changes what they hold, and writes it.
 *
 * Text is read and written in ir-files.ts; what an IR means and how it is changed is the IR's own
 * floor, its bits are DivANS's.
 */
import { PithError } from "../core/errors.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { decodeDivansIr, encodeIr, generateIr, measureIr, unitPrices } from "../divans/index.ts";
import { type Ir, IrCursor, mashIr, optimizeIr, readIr, runIr } from "../ir/index.ts";
import { fileFault } from "./file-fault.ts";
import { type FilteredUnits, filteredUnits, filtersOfUnits } from "./filter-option.ts";
import { LOOK_BYTES, recogniseFormat } from "./floors.ts";
import { refuseInput } from "./identity.ts";
import type {
  CodeOptions,
  EncodeOptions,
  IrOutputOptions,
  OptimizeOptions,
  PrintOptions,
  ReadOptions,
} from "./ir.ts";
import { tellBits } from "./ir-bits.ts";
import { goesToStdout, readIrText, readWhole, writeBytes, writeIr } from "./ir-files.ts";
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";
import { countOf, formatBytes } from "./table.ts";

/** Whether the output would not take the place of an input; else it is told. */
export async function mayWrite(
  files: readonly string[],
  options: IrOutputOptions,
  run: Run,
): Promise<boolean> {
  const { output, force } = options;
  // Without -f nothing is replaced at all.
  if (output === undefined || goesToStdout(options) || force !== true) return true;
  return await telling(files.join(", "), run, () => refuseInput(output, files));
}

/** `pith ir print` */
export async function printFile(file: string, options: PrintOptions, run: Run): Promise<void> {
  await telling(file, run, async () => {
    const plain = await readWhole(file, run);
    const { generator, effort } = options;
    const ir = await generateIr(plain, { generator, effort });
    await writeIr(ir, options, run);
    await tellIr(ir, options, run);
  });
}

/** `pith ir from` */
export async function readStream(file: string, options: ReadOptions, run: Run): Promise<void> {
  await telling(file, run, async () => {
    const coded = await readWhole(file, run);
    const { ir, filtered } = await irOf(coded, options);
    await writeIr(ir, options, run);
    await tellIr(ir, options, run, { filters: filtered.map(({ option }) => option) });
    for (const { says, units, isSingle, option } of filtered) {
      const what = isSingle ? `unit ${units} stands` : `units ${units} stand`;
      const name = file === "-" ? "(stdin)" : printable(file);
      run.note(
        `${name}: ${what} behind ${says}: the IR makes filtered bytes there, ` +
          `which ir encode --filter ${option} takes back`,
      );
    }
  });
}

/** The IR in a compressed file, and what units of its bytes stand behind a filter. */
async function irOf(
  coded: Uint8Array,
  { format }: ReadOptions,
): Promise<{ ir: Ir; filtered: readonly FilteredUnits[] }> {
  const isDivans = recogniseFormat(coded.subarray(0, LOOK_BYTES)) === "dvn";
  if (!isDivans || format !== undefined) {
    return { ir: (await readIr(coded, { format })).ir, filtered: [] };
  }
  const { ir, filters } = await decodeDivansIr(coded);
  return { ir, filtered: filteredUnits(filters) };
}

/** `pith ir run` */
export async function runFile(file: string, options: IrOutputOptions, run: Run): Promise<void> {
  await telling(file, run, async () => {
    const plain = await runIr(await readIrText(file, run));
    await writeBytes(plain, options, run);
    await tellBytes(plain, options, run);
  });
}

/** `pith ir encode` */
export async function encodeFile(file: string, options: EncodeOptions, run: Run): Promise<void> {
  await telling(file, run, async () => {
    refuseTerminal(options, run);
    const { hints, filter } = options;
    const ir = await readIrText(file, run);
    const units = Math.ceil(bytesMadeBy(ir) / DIVANS_UNIT_BYTES);
    const coded = await encodeIr(ir, { hints, filters: filtersOfUnits(filter, units) });
    await writeBytes(coded, options, run);
    await tellBytes(coded, options, run);
  });
}

function bytesMadeBy(ir: Ir): number {
  const cursor = new IrCursor(ir);
  let bytes = 0;
  while (cursor.next()) bytes += cursor.length;
  return bytes;
}

/** @throws PithError "BadUsage" */
function refuseTerminal(options: IrOutputOptions, run: Run): void {
  if (!goesToStdout(options) || options.force === true) return;
  if (run.surroundings.stdout.isTTY !== true) return;
  throw new PithError("BadUsage", { why: "compressed data are not for a terminal; give -o or -f" });
}

/** `pith ir stats` */
export async function tellStats(file: string, { hints }: CodeOptions, run: Run): Promise<void> {
  await telling(file, run, async () => {
    const ir = await readIrText(file, run);
    const bits = await measureIr(ir, { hints });
    await tellBits(file, ir, bits, run);
  });
}

/** `pith ir optimize` */
export async function optimizeFile(
  file: string,
  options: OptimizeOptions,
  run: Run,
): Promise<void> {
  await telling(file, run, async () => {
    const ir = await readIrText(file, run);
    const plain = await runIr(ir);
    const changed = await optimizeIr(ir, plain, options.with, await unitPrices(plain, ir));
    await writeIr(changed, options, run);
    await tellIr(changed, options, run);
  });
}

/** `pith ir mash` */
export async function mashFiles(
  files: readonly string[],
  options: IrOutputOptions,
  run: Run,
): Promise<void> {
  const parents: Ir[] = [];
  for (const file of files) {
    const isRead = await telling(file, run, async () => {
      parents.push(await readIrText(file, run));
    });
    if (!isRead) return;
  }
  await telling(files.join(", "), run, async () => {
    const [first, second] = parents as [Ir, Ir];
    const plain = await runIr(first);
    const prices = await unitPrices(plain, await cheaper(first, second));
    const mashed = await mashIr(first, second, plain, prices);
    await writeIr(mashed, options, run);
    await tellIr(mashed, options, run);
  });
}

/** The one of two whose bits are fewer: the better measure of what commands cost. */
async function cheaper(first: Ir, second: Ir): Promise<Ir> {
  const bits = async (ir: Ir): Promise<number> =>
    Object.values(await measureIr(ir, { hints: false })).reduce((sum, each) => sum + each, 0);
  return (await bits(second)) < (await bits(first)) ? second : first;
}

/** Does it; a fault is told with the file that it is of. @returns whether it went well */
async function telling(file: string, run: Run, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    run.fail(file === "-" ? "(stdin)" : file, fileFault(error));
    return false;
  }
}

/** Tells what was written, unless it went to stdout. */
async function tellIr(
  { words }: Ir,
  options: IrOutputOptions,
  run: Run,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (goesToStdout(options)) return;
  const commands = words.length / 2;
  await run.tell({ output: options.output, commands, ...more });
  await run.say(`${printable(options.output ?? "")}: ${countOf(commands, "command")}`);
}

async function tellBytes(
  { length: bytes }: Uint8Array,
  options: IrOutputOptions,
  run: Run,
): Promise<void> {
  if (goesToStdout(options)) return;
  await run.tell({ output: options.output, bytes });
  await run.say(`${printable(options.output ?? "")}: ${formatBytes(bytes)}`);
}
