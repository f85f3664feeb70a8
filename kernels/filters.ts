/**
 * The filters kernel: changes of a unit's bytes that can be taken back and keep its length. This file
 * is all that the host sees.
 *
 *   begin()                           once after instantiation
 *   reserve(size, regions)            memory for a unit of `size` bytes, once or twice
 *   apply(number, first, other, size) changes the bytes at unitAddress(); returns where they then lie
 *   undo(number, first, other, size)  takes that back
 *   countOperandsX86, countReturnsArm64, clearStrides, countStrides    what choosing goes by
 *   wipe()                            between the jobs of different owners
 *
 * Numbers and parameters are those of docs/formats/filters.md. A transposition needs two regions and
 * leaves its result in the second, all others work in place. Time is linear in `size` for
 * every input. Results below zero are negative faults (fault.ts).
 */
import { FAULT_CALL, FAULT_INPUT_SIZE, FAULT_MEMORY } from "./fault.ts";
import { Applying, changeArm64, countReturns, Undoing } from "./filters/branch-arm64.ts";
import {
  applyBig,
  applyLittle,
  countOperands,
  undoBig,
  undoLittle,
  WithoutRip,
  WithRip,
} from "./filters/branch-x86.ts";
import { applyBytes, applyWords, Big, Little, undoBytes, undoWords } from "./filters/delta.ts";
import { applyPrediction, undoPrediction } from "./filters/predict.ts";
import * as strides from "./filters/strides.ts";
import { transpose, untranspose } from "./filters/transpose.ts";
import {
  FILTER_UNIT,
  PAGE_BYTES,
  STRIDE_COUNTS,
  STRIDE_MARK_BYTES,
  STRIDE_SLOTS,
  UNIT_BYTES,
} from "./memory.ts";

/** What fields of a filter hold at most: two bytes, less one. */
const PARAMETER_MAXIMUM: u32 = 65536;

/** Vector loads reach this far past the unit. */
const SPARE: usize = 64;

/** `begin` has been called. */
let begun: bool = false;

/** Address after the last byte that a job may have left something in. */
let reached: usize = FILTER_UNIT;

/** @returns 0 */
export function begin(): i32 {
  begun = true;
  return 0;
}

/** Grows memory for a unit of `size` bytes and, with two regions, its transposition.
 * @returns 0, or a negative fault */
export function reserve(size: usize, regions: u32): i32 {
  if (!begun || regions < 1 || regions > 2) return -FAULT_CALL;
  if (size > UNIT_BYTES) return -FAULT_INPUT_SIZE;
  const end = regions == 1 ? secondRegion(size) : secondRegion(size) + size + SPARE;
  const pages = <i32>((end + PAGE_BYTES - 1) / PAGE_BYTES);
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return -FAULT_MEMORY;
  reached = max(reached, end);
  return 0;
}

/** Address of the unit. */
export function unitAddress(): usize {
  return FILTER_UNIT;
}

/** Where the transposition of a unit of `size` bytes lies. */
function secondRegion(size: usize): usize {
  return (FILTER_UNIT + size + SPARE + 15) & ~15;
}

/** Whether a call makes sense, and its memory is there. */
function check(number: u32, first: u32, other: u32, size: usize): i32 {
  if (!begun || first < 1 || first > PARAMETER_MAXIMUM || other > 255) return -FAULT_CALL;
  if (number < 1 || number > 14) return -FAULT_CALL;
  if (size > UNIT_BYTES) return -FAULT_INPUT_SIZE;
  const end = number == 11 ? secondRegion(size) + size + SPARE : secondRegion(size);
  return end > reached ? -FAULT_CALL : 0;
}

/**
 * Applies a filter to the `size` bytes at unitAddress().
 *
 * @param first - distance, stride or width, 1 where the filter has none
 * @param other - phase in bytes, or (channels - 1) * 16 + tail; 0 where the filter has none
 * @returns the address of the result
 */
export function apply(number: u32, first: u32, other: u32, size: usize): i32 {
  return change<Applying>(number, first, other, size);
}

/** Takes a filter back; as `apply`. */
export function undo(number: u32, first: u32, other: u32, size: usize): i32 {
  return change<Undoing>(number, first, other, size);
}

