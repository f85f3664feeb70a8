/**
 * Which bytes of many files to look at when not all can be: pieces at even distances.
 *
 *   files of a kind    |---- a ----|-- b --|----------- c -----------|
 *   pieces                 [ ]            [ ]            [ ]
 *
 * Every byte has the same chance to be near a piece, so large files weigh what they take. Nothing
 * is random: the same files give the same pieces.
 */
import type { FileEntry } from "./walk.ts";

export interface Piece {
  readonly file: FileEntry;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Chooses pieces of `files`.
 *
 * @param budgetBytes - what the pieces may come to; everything when the files take no more
 * @param pieceBytes - length of a piece, shorter where its file is
 * @returns whole files when all fit, else pieces that do not overlap
 */
export function samplePieces(
  files: readonly FileEntry[],
  budgetBytes: number,
  pieceBytes: number,
): Piece[] {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  if (total <= budgetBytes) return files.map((file) => ({ file, offset: 0, bytes: file.bytes }));
  const count = Math.max(1, Math.floor(budgetBytes / pieceBytes));
  const pieces: Piece[] = [];
  let start = 0;
  let end = 0;
  let index = 0;
  for (const file of files) {
    const beginning = end;
    end += file.bytes;
    for (; index < count; index++) {
      const at = Math.floor(((index + 0.5) * total) / count);
      if (at >= end) break;
      const bytes = Math.min(pieceBytes, file.bytes);
      const offset = Math.min(Math.max(at - beginning - bytes / 2, 0), file.bytes - bytes);
      const whole = Math.max(Math.floor(offset), start - beginning);
      if (whole + bytes > file.bytes) continue;
      pieces.push({ file, offset: whole, bytes });
      start = beginning + whole + bytes;
    }
  }
  return pieces;
}

/**
 * Chooses files to be looked at from their beginning, for content that a codec knows only so.
 *
 * @param budgetBytes - about what the pieces come to; everything when the files take no more
 * @param pieceBytes - where a longer file is cut off
 * @returns beginnings of files at even distances, each file once
 */
export function sampleBeginnings(
  files: readonly FileEntry[],
  budgetBytes: number,
  pieceBytes: number,
): Piece[] {
  const pieces = files.map((file) => ({
    file,
    offset: 0,
    bytes: Math.min(file.bytes, pieceBytes),
  }));
  const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= budgetBytes) return pieces;
  // A mark meets a file as often as the file is long, so this is what one mark costs.
  const markBytes = pieces.reduce((sum, { bytes }) => sum + (bytes * bytes) / total, 0);
  const count = Math.max(1, Math.floor(budgetBytes / markBytes));
  let end = 0;
  let index = 0;
  return pieces.filter(({ bytes }) => {
    end += bytes;
    const marks = Math.min(count, Math.ceil((end * count) / total - 0.5));
    const isMet = marks > index;
    index = Math.max(index, marks);
    return isMet;
  });
}

/**
 * Shares a budget among kinds: a kind that needs less than an equal share leaves the rest to the
 * others.
 *
 * @param needs - bytes of each kind
 * @returns bytes for each kind, in the same order; their sum is at most the budget
 */
export function shareBudget(needs: readonly number[], budget: number): number[] {
  const shares = needs.map(() => 0);
  let left = budget;
  const order = needs
    .map((_, i) => i)
    .sort((one, other) => (needs[one] ?? 0) - (needs[other] ?? 0));
  order.forEach((i, done) => {
    const share = Math.min(needs[i] ?? 0, Math.floor(left / (order.length - done)));
    shares[i] = share;
    left -= share;
  });
  return shares;
}
