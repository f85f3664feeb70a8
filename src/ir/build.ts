/**
 * Builder: makes an IR command by command, whoever has them one at a time: the parser of the text
 * form, readers of other compressors' streams, optimizers.
 *
 *   new IrBuilder().insert(bytes).copy(6, 2).dict(4, 100, 0).finish()
 *
 * It refuses what could not be run: a copy from before the first byte, a word that the dictionary
 * does not have. So what it finishes can be run, and `position` is always the length so far. A
 * command is kept as it comes, also one of no bytes: dropping it is for an optimizer.
 */
import { PithError } from "../core/errors.ts";
import { IR_COMMANDS_MAXIMUM, IR_HINTS_MAXIMUM, IR_LITERAL_BYTES_MAXIMUM } from "../core/limits.ts";
import {
  COMMAND_KINDS,
  COMMAND_LENGTH_MAXIMUM,
  type CommandKind,
  type Ir,
  type PredictionHint,
  WORDS_A_COMMAND,
} from "./command.ts";
import type { IrCursor } from "./cursor.ts";
import { checkHint } from "./hint.ts";
import { checkWord, transformedLength } from "./words.ts";

/** The window that distances may need: 2^10 to 2^24 bytes in Brotli, 2^30 in its large form. */
export const WINDOW_BITS_MINIMUM = 10;
export const WINDOW_BITS_MAXIMUM = 30;
export const DISTANCE_MAXIMUM = 2 ** WINDOW_BITS_MAXIMUM;

export class IrBuilder {
  #words = new Uint32Array(256);
  #commandCount = 0;
  #literals = new Uint8Array(1024);
  #literalBytes = 0;
  readonly #hints: PredictionHint[] = [];
  #position = 0;

  /** Bytes that the commands so far make. */
  get position(): number {
    return this.#position;
  }

  get commandCount(): number {
    return this.#commandCount;
  }

  /** Literal bytes; they are copied. */
  insert(bytes: Uint8Array): this {
    return this.#insert("insert", bytes);
  }

  /** Literal bytes that are as good as random: a hint that modelling them is wasted. */
  insertRandom(bytes: Uint8Array): this {
    return this.#insert("rndins", bytes);
  }

  /**
   * `length` bytes from `distance` before the end of the output; where they overlap, the copied
   * bytes are copied again.
   *
   * @throws PithError "IrInvalid" when it begins before the first byte
   */
  copy(length: number, distance: number): this {
    if (!within(distance, 1, DISTANCE_MAXIMUM)) {
      throw this.#invalid("a distance of less than one or more than 2^30");
    }
    if (length > 0 && distance > this.#position) {
      throw this.#invalid("a copy from before the first byte");
    }
    return this.#add("copy", length, distance);
  }

  /** The word with that number among those of its length, transformed (docs/formats/ir.md). */
  dict(wordLength: number, word: number, transform: number): this {
    const why = checkWord(wordLength, word, transform);
    if (why !== "") throw this.#invalid(why);
    const length = transformedLength(wordLength, transform);
    return this.#add("dict", length, (word | (wordLength << 16) | (transform << 24)) >>> 0);
  }

  /** The literals that follow are of another type, and repeat at a stride of 1..8 (0: none). */
  literalType(type: number, stride: number): this {
    if (!within(stride, 0, 8)) throw this.#invalid("a stride beyond 8");
    return this.#blockType("ltype", type, stride);
  }

  commandType(type: number): this {
    return this.#blockType("ctype", type, 0);
  }

  distanceType(type: number): this {
    return this.#blockType("dtype", type, 0);
  }

  /** How literals are to be predicted from here on; the hint is kept, not copied. */
  prediction(hint: PredictionHint): this {
    const why = checkHint(hint);
    if (why !== "") throw this.#invalid(why);
    if (this.#hints.length === IR_HINTS_MAXIMUM) {
      throw new PithError("IrTooLarge", { hints: "more", maximum: IR_HINTS_MAXIMUM });
    }
    this.#add("prediction", 0, this.#hints.length);
    this.#hints.push(hint);
    return this;
  }

  /** No distance from here on is beyond 2^bits. */
  window(bits: number): this {
    if (!within(bits, WINDOW_BITS_MINIMUM, WINDOW_BITS_MAXIMUM)) {
      throw this.#invalid("a window of less than 2^10 or more than 2^30 bytes");
    }
    return this.#add("window", 0, bits);
  }

  /** The command that a cursor of another IR stands on. */
  take(cursor: IrCursor): this {
    const { kind, length } = cursor;
    if (kind === "insert" || kind === "rndins") return this.#insert(kind, cursor.literals);
    if (kind === "copy") return this.copy(length, cursor.distance);
    if (kind === "dict") return this.dict(cursor.wordLength, cursor.word, cursor.transform);
    if (kind === "ltype") return this.literalType(cursor.blockType, cursor.stride);
    if (kind === "ctype") return this.commandType(cursor.blockType);
    if (kind === "dtype") return this.distanceType(cursor.blockType);
    if (kind === "window") return this.window(cursor.operand);
    const hint = cursor.ir.hints[cursor.operand];
    if (kind === undefined || hint === undefined) throw this.#invalid("no such command");
    return this.prediction(hint);
  }

  /** The IR so far, in memory of its own. */
  finish(): Ir {
    return {
      words: this.#words.slice(0, this.#commandCount * WORDS_A_COMMAND),
      literals: this.#literals.slice(0, this.#literalBytes),
      hints: [...this.#hints],
    };
  }

  #insert(kind: "insert" | "rndins", bytes: Uint8Array): this {
    const start = this.#literalBytes;
    const end = start + bytes.length;
    if (end > IR_LITERAL_BYTES_MAXIMUM) {
      throw new PithError("IrTooLarge", { literalBytes: end, maximum: IR_LITERAL_BYTES_MAXIMUM });
    }
    if (end > this.#literals.length) {
      const grown = new Uint8Array(Math.min(2 * end, IR_LITERAL_BYTES_MAXIMUM));
      grown.set(this.#literals.subarray(0, start));
      this.#literals = grown;
    }
    this.#literals.set(bytes, start);
    this.#literalBytes = end;
    return this.#add(kind, bytes.length, start);
  }

  #blockType(kind: "ltype" | "ctype" | "dtype", type: number, stride: number): this {
    if (!within(type, 0, 255)) throw this.#invalid("a block type beyond 255");
    return this.#add(kind, 0, type | (stride << 8));
  }

  #add(kind: CommandKind, length: number, operand: number): this {
    if (!within(length, 0, COMMAND_LENGTH_MAXIMUM)) throw this.#invalid("a length beyond 2^28 - 1");
    if (this.#commandCount === IR_COMMANDS_MAXIMUM) {
      throw new PithError("IrTooLarge", { commands: "more", maximum: IR_COMMANDS_MAXIMUM });
    }
    const first = this.#commandCount * WORDS_A_COMMAND;
    if (first === this.#words.length) {
      const grown = new Uint32Array(2 * first);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[first] = (length << 4) | COMMAND_KINDS[kind];
    this.#words[first + 1] = operand;
    this.#commandCount++;
    this.#position += length;
    return this;
  }

  #invalid(why: string): PithError {
    return new PithError("IrInvalid", { command: this.#commandCount, why });
  }
}

/** Whether it is an integer in least..most. */
function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
