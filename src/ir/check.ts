/**
 * Check: whether an IR can be run, and what that takes, without making a byte.
 *
 * Whoever gets an IR from elsewhere asks here once and may then believe its numbers: each command has
 * a kind, its literals, words and hints exist, and no copy begins before the first byte. What
 * IrBuilder finished passes.
 */
import { PithError } from "../core/errors.ts";
import { IR_COMMANDS_MAXIMUM } from "../core/limits.ts";
import { DISTANCE_MAXIMUM, WINDOW_BITS_MAXIMUM, WINDOW_BITS_MINIMUM } from "./build.ts";
import { type Ir, WORDS_A_COMMAND } from "./command.ts";
import { IrCursor } from "./cursor.ts";
import { checkHint } from "./hint.ts";
import { checkWord, transformedLength } from "./words.ts";

/** What an IR comes to. */
export interface IrMeasure {
  /** Bytes that it makes. */
  readonly bytes: number;
  /** The farthest that a copy reads back; 0 without copies. */
  readonly distanceMaximum: number;
  /** Whether it needs the dictionary. */
  readonly usesWords: boolean;
}

/**
 * @throws PithError "IrInvalid" for a command that cannot be run, with its number; "IrTooLarge" when
 *   there are too many
 */
export function measureIr(ir: Ir): IrMeasure {
  const commands = ir.words.length / WORDS_A_COMMAND;
  if (commands > IR_COMMANDS_MAXIMUM) {
    throw new PithError("IrTooLarge", { commands, maximum: IR_COMMANDS_MAXIMUM });
  }
  const cursor = new IrCursor(ir);
  if (!Number.isInteger(commands)) throw invalid(cursor, "half a command at the end");
  for (const hint of ir.hints) {
    const why = checkHint(hint);
    if (why !== "") throw invalid(cursor, why);
  }
  let distanceMaximum = 0;
  let usesWords = false;
  while (cursor.next()) {
    const why = complaint(cursor);
    if (why !== "") throw invalid(cursor, why);
    if (cursor.kind === "copy") distanceMaximum = Math.max(distanceMaximum, cursor.distance);
    else if (cursor.kind === "dict") usesWords = true;
  }
  return { bytes: cursor.position + cursor.length, distanceMaximum, usesWords };
}

/** What is wrong with the command that a cursor stands on; empty when nothing is. */
function complaint(cursor: IrCursor): string {
  const { kind, length, operand } = cursor;
  if (kind === "copy") {
    if (operand === 0 || operand > DISTANCE_MAXIMUM) {
      return "a distance of less than one or more than 2^30";
    }
    return length > 0 && operand > cursor.position ? "a copy from before the first byte" : "";
  }
  if (kind === "insert" || kind === "rndins") {
    return operand + length > cursor.ir.literals.length ? "literals that are not there" : "";
  }
  if (kind === "dict") {
    const { wordLength, word, transform } = cursor;
    const why = checkWord(wordLength, word, transform);
    if (why !== "") return why;
    return length === transformedLength(wordLength, transform) ? "" : "a word of another length";
  }
  if (kind === undefined) return "no such command";
  return length > 0 ? "a hint with a length" : complaintOfHint(cursor);
}

function complaintOfHint({ kind, operand, ir, stride }: IrCursor): string {
  if (kind === "prediction") return operand < ir.hints.length ? "" : "a hint that is not there";
  if (kind === "window") {
    const known = operand >= WINDOW_BITS_MINIMUM && operand <= WINDOW_BITS_MAXIMUM;
    return known ? "" : "a window of less than 2^10 or more than 2^30 bytes";
  }
  if (kind === "ltype") return operand > 0xffff || stride > 8 ? "a block type beyond 255" : "";
  return operand > 0xff ? "a block type beyond 255" : "";
}

function invalid(cursor: IrCursor, why: string): PithError {
  return new PithError("IrInvalid", { command: Math.max(cursor.index, 0), why });
}
