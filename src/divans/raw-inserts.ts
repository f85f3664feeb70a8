/**
 * Raw inserts: the parts of inserts that cost more than the eight bits they hold are coded as they are.
 *
 *   insert   |-- text --|------ deflated image ------|-- text --|
 *   becomes  | insert   | raw | raw | raw            | insert   |
 *
 * That saves what a model wastes on bytes that nothing foretells, keeps its rows from learning them, and
 * is quick to decode.
 */
import { isEven } from "./sample.ts";
import { DICT, INSERT, RAW, RAW_BYTES_MAXIMUM } from "./unit-commands.ts";

/** Inserts are looked at in pieces of so many bytes. */
const PIECE_BYTES = 64;
/** Fewer pieces in a row are not worth two more commands. */
const PIECES_MINIMUM = 4;
/** Eight bits, in 1/64 bit: a raw byte. */
const RAW_PRICE = 8 * 64;
/** Where prices are not known: inserts that are long enough to tell by how often bytes occur, looked at in
 * such pieces, and bits of a byte by that from which on a model, which has to learn it, makes more than eight. */
const EVEN_BYTES_MINIMUM = 1024;
const EVEN_PIECE_BYTES = 8 * 1024;
const EVEN_BITS_MINIMUM = 7.94;

/**
 * @param words - commands, two words each
 * @param prices - what each byte costs as a literal, 1/64 bit
 * @returns `words` itself where nothing is to be gained
 */
export function withRawInserts(words: Uint32Array, prices: Uint16Array): Uint32Array {
  return withCut(words, PIECE_BYTES * PIECES_MINIMUM, (from, to) => cut(prices.subarray(from, to)));
}

/**
 * The same without prices: by how often bytes occur in an insert.
 *
 * @param plain - what the commands make
 */
export function withEvenInsertsRaw(words: Uint32Array, plain: Uint8Array): Uint32Array {
  return withCut(words, EVEN_BYTES_MINIMUM, (from, to) => {
    const pieces: Piece[] = [];
    for (let at = from; at < to; ) {
      const left = to - at;
      const bytes = left < EVEN_PIECE_BYTES + EVEN_BYTES_MINIMUM ? left : EVEN_PIECE_BYTES;
      const isRaw = isEven([plain.subarray(at, at + bytes)], EVEN_BITS_MINIMUM);
      join(pieces, { isRaw, bytes });
      at += bytes;
    }
    return pieces;
  });
}

/** Commands whose inserts of so many bytes and more are cut in pieces. */
function withCut(
  words: Uint32Array,
  bytesMinimum: number,
  piecesOf: (from: number, to: number) => Piece[],
): Uint32Array {
  const changed: number[] = [];
  let copied = 0;
  let at = 0;
  for (let i = 0; i < words.length; i += 2) {
    const kind = words[i]! & 15;
    const length = bytesMade(words[i]!);
    if (kind === INSERT && length >= bytesMinimum) {
      const pieces = piecesOf(at, at + length);
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
