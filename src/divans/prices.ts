/**
 * Prices: what commands cost, as the kernel has measured it on bytes and commands of theirs, for optimizers
 * and mash-ups.
 *
 *   insert    each byte where it stands, and its run more than no run
 *   copy      no run, its type, its length, its distance
 *   dict      no run, its type, its length and number, its transform
 *
 * The kernel's tables (kernels/lz/prices.ts) tell prices apart by what came before; an IrPrices does not know
 * that, so here each is a mean over where it was paid. Weighted by how often each state came, whether the
 * thing followed or not, what is likely in one state alone would cost as if it were rare in all.
 */
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import type { Ir, Optimizer } from "../ir/index.ts";
import { cheapest } from "./encode-ir.ts";
import { loadDivans } from "./kernels.ts";
import { UnitCoder } from "./unit-coder.ts";
import { cutIr } from "./unit-commands.ts";
import { Work } from "./work.ts";

type IrPrices = Parameters<Optimizer["optimize"]>[2];

// Tables as kernels/lz/prices.ts lays them out: u16, 1/64 bit.
const BIT = 64;
const TYPES = 8;
const MATCH = 0;
const REP_FIRST = 1;
const WORD = 5;
const RUNS = 64;
const RUN_CLASSES = 4;
const LENGTHS = 1024;
const LENGTH_KINDS = 3;
const LENGTH_CLASSES = 4;
const SLOTS = 48;
const LOW_SLOTS = 32;
const LOWS = 16;
const WORD_LENGTHS = 32;
const TRANSFORMS = 128;

const TYPE_TABLE = TYPES * RUNS;
const LENGTH_TABLE = TYPE_TABLE + TYPES * RUN_CLASSES * TYPES;
const SLOT_TABLE = LENGTH_TABLE + LENGTH_KINDS * LENGTHS;
const LOW_TABLE = SLOT_TABLE + LENGTH_CLASSES * SLOTS;
const WORD_TABLE = LOW_TABLE + LOW_SLOTS * LOWS;
const TRANSFORM_TABLE = WORD_TABLE + WORD_LENGTHS;
const TABLES_END = TRANSFORM_TABLE + TRANSFORMS;

// Counts as kernels/divans/counts.ts lays them out behind its accounts: u32.
const ACCOUNT_BYTES = 64;
const RUN_COUNTS = 16;

/** Means of the kernel's tables, in bits. */
interface Tables {
  readonly run: Float64Array;
  readonly type: Float64Array;
  /** The others, as they lie in the kernel. */
  readonly all: Float64Array;
}

/**
 * Prices for other ways to say the same bytes, by what one way costs.
 *
 * @param plain - the bytes that `ir` makes; not kept, 8 bytes are taken for each
 * @param ir - commands that the prices are taken from: the nearer to what is to be priced, the better
 * @throws PithError "InvalidArgument" when `ir` makes another number of bytes; "KernelFault" when it
 *   cannot be run
 */
export async function unitPrices(plain: Uint8Array, ir: Ir): Promise<IrPrices> {
  const kernels = await loadDivans();
  const work = new Work();
  const instance = kernels.takeEncoder();
  const before = new Float64Array(plain.length + 1);
  const sums = { run: new Float64Array(RUNS), type: new Float64Array(TYPES), all: newTables() };
  let units = 0;
  let at = 0;
  for (const commands of cutIr(ir, false)) {
    const unit = plain.subarray(at, at + commands.plainBytes);
    if (unit.length < commands.plainBytes) throw otherBytes();
    const coder = new UnitCoder(instance, unit);
    await work.run(cheapest(coder, commands));
    coder.settle();
    addLiterals(instance, before, at, unit.length);
    addTables(instance, sums);
    at += unit.length;
    units++;
  }
  kernels.releaseEncoder(instance);
  if (at !== plain.length) throw otherBytes();
  const mean = (sum: Float64Array): Float64Array => sum.map((value) => value / Math.max(units, 1));
  return pricesOf(before, { run: mean(sums.run), type: mean(sums.type), all: mean(sums.all) });
}

function newTables(): Float64Array {
  return new Float64Array(TABLES_END);
}

function otherBytes(): PithError {
  return new PithError("InvalidArgument", { what: "the IR makes another number of bytes" });
}

/** Goes on with the sums of prices of all bytes before each. */
function addLiterals(
  instance: KernelInstance,
  before: Float64Array,
  at: number,
  count: number,
): void {
  const prices = numbersAt(instance, "literalPriceAddress", 2 * count);
  for (let i = 0; i < count; i++) {
    before[at + i + 1] = before[at + i]! + prices.getUint16(2 * i, true) / BIT;
  }
}

