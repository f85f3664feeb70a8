/**
 * Line: the fields of one line of IR text, taken from left to right.
 *
 *   copy 6 from 2
 *   ^    ^          a field ends at the next space; two spaces have an empty field between them
 *
 * Fields are bytes, not characters: quoted literals may hold any. The column of a fault is the number of
 * the byte that its field begins with, from 1.
 */
import { PithError } from "../core/errors.ts";

const SPACE = 0x20;
const COMMA = 0x2c;
const REMARK = 0x23;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** What of a wrong field a fault repeats. */
const FIELD_BYTES_SHOWN = 40;

/** The largest number that any field may hold. */
const NUMBER_MAXIMUM = 0xffff_ffff;

export class TextLine {
  readonly text: Uint8Array;
  /** Number of the line, from 1. */
  number = 0;
  /** Where it begins in the text, white space included, and what follows its last byte. */
  #start = 0;
  end = 0;
  /** Where the next field begins; beyond the end when there is none. */
  next = 0;
  /** Where the last field that was taken begins and ends. */
  #fieldStart = 0;
  #fieldEnd = 0;

  constructor(text: Uint8Array) {
    this.text = text;
  }

  /** Steps to the next line that is neither empty nor a remark; false when there is none. */
  step(): boolean {
    const { text } = this;
    for (let after = this.number === 0 ? 0 : this.#lineEnd() + 1; after < text.length; ) {
      this.number++;
      this.#start = after;
      const lineEnd = this.#lineEnd();
      let first = after;
      let last = lineEnd;
      while (first < last && isWhite(text[first]!)) first++;
      while (first < last && isWhite(text[last - 1]!)) last--;
      this.next = first;
      this.#fieldStart = first;
      this.#fieldEnd = first;
      this.end = last;
      if (first < last && text[first] !== REMARK) return true;
      after = lineEnd + 1;
    }
    return false;
  }

  /** Whether another field follows; it may be an empty one. */
  get more(): boolean {
    return this.next <= this.end && this.#fieldEnd < this.end;
  }

  /** Takes the next field as text. */
  word(what: string): string {
    this.#take(what);
    return this.#field();
  }

  /** Takes the next field as a decimal number of at most `maximum`. */
  number32(what: string, maximum = NUMBER_MAXIMUM): number {
    this.#take(what);
    return this.#digits(this.#fieldStart, this.#fieldEnd, what, maximum);
  }

  /** Takes the next field as two numbers with a comma between them. */
  pair(what: string): [number, number] {
    this.#take(what);
    let middle = this.#fieldStart;
    while (middle < this.#fieldEnd && this.text[middle] !== COMMA) middle++;
    if (middle === this.#fieldEnd) throw this.wrong(`no comma in the ${what}`);
    return [
      this.#digits(this.#fieldStart, middle, what, NUMBER_MAXIMUM),
      this.#digits(middle + 1, this.#fieldEnd, what, NUMBER_MAXIMUM),
    ];
  }

  /** Whether the next field begins with a digit. */
  get numberFollows(): boolean {
    const byte = this.more ? (this.text[this.next] ?? 0) : 0;
    return byte >= DIGIT_0 && byte <= DIGIT_9;
  }

  /** Takes the next field, which must be this word. */
  expect(word: string): void {
    if (this.word(word) !== word) throw this.wrong(`"${word}" is due`);
  }

  /** Takes fields up to and including this word. */
  skipTo(word: string): void {
    while (this.word(word) !== word);
  }

  /** Whatever follows belongs to nobody: an error. */
  finish(): void {
    if (!this.more) return;
    this.#take("");
    throw this.wrong("more than the command needs");
  }

  /** The fault that the text breaks the grammar in the field taken last, or at `at`. */
  wrong(why: string, at = this.#fieldStart): PithError {
    const { line, column } = this.place(at);
    const found = at === this.#fieldStart ? this.#field() : "";
    return new PithError("IrSyntax", { line, column, why, ...(found === "" ? {} : { found }) });
  }

  /** The fault that the command could not be run. */
  invalid(why: string): PithError {
    return new PithError("IrInvalid", { ...this.place(), why });
  }

  /** Line and column of a byte, both from 1; of the field taken last unless told. */
  place(at = this.#fieldStart): { line: number; column: number } {
    return { line: this.number, column: at - this.#start + 1 };
  }

  #take(what: string): void {
    if (!this.more) {
      const { line, column } = this.place(this.end);
      throw new PithError("IrSyntax", { line, column, why: `the line ends before its ${what}` });
    }
    let end = this.next;
    while (end < this.end && this.text[end] !== SPACE) end++;
    this.#fieldStart = this.next;
    this.#fieldEnd = end;
    this.next = end + 1;
  }

  #digits(start: number, end: number, what: string, maximum: number): number {
    let value = 0;
    for (let at = start; at < end; at++) {
      const byte = this.text[at]!;
      if (byte < DIGIT_0 || byte > DIGIT_9) throw this.wrong(`the ${what} is not a number`);
      value = 10 * value + byte - DIGIT_0;
      if (value > maximum) throw this.wrong(`the ${what} is beyond ${maximum}`);
    }
    if (start === end) throw this.wrong(`the ${what} is not a number`);
    return value;
  }

  /** The field taken last, as far as a fault would show it: longer than any word of the grammar. */
  #field(): string {
    const end = Math.min(this.#fieldEnd, this.#fieldStart + FIELD_BYTES_SHOWN);
    let field = "";
    for (let at = this.#fieldStart; at < end; at++) field += String.fromCharCode(this.text[at]!);
    return field;
  }

  #lineEnd(): number {
    const at = this.text.indexOf(0x0a, this.#start);
    return at === -1 ? this.text.length : at;
  }
}

/** What may stand before and behind the fields of a line. */
function isWhite(byte: number): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0d;
}