/** Either direction: what a number and its parameters mean stands once. */
// @ts-ignore: decorator
@inline
function change<D>(number: u32, first: u32, other: u32, size: usize): i32 {
  const fault = check(number, first, other, size);
  if (fault != 0) return fault;
  const from = FILTER_UNIT;
  const end = from + size;
  const phased = min(from + <usize>other, end);
  const cut = max(from, end - <usize>(other & 15));
  const channels = <usize>(other >> 4) + 1;
  const width = <usize>first;
  if (number == 1) changeLittle<D, WithoutRip>(from, end);
  else if (number == 2) changeLittle<D, WithRip>(from, end);
  else if (number == 3) changeBig<D, WithoutRip>(from, end);
  else if (number == 4) changeBig<D, WithRip>(from, end);
  else if (number == 5) changeArm64<D>(from, end);
  else if (number == 6) changeBytes<D>(from, end, width);
  else if (number == 7) changeWords<D, u16, Little>(phased, end, width);
  else if (number == 8) changeWords<D, u16, Big>(phased, end, width);
  else if (number == 9) changeWords<D, u32, Little>(phased, end, width);
  else if (number == 10) changeWords<D, u32, Big>(phased, end, width);
  else if (number == 11) turn<D>(from, end, width, secondRegion(size));
  else if (number == 12) changePlane<D, u8, Little>(from, cut, width, channels);
  else if (number == 13) changePlane<D, u16, Little>(from, cut, 2 * width, 2 * channels);
  else changePlane<D, u16, Big>(from, cut, 2 * width, 2 * channels);
  return <i32>(number == 11 ? secondRegion(size) : from);
}

/** Whether the direction is that of applying; known at compile time. */
// @ts-ignore: decorator
@inline
function applies<D>(): bool {
  return idof<D>() == idof<Applying>();
}

// @ts-ignore: decorator
@inline
function changeLittle<D, TRip>(from: usize, end: usize): void {
  if (applies<D>()) applyLittle<TRip>(from, end);
  else undoLittle<TRip>(from, end);
}

// @ts-ignore: decorator
@inline
function changeBig<D, TRip>(from: usize, end: usize): void {
  if (applies<D>()) applyBig<TRip>(from, end);
  else undoBig<TRip>(from, end);
}

// @ts-ignore: decorator
@inline
function changeBytes<D>(from: usize, end: usize, distance: usize): void {
  if (applies<D>()) applyBytes(from, end, distance);
  else undoBytes(from, end, distance);
}

// @ts-ignore: decorator
@inline
function changeWords<D, TWord extends number, TOrder>(
  from: usize,
  end: usize,
  stride: usize,
): void {
  if (applies<D>()) applyWords<TWord, TOrder>(from, end, stride);
  else undoWords<TWord, TOrder>(from, end, stride);
}

// @ts-ignore: decorator
@inline
function turn<D>(from: usize, end: usize, stride: usize, target: usize): void {
  if (applies<D>()) transpose(from, end, stride, target);
  else untranspose(from, end, stride, target);
}

// @ts-ignore: decorator
@inline
function changePlane<D, TSample extends number, TOrder>(
  from: usize,
  end: usize,
  row: usize,
  channels: usize,
): void {
  if (applies<D>()) applyPrediction<TSample, TOrder>(from, end, row, channels);
  else undoPrediction<TSample, TOrder>(from, end, row, channels);
}

/** Operands of x86 calls and jumps that would be converted, with `rip` those at RIP too. */
export function countOperandsX86(rip: u32, size: usize): i32 {
  const fault = check(1, 1, 0, size);
  if (fault != 0) return fault;
  const end = FILTER_UNIT + size;
  if (rip != 0) return countOperands<WithRip>(FILTER_UNIT, end);
  return countOperands<WithoutRip>(FILTER_UNIT, end);
}

/** Words that are the return instruction of ARM64. */
export function countReturnsArm64(size: usize): i32 {
  const fault = check(5, 1, 0, size);
  return fault != 0 ? fault : countReturns(FILTER_UNIT, FILTER_UNIT + size);
}

/** Size of a sample of `countStrides`. */
export function strideSampleBytes(): usize {
  return STRIDE_MARK_BYTES;
}

/** Where the counts lie: u32 by stride. */
export function strideCountsAddress(): usize {
  return STRIDE_COUNTS;
}

/** Sets the counts of all strides to zero. */
export function clearStrides(): i32 {
  strides.clearStrides();
  return 0;
}

/** Counts how often bytes of the sample at `offset` equal those 1 to `final` before, bytes `common` left
 * out. @returns how many were not left out */
export function countStrides(offset: usize, common: u32, final: u32, size: usize): i32 {
  const fault = check(6, 1, 0, size);
  if (fault != 0) return fault;
  if (final >= <u32>STRIDE_SLOTS || offset < <usize>final || size < STRIDE_MARK_BYTES)
    return -FAULT_CALL;
  if (offset > size - STRIDE_MARK_BYTES) return -FAULT_CALL;
  return strides.countStrides(FILTER_UNIT + offset, common, final);
}

/** Clears what jobs have left in memory, as far as they reached. */
export function wipe(): void {
  memory.fill(STRIDE_COUNTS, 0, reached - STRIDE_COUNTS);
  reached = FILTER_UNIT;
}
