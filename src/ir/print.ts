/**
 * Print: the compact form of commands as text, one a line. Mirror image of parse.ts.
 *
 * What is printed is ASCII, and what dropbox/divans takes: no remarks, no echoes, one space between
 * fields. Literals stand between quotes where that is no longer than hexadecimal, so prose can be read.
 *
 * The grammar wants a window first. An IR that begins with another command gets one that holds its
 * distances, with the word `implied` behind it: other readers ignore that, ours drops the line again.
 */
import { PithError } from "../core/errors.ts";
import { IR_TEXT_BYTES_MAXIMUM } from "../core/limits.ts";
import { WINDOW_BITS_MINIMUM } from "./build.ts";
import { measureIr } from "./check.ts";
import type { Ir, PredictionHint } from "./command.ts";
import { IrCursor } from "./cursor.ts";
import { MAP_SECTIONS, type MapSection, SPEED_SECTIONS, type SpeedSection } from "./hint.ts";
import { IMPLIED_WINDOW } from "./parse.ts";
import { printLiteral } from "./print-literal.ts";

/** Lines are joined when they come to about this. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * Writes IR text.
 *
 * @returns the lines, each with its line end: ASCII, so as many bytes as characters
 * @throws PithError "IrInvalid" for a command that could not be run; "IrTooLarge" when the text could
 *   pass 256 MiB
 */
export function printIr(ir: Ir): string {
  const { distanceMaximum } = measureIr(ir);
  const cursor = new IrCursor(ir);
  const pieces: string[] = [];
  let characters = 0;
  let piece = "";
  while (cursor.next()) {
    if (cursor.index === 0 && cursor.kind !== "window") piece = impliedWindow(distanceMaximum);
    if (characters + piece.length + 2 * cursor.length > IR_TEXT_BYTES_MAXIMUM) {
      const literals = cursor.kind === "insert" || cursor.kind === "rndins";
      if (literals || characters > IR_TEXT_BYTES_MAXIMUM) throw tooLarge(cursor.index);
    }
    piece += printCommand(cursor);
    if (piece.length >= PIECE_CHARACTERS) {
      pieces.push(piece);
      characters += piece.length;
      piece = "";
    }
  }
  if (cursor.index === -1) piece = impliedWindow(0);
  pieces.push(piece);
  return pieces.join("");
}

/** The line of the command that a cursor stands on. */
function printCommand(cursor: IrCursor): string {
  const { kind, length, operand } = cursor;
  if (kind === "insert" || kind === "rndins") {
    if (length === 0) return `${kind} 0\n`;
    return `${kind} ${length} ${printLiteral(cursor.literals)}\n`;
  }
  if (kind === "copy") return `copy ${length} from ${operand}\n`;
  if (kind === "dict") {
    const { wordLength, word, transform } = cursor;
    return `dict ${length} word ${wordLength},${word} func ${transform}\n`;
  }
  if (kind === "ltype") return `ltype ${cursor.blockType} ${cursor.stride}\n`;
  if (kind === "prediction") return printHint(cursor.ir.hints[operand]!);
  return `${kind} ${operand}\n`;
}

function printHint(hint: PredictionHint): string {
  let line = `prediction ${hint.mode}`;
  for (const [name, { verb }] of Object.entries(MAP_SECTIONS)) {
    const values = hint[name as MapSection];
    if (values.length > 0) line += ` ${verb} ${values.join(" ")}`;
  }
  for (const [name, verb] of Object.entries(SPEED_SECTIONS)) {
    const pair = hint.speeds[name as SpeedSection];
    if (pair.length > 0) line += ` ${verb} ${pair.join(" ")}`;
  }
  return `${line}\n`;
}

/** The smallest window that holds a distance. */
function impliedWindow(distanceMaximum: number): string {
  let bits = WINDOW_BITS_MINIMUM;
  while (2 ** bits < distanceMaximum) bits++;
  return `window ${bits} ${IMPLIED_WINDOW}\n`;
}

function tooLarge(command: number): PithError {
  return new PithError("IrTooLarge", { command, textBytesMaximum: IR_TEXT_BYTES_MAXIMUM });
}