function addTables(instance: KernelInstance, sums: Tables): void {
  const prices = numbersAt(instance, "priceAddress", 2 * TABLES_END);
  const counts = numbersAt(
    instance,
    "accountAddress",
    ACCOUNT_BYTES + 4 * TYPES * (RUN_COUNTS + RUN_CLASSES * TYPES),
  );
  const price = (i: number): number => prices.getUint16(2 * i, true) / BIT;
  const count = (i: number): number => counts.getUint32(ACCOUNT_BYTES + 4 * i, true);
  for (let i = 0; i < TABLES_END; i++) sums.all[i]! += price(i);

  const runs: Row = {
    count: (row, run) => count(row * RUN_COUNTS + classOfRun(run)),
    price: (row, run) => price(row * RUNS + run),
  };
  const types: Row = {
    count: (row, type) => count(TYPES * RUN_COUNTS + row * TYPES + type),
    price: (row, type) => price(TYPE_TABLE + row * TYPES + type),
  };
  addMeans(sums.run, TYPES, runs);
  addMeans(sums.type, TYPES * RUN_CLASSES, types);
}

/** Runs as counts.ts counts them. */
function classOfRun(run: number): number {
  if (run < 13) return run;
  return run < 29 ? 13 : run < 285 ? 14 : 15;
}

/** How often something came in a state, and what it costs there. */
interface Row {
  count(row: number, column: number): number;
  price(row: number, column: number): number;
}

/** Adds the mean price of each column over the rows in which it came; the least where it never did. */
function addMeans(target: Float64Array, rows: number, { count, price }: Row): void {
  for (let column = 0; column < target.length; column++) {
    let times = 0;
    let paid = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows; row++) {
      times += count(row, column);
      paid += count(row, column) * price(row, column);
      least = Math.min(least, price(row, column));
    }
    target[column]! += times === 0 ? least : paid / times;
  }
}

function numbersAt(instance: KernelInstance, call: string, size: number): DataView {
  const bytes = instance.bytes(instance.call(call), size);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function pricesOf(before: Float64Array, { run, type, all }: Tables): IrPrices {
  const runPrice = (length: number): number => {
    const doublings = length < RUNS ? 0 : bitLength(length) - bitLength(RUNS) + 1;
    return run[Math.min(length, RUNS - 1)]! + 2 * doublings;
  };
  const lengthPrice = (kind: number, length: number): number => {
    const doublings = length < LENGTHS ? 0 : bitLength(length) - bitLength(LENGTHS) + 1;
    return all[LENGTH_TABLE + kind * LENGTHS + Math.min(length, LENGTHS - 1)]! + 2 * doublings;
  };
  const literal = before[before.length - 1]! / Math.max(before.length - 1, 1);
  return {
    insert(position, length) {
      if (length === 0) return 0;
      const bytes = before[position + length]! - before[position]!;
      return Math.max(0, bytes + runPrice(length) - runPrice(0));
    },
    copy(length, distance, recent) {
      if (length === 0) return 0;
      if (recent >= 0) {
        const named = REP_FIRST + recent;
        return runPrice(0) + type[named]! + lengthPrice(Math.min(named, LENGTH_KINDS - 1), length);
      }
      // It has no code and becomes a literal.
      if (length === 1) return literal + Math.max(0, runPrice(1) - runPrice(0));
      return (
        runPrice(0) + type[MATCH]! + lengthPrice(0, length) + distancePrice(all, length, distance)
      );
    },
    dict(wordLength, transform) {
      const word = all[WORD_TABLE + wordLength]! + all[TRANSFORM_TABLE + transform]!;
      return runPrice(0) + type[WORD]! + word;
    },
  };
}

function distancePrice(all: Float64Array, length: number, distance: number): number {
  const lengthClass = Math.min(length - 2, LENGTH_CLASSES - 1);
  const top = bitLength(distance) - 1;
  const slot = distance === 1 ? 0 : 2 * top + ((distance >>> (top - 1)) & 1);
  const price = all[SLOT_TABLE + lengthClass * SLOTS + Math.min(slot, SLOTS - 1)]!;
  if (slot < 8) return price;
  return price + all[LOW_TABLE + Math.min(slot, LOW_SLOTS - 1) * LOWS + (distance & 15)]!;
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
