/**
 * Contexts of Brotli: 64 of them for a literal, by the two bytes before it, and the maps that say
 * which prefix code each context of each block type has.
 *
 *   lsb6   the lower six bits of the last byte      msb6   the upper six
 *   utf8   classes of letters of both               sign   both as numbers, by size
 *
 * Source: RFC 7932, sections 7.1 and 7.3.
 */
import type { ContextMode } from "../command.ts";
import type { BrotliBits } from "./brotli-bits.ts";
import { readPrefixCode } from "./prefix-code.ts";
import { corrupt } from "./source-bytes.ts";

/** Classes of the last byte in `utf8`, for the printable half of ASCII, a quarter each. */
const PRINTABLE_CLASSES = [
  "2343353467338393bbbbbbbbbb886a73",
  "3cdddcdddcdddddcdddddcddddd63733",
  "3efffefffefffffefffffefffff63730",
].join("");

/** For the last byte, and for the one before it: their parts of a `utf8` context. */
const UTF8_LAST: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0xc0) return 2 + (byte & 1);
  if (byte >= 0x80) return byte & 1;
  if (byte === 9 || byte === 10 || byte === 13) return 4;
  return byte < 0x20 ? 0 : 4 * Number.parseInt(PRINTABLE_CLASSES[byte - 0x20]!, 16);
});
const UTF8_BEFORE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0xe0) return 2;
  if (byte <= 0x20 || byte >= 0x7f) return 0;
  const character = String.fromCharCode(byte);
  if (/[a-z]/.test(character)) return 3;
  return /[A-Z0-9]/.test(character) ? 2 : 1;
});

/** Where each class of numbers in `sign` begins. */
const SIGN_BEGINS = [0, 1, 16, 64, 128, 192, 240, 255];
const SIGN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  SIGN_BEGINS.findLastIndex((begin) => begin <= byte),
);

/** The context of a literal, 0..63, after `last` and the byte `before` it. */
export function contextOf(mode: ContextMode, last: number, before: number): number {
  if (mode === "utf8") return UTF8_LAST[last]! | UTF8_BEFORE[before]!;
  if (mode === "lsb6") return last & 0x3f;
  if (mode === "msb6") return last >> 2;
  return (SIGN[last]! << 3) | SIGN[before]!;
}

/** Which code each context has; how many there are. */
export interface ContextMap {
  readonly codes: number;
  readonly map: Uint8Array;
}

/** Reads a map of `size` contexts. */
export function readContextMap(input: BrotliBits, size: number): ContextMap {
  const codes = readCount(input);
  const map = new Uint8Array(size);
  if (codes === 1) return { codes, map };
  const runCodes = input.flag() ? input.take(4) + 1 : 0;
  const code = readPrefixCode(input, codes + runCodes);
  for (let at = 0; at < size; ) {
    const symbol = code.read(input);
    if (symbol === 0) at++;
    else if (symbol > runCodes) map[at++] = symbol - runCodes;
    else at += 2 ** symbol + input.take(symbol); // zeros
    if (at > size) throw corrupt("a context map beyond its end", input.at);
  }
  if (input.flag()) undoMoveToFront(map);
  return { codes, map };
}

/** A count in 1..256: its bits above the lowest are counted first. */
export function readCount(input: BrotliBits): number {
  if (!input.flag()) return 1;
  const bits = input.take(3);
  return 1 + 2 ** bits + input.take(bits);
}

function undoMoveToFront(map: Uint8Array): void {
  const list = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0; i < map.length; i++) {
    const place = map[i]!;
    const value = list[place]!;
    map[i] = value;
    if (place === 0) continue;
    list.copyWithin(1, 0, place);
    list[0] = value;
  }
}
