/**
 * Windows: the two stretches of memory through which bytes come and go while a job runs.
 *
 *   input    | read already | next ...... end | free |      the host appends, then feeds
 *   output   | ready ............... next | free |          the host takes, then releases
 *
 * The host moves what is left to the front of a window when it needs room; positions in the stream
 * count what has been moved away. Who reads or writes checks before each block that a block's
 * worst case fits, and asks the host when it does not, so nothing is checked per symbol.
 */
import { FAULT_CALL, FAULT_INPUT_SIZE } from "./fault.ts";

/** Reads and writes go up to this far past the end of a window. */
export const WINDOW_SPARE_BYTES: usize = 64;

let input: usize = 0;
let inputSize: usize = 0;
let output: usize = 0;
let outputSize: usize = 0;

/** Address of the first byte that is not read, and after the last that the host has fed. */
let inputNext: usize = 0;
let inputEnd: usize = 0;
/** Whether nothing comes after `inputEnd`. */
let inputFinal: bool = false;
/** Bytes of the stream before the window's first. */
let inputBefore: usize = 0;

/** Address of the first byte that is not written. */
let outputNext: usize = 0;
/** Bytes of the stream before the window's first. */
let outputBefore: usize = 0;

/** Lays the windows out; both are empty and their streams at 0 afterwards. */
export function openWindows(at: usize, inputBytes: usize, outputBytes: usize): void {
  input = at;
  inputSize = inputBytes;
  output = (at + inputBytes + WINDOW_SPARE_BYTES + 15) & ~15;
  outputSize = outputBytes;
  restartInput();
  restartOutput();
}

/** Address after both windows of these sizes, their spare room included. */
export function windowsEnd(at: usize, inputBytes: usize, outputBytes: usize): usize {
  const second = (at + inputBytes + WINDOW_SPARE_BYTES + 15) & ~15;
  return (second + outputBytes + WINDOW_SPARE_BYTES + 15) & ~15;
}

/** Empties the input window for another stream. */
export function restartInput(): void {
  inputNext = input;
  inputEnd = input;
  inputFinal = false;
  inputBefore = 0;
}

/** Empties the output window for another stream. */
export function restartOutput(): void {
  outputNext = output;
  outputBefore = 0;
}

// The host's side.

/** Moves what is not read to the front. @returns the address at which the host appends */
export function makeInputRoom(): usize {
  const rest = inputEnd - inputNext;
  if (inputNext != input) {
    memory.copy(input, inputNext, rest);
    inputBefore += inputNext - input;
    inputNext = input;
    inputEnd = input + rest;
  }
  return inputEnd;
}

/** Bytes that fit behind what was fed. */
export function inputRoom(): usize {
  return input + inputSize - inputEnd;
}

/** Says that `size` bytes were appended, and whether they are the last. */
export function feedInput(size: usize, final: bool): i32 {
  if (inputFinal && size > 0) return -FAULT_CALL;
  if (size > input + inputSize - inputEnd) return -FAULT_INPUT_SIZE;
  inputEnd += size;
  inputFinal = final;
  return 0;
}

/** Address of the output window. */
export function outputStart(): usize {
  return output;
}

/** Bytes in the output window. */
export function outputFilled(): usize {
  return outputNext - output;
}

/** Drops the first `size` bytes of the output window, which the host has taken. */
export function dropOutput(size: usize): i32 {
  const filled = outputNext - output;
  if (size > filled) return -FAULT_CALL;
  memory.copy(output, output + size, filled - size);
  outputNext -= size;
  outputBefore += size;
  return 0;
}

// The side of who reads and writes.

// @ts-ignore: decorator
@inline
export function nextInput(): usize {
  return inputNext;
}

// @ts-ignore: decorator
@inline
export function endOfInput(): usize {
  return inputEnd;
}

/** Whether `endOfInput` is the end of the stream. */
// @ts-ignore: decorator
@inline
export function isInputFinal(): bool {
  return inputFinal;
}

// @ts-ignore: decorator
@inline
export function setNextInput(address: usize): void {
  inputNext = address;
}

/** Whether `bytes` more can be read, or as many as will ever come. */
// @ts-ignore: decorator
@inline
export function hasInput(bytes: usize): bool {
  return inputFinal || inputEnd - inputNext >= bytes;
}

/** Position in the stream of the byte at `address` of the input window. */
export function inputPosition(address: usize): usize {
  return inputBefore + (address - input);
}

// @ts-ignore: decorator
@inline
export function nextOutput(): usize {
  return outputNext;
}

// @ts-ignore: decorator
@inline
export function setNextOutput(address: usize): void {
  outputNext = address;
}

/** Whether `bytes` more can be written. */
// @ts-ignore: decorator
@inline
export function hasOutputRoom(bytes: usize): bool {
  return output + outputSize - outputNext >= bytes;
}

/** Position in the stream of the byte at `address` of the output window. */
export function outputPosition(address: usize): usize {
  return outputBefore + (address - output);
}

/** Clears both windows. */
export function wipeWindows(): void {
  memory.fill(input, 0, inputSize + WINDOW_SPARE_BYTES);
  memory.fill(output, 0, outputSize + WINDOW_SPARE_BYTES);
  restartInput();
  restartOutput();
}
