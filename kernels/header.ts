/**
 * The header kernel: the header of a dense file, byte by byte, by contexts and matches whose history
 * begins with a dictionary. This file is all that the host sees.
 *
 *   begin()                              once after instantiation: a model that knows nothing
 *   restart()                            before each job: the model as it was kept
 *   beginWriting, writePiece(size) ...   pieces from `pieceAddress` to the output window
 *   beginReading, readPiece(size) ...    the other way round
 *   keep()                               what was coded since `clear` is the dictionary
 *   wipe()                               between the jobs of different owners
 *
 * A dictionary is stored as the model codes it that knows nothing: to decode it is to learn it. That takes
 * as long as a large header, so what it makes of the model can be taken from one instance to others.
 */
import { settledSize } from "./carry.ts";
import { FAULT_CALL, FAULT_INPUT_SIZE, FAULT_MEMORY } from "./fault.ts";
import { clearModel, codeBytes, keepModel, restoreModel, surprise } from "./header/bytes.ts";
import { Learning, Reading, Writing } from "./header/direction.ts";
import { fillLogistic } from "./header/logistic.ts";
import { historySize } from "./header/match.ts";
import {
  CODED_PIECE_BYTES,
  DICTIONARY_BYTES,
  HISTORY,
  HISTORY_BYTES,
  KEPT,
  KEPT_BYTES,
  KEPT_SIZE,
  PIECE,
  PIECE_BYTES,
  WAITING_BYTES,
  WINDOWS,
} from "./header/regions.ts";
import { PAGE_BYTES } from "./memory.ts";
import { beginDecoding, pauseDecoding, resumeDecoding } from "./range/decode.ts";
import { beginEncoding, finishEncoding, pauseEncoding, resumeEncoding } from "./range/encode.ts";
import {
  dropOutput,
  feedInput,
  hasInput,
  hasOutputRoom,
  inputRoom,
  makeInputRoom,
  openWindows,
  outputFilled,
  outputStart,
  restartInput,
  restartOutput,
  setNextInput,
  windowsEnd,
  wipeWindows,
} from "./window.ts";

export { dropOutput, feedInput, inputRoom, makeInputRoom, outputFilled, outputStart };

/** What stands before a coded dictionary: u32 its size, u32 that of the coded bytes. */
const DICTIONARY_HEAD_BYTES: u32 = 8;

/** Takes the memory of the map. @returns 0, or a negative fault when it may not grow that far */
export function begin(): i32 {
  const end = windowsEnd(WINDOWS, CODED_PIECE_BYTES, WAITING_BYTES + CODED_PIECE_BYTES);
  const missing = <i32>((end + PAGE_BYTES - 1) / PAGE_BYTES) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return -FAULT_MEMORY;
  openWindows(WINDOWS, CODED_PIECE_BYTES, WAITING_BYTES + CODED_PIECE_BYTES);
  fillLogistic();
  clear();
  const kept = keep();
  return kept < 0 ? kept : 0;
}

/** Has the model know nothing, not even the dictionary that is kept. */
export function clear(): void {
  clearModel();
}

/** Keeps what was coded since `clear` as the dictionary. @returns its size, or a negative fault */
export function keep(): i32 {
  const size = historySize();
  if (size > <u32>DICTIONARY_BYTES) return -FAULT_CALL;
  store<u32>(KEPT_SIZE, size);
  keepModel();
  return <i32>size;
}

/** Forgets all but the dictionary. */
export function restart(): void {
  restoreModel(load<u32>(KEPT_SIZE));
}

/** Where the host writes a coded dictionary. */
export function dictionaryAddress(): usize {
  return WINDOWS;
}

/** Learns the coded dictionary and keeps it. @returns its size, or a negative fault */
export function takeDictionary(): i32 {
  const size = load<u32>(WINDOWS);
  const codedSize = load<u32>(WINDOWS, 4);
  if (codedSize > <u32>CODED_PIECE_BYTES - DICTIONARY_HEAD_BYTES) return -FAULT_INPUT_SIZE;
  if (size > <u32>DICTIONARY_BYTES) return -FAULT_INPUT_SIZE;
  restartInput();
  const fault = feedInput(<usize>(DICTIONARY_HEAD_BYTES + codedSize), true);
  if (fault != 0) return fault;
  setNextInput(WINDOWS + <usize>DICTIONARY_HEAD_BYTES);
  clear();
  beginDecoding();
  for (let at: u32 = 0; at < size; at += <u32>PIECE_BYTES) {
    codeBytes<Reading>(PIECE, <usize>min<u32>(size - at, <u32>PIECE_BYTES));
  }
  pauseDecoding();
  restartInput();
  return keep();
}

/** Where the model lies that is kept, for the host to take it to another instance. */
export function keptAddress(): usize {
  return KEPT_SIZE;
}
export function keptBytes(): usize {
  return KEPT - KEPT_SIZE + KEPT_BYTES;
}

/** Takes the model that the host has brought. @returns 0, or a negative fault */
export function takeKept(): i32 {
  if (load<u32>(KEPT_SIZE) > <u32>DICTIONARY_BYTES) return -FAULT_INPUT_SIZE;
  restart();
  return 0;
}

/** Clears what a job has left in memory. */
export function wipe(): void {
  restart();
  memory.fill(HISTORY + DICTIONARY_BYTES, 0, HISTORY_BYTES - DICTIONARY_BYTES);
  memory.fill(PIECE, 0, PIECE_BYTES);
  wipeWindows();
}

/** Where the host writes a piece, and reads one. */
export function pieceAddress(): usize {
  return PIECE;
}
export function pieceBytes(): usize {
  return PIECE_BYTES;
}

/** Starts a stream in the output window. */
export function beginWriting(): void {
  restartOutput();
  beginEncoding();
  pauseEncoding();
}

/** Codes the first `size` bytes of the piece. @returns 0; 1 for nothing done, because too much waits for a
 * carry, which only bytes made for it bring about; or a negative fault */
export function writePiece(size: usize): i32 {
  if (size > PIECE_BYTES) return -FAULT_CALL;
  if (!hasOutputRoom(16 * size + 64)) return 1;
  resumeEncoding();
  codeBytes<Writing>(PIECE, size);
  pauseEncoding();
  return 0;
}

/** Bytes of the output window that no carry can change any more. */
export function settledOutput(): usize {
  return settledSize();
}

/** Ends the stream that is being written. */
export function endWriting(): void {
  resumeEncoding();
  finishEncoding();
}

/** Empties the input window for another stream. */
export function openInput(): void {
  restartInput();
}

/** Starts a stream in the input window, which holds its first eight bytes or all. */
export function beginReading(): void {
  beginDecoding();
}

/** Decodes `size` bytes to the piece; the window holds 16 times as many bytes, or all that come.
 * @returns 0, or a negative fault */
export function readPiece(size: usize): i32 {
  if (size > PIECE_BYTES || !hasInput(16 * size + 16)) return -FAULT_CALL;
  resumeDecoding();
  codeBytes<Reading>(PIECE, size);
  pauseDecoding();
  return 0;
}

/** For training: learns the first `size` bytes of the piece without coding them. @returns how far they
 * were off what the model expected, in 1/65536 bit each */
export function learnPiece(size: usize): u32 {
  if (size > PIECE_BYTES) return 0;
  const before = surprise;
  codeBytes<Learning>(PIECE, size);
  return surprise - before;
}
