/**
 * Literals in IR text: a length, then so many bytes in hexadecimal or between quotes.
 *
 *   insert 4 0d0a4869      pairs of digits, either case; tabs and line ends between them are skipped
 *   insert 4 "\r\nHi"      \n \r \t \\ \' \" \? and \xHH; all other bytes stand for themselves
 *
 * Memory goes by what the line holds, not by the length that it claims.
 */
import { COMMAND_LENGTH_MAXIMUM } from "./command.ts";
import type { TextLine } from "./text-line.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What stands for what behind a backslash. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  [..."nrt\\'\"?"].map((letter, i) => [letter.charCodeAt(0), "\n\r\t\\'\"?".charCodeAt(i)]),
);

/** Values of hexadecimal digits by their byte; NOT_A_DIGIT and SKIPPED for others. */
const NOT_A_DIGIT = 255;
const SKIPPED = 254;
const DIGITS = new Uint8Array(256).fill(NOT_A_DIGIT);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
for (const blank of "\t\r\n") DIGITS[blank.charCodeAt(0)] = SKIPPED;

/** The bytes of an insert, whose verb has been taken from the line. */
export function parseLiteral(line: TextLine): Uint8Array {
  const length = line.number32("length", COMMAND_LENGTH_MAXIMUM);
  if (!line.more) {
    if (length > 0) throw line.wrong(`${length} literal bytes are due`, line.end);
    return new Uint8Array(0);
  }
  const bytes = line.text[line.next] === QUOTE ? unquote(line) : fromDigits(line);
  if (bytes.length !== length) {
    throw line.wrong(`the literals have ${bytes.length} bytes`);
  }
  return bytes;
}

function fromDigits(line: TextLine): Uint8Array {
  const { text, next, end } = line;
  const bytes = new Uint8Array((end - next) >> 1);
  let count = 0;
  let high = -1;
  for (let at = next; at < end; at++) {
    const digit = DIGITS[text[at]!]!;
    if (digit === SKIPPED) continue;
    if (digit === NOT_A_DIGIT) throw line.wrong("not a hexadecimal digit", at);
    if (high === -1) high = digit;
    else {
      bytes[count++] = (high << 4) | digit;
      high = -1;
    }
  }
  if (high !== -1) throw line.wrong("half a byte at the end", end);
  return bytes.subarray(0, count);
}

function unquote(line: TextLine): Uint8Array {
  const { text, next, end } = line;
  const bytes = new Uint8Array(end - next);
  let count = 0;
  for (let at = next + 1; at < end; at++) {
    const byte = text[at]!;
    if (byte === QUOTE) {
      if (at + 1 !== end) throw line.wrong("more behind the closing quote", at + 1);
      return bytes.subarray(0, count);
    }
    if (byte !== BACKSLASH) bytes[count++] = byte;
    else {
      at++;
      const escaped = at < end ? text[at]! : QUOTE;
      if (escaped === 0x78 /* x */ && at + 2 < end) {
        bytes[count++] = hexPair(line, at + 1);
        at += 2;
        continue;
      }
      const meant = ESCAPES.get(escaped);
      if (meant === undefined) throw line.wrong("no such escape", at - 1);
      bytes[count++] = meant;
    }
  }
  throw line.wrong("no closing quote", end);
}

function hexPair(line: TextLine, at: number): number {
  const high = DIGITS[line.text[at]!]!;
  const low = DIGITS[line.text[at + 1]!]!;
  if (high > 15 || low > 15) throw line.wrong("\\x takes two hexadecimal digits", at);
  return (high << 4) | low;
}
