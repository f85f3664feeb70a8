/**
 * Literals as IR text: between quotes, or in hexadecimal where that is shorter. Mirror image of
 * parse-literal.ts.
 */

/** Each byte in hexadecimal, and as it stands between quotes. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const QUOTED = HEXADECIMAL.map((digits, byte) =>
  byte < 0x20 || byte > 0x7e ? `\\x${digits}` : String.fromCharCode(byte),
);
for (const [byte, letter] of ["\nn", "\rr", "\tt", '""', "\\\\"]) {
  QUOTED[byte!.charCodeAt(0)] = `\\${letter}`;
}

/** The text of some literals: never longer than twice their count. */
export function printLiteral(bytes: Uint8Array): string {
  let quotedCharacters = 2;
  for (const byte of bytes) quotedCharacters += QUOTED[byte]!.length;
  const quoted = quotedCharacters <= 2 * bytes.length;
  const table = quoted ? QUOTED : HEXADECIMAL;
  let text = "";
  for (const byte of bytes) text += table[byte]!;
  return quoted ? `"${text}"` : text;
}
