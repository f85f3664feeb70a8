/**
 * Print: the compact form of commands as text, one a line. Mirror image of parse.ts.
 *
 * What is printed is ASCII, and what dropbox/divans takes: no remarks, no echoes, one space between
 * fields. Literals stand between quotes where that is no longer than hexadecimal, so prose can be read.
 *
 * The grammar wants a window first. An IR that begins with another command gets one that holds its
 * distances, with the word `implied` behind it: other readers ignore that, ours drops the line again.
 */
import { WINDOW_BITS_MINIMUM } from "./build.ts";
import { measureIr } from "./check.ts";
import type { Ir, PredictionHint } from "./command.ts";
import { IrCursor } from "./cursor.ts";
import { MAP_SECTIONS, type MapSection, SPEED_SECTIONS, type SpeedSection } from "./hint.ts";
import { IMPLIED_WINDOW } from "./parse.ts";
import { printLiteral } from "./print-literal.ts";
import { TextWriter } from "./text-writer.ts";

/**
 * Writes IR text.
 *
 * @returns the lines, each with its line end: ASCII, so as many bytes as characters
 * @throws PithError "IrInvalid" for a command that could not be run; "IrTooLarge" when the text passes
 *   256 MiB
 */
export function printIr(ir: Ir): string {
  const { distanceMaximum } = measureIr(ir);
  const writer = new TextWriter();
  const cursor = new IrCursor(ir);
  let begun = false;
  while (cursor.next()) {
    if (!begun && cursor.kind !== "window") writeImpliedWindow(distanceMaximum, writer);
    begun = true;
    writeCommand(cursor, writer);
    writer.write("\n");
  }
  if (!begun) writeImpliedWindow(0, writer);
  return writer.finish();
}

/** The line of the command that a cursor stands on. */
function writeCommand(cursor: IrCursor, writer: TextWriter): void {
  const { kind, length, operand } = cursor;
  if (kind === "copy") {
    writer.write("copy ").writeNumber(length).write(" from ").writeNumber(operand);
  } else if (kind === "insert" || kind === "rndins") {
    writer.write(`${kind} `).writeNumber(length);
    if (length > 0) printLiteral(cursor.literals, writer.write(" "));
  } else if (kind === "dict") {
    const { wordLength, word, transform } = cursor;
    writer.write("dict ").writeNumber(length).write(` word ${wordLength},${word}`);
    writer.write(" func ").writeNumber(transform);
  } else if (kind === "ltype") writer.write(`ltype ${cursor.blockType} ${cursor.stride}`);
  else if (kind === "prediction") writeHint(cursor.ir.hints[operand]!, writer);
  else writer.write(`${kind} ${operand}`);
}

function writeHint(hint: PredictionHint, writer: TextWriter): void {
  writer.write(`prediction ${hint.mode}`);
  for (const [name, { verb }] of Object.entries(MAP_SECTIONS)) {
    writeList(verb, hint[name as MapSection], writer);
  }
  for (const [name, verb] of Object.entries(SPEED_SECTIONS)) {
    writeList(verb, hint.speeds[name as SpeedSection], writer);
  }
}

function writeList(verb: string, values: Iterable<number>, writer: TextWriter): void {
  let begun = false;
  for (const value of values) {
    if (!begun) writer.write(` ${verb}`);
    begun = true;
    writer.write(" ").writeNumber(value);
  }
}

/** The smallest window that holds a distance. */
function writeImpliedWindow(distanceMaximum: number, writer: TextWriter): void {
  let bits = WINDOW_BITS_MINIMUM;
  while (2 ** bits < distanceMaximum) bits++;
  writer.write(`window ${bits} ${IMPLIED_WINDOW}\n`);
}
