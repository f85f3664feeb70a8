/**
 * Rewriter: writes commands for bytes that are known, and can still change the last one.
 *
 *   const out = new Rewriter(plain);
 *   out.insert(3);         // plain[0..3)
 *   out.insert(2);         // the same insert, now plain[0..5)
 *   out.copy(4, 5);
 *   out.shorten(1);        // the copy makes three bytes; the next command makes what it leaves
 *
 * Literals are taken from the plain bytes, so a command is known by its kind, its length and a
 * distance or a word: moving a cut between two commands moves no bytes. Built on build.ts.
 */
import { assertThat } from "../../core/errors.ts";
import { IrBuilder } from "../build.ts";
import { COMMAND_LENGTH_MAXIMUM, type CommandKind, type Ir } from "../command.ts";
import type { IrCursor } from "../cursor.ts";

export class Rewriter {
  readonly #plain: Uint8Array;
  readonly #builder = new IrBuilder();
  #lastKind: CommandKind | undefined;
  #lastLength = 0;
  #lastOperand = 0;

  constructor(plain: Uint8Array) {
    this.#plain = plain;
  }

  /** What the last command is, if it makes bytes; undefined after a hint and at the start. */
  get lastKind(): CommandKind | undefined {
    return this.#lastKind;
  }

  get lastLength(): number {
    return this.#lastLength;
  }

  /** How far back the last command copies, if it is a copy. */
  get lastDistance(): number {
    return this.#lastOperand;
  }

  /** Bytes that the commands so far make. */
  get position(): number {
    return this.#builder.position + this.#lastLength;
  }

  /** Literals in a row so far: the length of the last command if it is a plain insert. */
  get run(): number {
    return this.#lastKind === "insert" ? this.#lastLength : 0;
  }

  /** The next bytes as literals; they lengthen an insert of the same kind. */
  insert(length: number, kind: "insert" | "rndins" = "insert"): void {
    if (this.#lastKind === kind && this.#lastLength + length <= COMMAND_LENGTH_MAXIMUM) {
      this.#lastLength += length;
    } else this.#begin(kind, length, 0);
  }

  copy(length: number, distance: number): void {
    this.#begin("copy", length, distance);
  }

  dict(length: number, operand: number): void {
    this.#begin("dict", length, operand);
  }

  /** What the largest distance may be, as log2. */
  window(bits: number): void {
    this.#write();
    this.#lastKind = undefined;
    this.#builder.window(bits);
  }

  /** The command on which the cursor stands, as it is. */
  take(cursor: IrCursor): void {
    if (cursor.kind === undefined || isHint(cursor.kind)) {
      this.#write();
      this.#lastKind = undefined;
      this.#builder.take(cursor);
    } else this.#begin(cursor.kind, cursor.length, cursor.operand);
  }

  /** The last command makes fewer bytes; with none left it was never there. */
  shorten(bytes: number): void {
    assertThat(bytes <= this.#lastLength, "a command is shortened by no more than it has");
    this.#lastLength -= bytes;
    if (this.#lastLength === 0) this.#lastKind = undefined;
  }

  /** The last command, a copy or an insert, makes more bytes. */
  lengthen(bytes: number): void {
    this.#lastLength += bytes;
  }

  finish(): Ir {
    this.#write();
    this.#lastKind = undefined;
    assertThat(this.#builder.position === this.#plain.length, "commands make all of the bytes");
    return this.#builder.finish();
  }

  #begin(kind: CommandKind, length: number, operand: number): void {
    this.#write();
    this.#lastKind = kind;
    this.#lastLength = length;
    this.#lastOperand = operand;
  }

  #write(): void {
    const [kind, length, operand] = [this.#lastKind, this.#lastLength, this.#lastOperand];
    const start = this.#builder.position;
    this.#lastLength = 0;
    if (kind === "insert") this.#builder.insert(this.#plain.subarray(start, start + length));
    else if (kind === "rndins") {
      this.#builder.insertRandom(this.#plain.subarray(start, start + length));
    } else if (kind === "copy") this.#builder.copy(length, operand);
    else if (kind === "dict") {
      this.#builder.dict((operand >>> 16) & 0xff, operand & 0xffff, operand >>> 24);
    }
  }
}

/** Whether a command of that kind makes no bytes. */
export function isHint(kind: CommandKind): boolean {
  return kind !== "insert" && kind !== "copy" && kind !== "dict" && kind !== "rndins";
}
