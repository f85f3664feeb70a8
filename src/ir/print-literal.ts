/**
 * Literals as IR text: between quotes, or in hexadecimal where that is shorter. Mirror image of
 * parse-literal.ts.
 */

import type { TextWriter } from "./text-writer.ts";

const BACKSLASH = 0x5c;

/** The bytes of a text for each byte: in hexadecimal, and as it stands between quotes. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) =>
  Uint8Array.from(byte.toString(16).padStart(2, "0"), codeOf),
);
const QUOTED = HEXADECIMAL.map((digits, byte) =>
  byte < 0x20 || byte > 0x7e
    ? Uint8Array.of(BACKSLASH, codeOf("x"), ...digits)
    : Uint8Array.of(byte),
);
for (const [byte, letter] of ["\nn", "\rr", "\tt", '""', "\\\\"]) {
  QUOTED[codeOf(byte!)] = Uint8Array.of(BACKSLASH, codeOf(letter!));
}

/** Writes some literals: no more letters than twice their count. */
export function printLiteral(bytes: Uint8Array, writer: TextWriter): void {
  let quotedBytes = 2;
  for (let i = 0; i < bytes.length; i++) quotedBytes += QUOTED[bytes[i]!]!.length;
  if (quotedBytes > 2 * bytes.length) writer.writeEach(bytes, HEXADECIMAL);
  else writer.write('"').writeEach(bytes, QUOTED).write('"');
}

function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}
