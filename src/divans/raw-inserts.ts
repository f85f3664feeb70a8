/**
 * Raw inserts: the parts of inserts that cost more than the eight bits they hold are coded as they are.
 *
 *   insert   |-- text --|------ deflated image ------|-- text --|
 *   becomes  | insert   | raw | raw | raw            | insert   |
 *
 * That saves what a model wastes on bytes that nothing foretells, keeps its rows from learning them, and
 * is quick to decode.
 */
import { DICT, INSERT, RAW, RAW_BYTES_MAXIMUM } from "./unit-commands.ts";

/** Inserts are looked at in pieces of so many bytes. */
const PIECE_BYTES = 64;
/** Fewer pieces in a row are not worth two more commands. */
const PIECES_MINIMUM = 4;
/** Eight bits, in 1/64 bit: a raw byte. */
const RAW_PRICE = 8 * 64;

/**
 * @param words - commands, two words each
 * @param prices - what each byte costs as a literal, 1/64 bit
 * @returns `words` itself where nothing is to be gained
 */
export function withRawInserts(words: Uint32Array, prices: Uint16Array): Uint32Array {
  const changed: number[] = [];
  let copied = 0;
  let at = 0;
  for (let i = 0; i < words.length; i += 2) {
    const kind = words[i]! & 15;
    const length = bytesMade(words[i]!);
    if (kind === INSERT && length >= PIECE_BYTES * PIECES_MINIMUM) {
      const pieces = cut(prices.subarray(at, at + length));
      if (pieces.length > 1 || pieces[0]!.isRaw) {
        for (; copied < i; copied++) changed.push(words[copied]!);
        copied = i + 2;
        for (const piece of pieces) pushPiece(changed, piece);
      }
    }
    at += length;
  }
  if (copied === 0) return words;
  for (; copied < words.length; copied++) changed.push(words[copied]!);
  return Uint32Array.from(changed);
}

/**
 * How many bytes more raw inserts take than they were priced at: the kernel's table of prices goes by
 * frequencies in steps of 8, and gives a raw byte a little less than its eight bits.
 *
 * @param words - commands that were priced
 * @param prices - what each byte was priced at, 1/64 bit
 */
export function rawShortfall(words: Uint32Array, prices: Uint16Array): number {
  let short = 0;
  let at = 0;
  for (let i = 0; i < words.length; i += 2) {
    const end = at + bytesMade(words[i]!);
    if ((words[i]! & 15) !== RAW) at = end;
    for (; at < end; at++) short += RAW_PRICE - prices[at]!;
  }
  return short / RAW_PRICE;
}

/** How many bytes of the unit a command makes; a hint's length is that of its own bytes. */
function bytesMade(word: number): number {
  const kind = word & 15;
  return kind <= DICT || kind === RAW ? word >>> 4 : 0;
}

interface Piece {
  readonly isRaw: boolean;
  bytes: number;
}

/** Cuts an insert by the prices of its bytes: raw where that is cheaper for long enough. */
function cut(prices: Uint16Array): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < prices.length; at += PIECE_BYTES) {
    const piece = prices.subarray(at, at + PIECE_BYTES);
    let sum = 0;
    for (const price of piece) sum += price;
    join(pieces, { isRaw: sum > RAW_PRICE * piece.length, bytes: piece.length });
  }
  const joined: Piece[] = [];
  for (const { isRaw, bytes } of pieces) {
    join(joined, { isRaw: isRaw && bytes >= PIECES_MINIMUM * PIECE_BYTES, bytes });
  }
  return joined;
}

/** Adds a piece to the last one when both are of a kind. */
function join(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last !== undefined && last.isRaw === piece.isRaw) last.bytes += piece.bytes;
  else pieces.push(piece);
}

function pushPiece(words: number[], { isRaw, bytes }: Piece): void {
  if (!isRaw) {
    words.push((INSERT | (bytes << 4)) >>> 0, 0);
    return;
  }
  for (let left = bytes; left > 0; left -= RAW_BYTES_MAXIMUM) {
    words.push((RAW | (Math.min(left, RAW_BYTES_MAXIMUM) << 4)) >>> 0, 0);
  }
}
