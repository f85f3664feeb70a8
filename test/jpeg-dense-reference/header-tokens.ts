/**
 * Reference of dense JPEG files: tokens of the header back into bytes.
 *
 *   ff db, 2 + 65 n, token, ...   a DQT whose tables may be named by their quality
 *
 * Written from the section "Tokens" of docs/formats/jpeg-dense.md. Divisors: Annex K of ITU-T T.81.
 */
import { ZIGZAG } from "./zigzag.ts";

/** Divisors of Annex K in raster order. */
// biome-ignore format: tables of eight rows
const LUMINANCE: readonly number[] = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
  14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
// biome-ignore format: tables of eight rows
const CHROMINANCE: readonly number[] = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

const TABLES_MOST = 4;
/** The table of chrominance at the quality that came last. */
const SAME_QUALITY = 201;

/** The bytes that tokens stand for. */
export function expandTokens(tokens: readonly number[]): number[] {
  const plain: number[] = [];
  // What was read as it stands, last byte last: where the pattern is looked for.
  const literal = [0, 0, 0, 0];
  let quality: number | undefined;
  let at = 0;
  const next = (): number => {
    if (at >= tokens.length) throw new Error("the tokens end too early");
    return tokens[at++]!;
  };
  while (at < tokens.length) {
    const byte = next();
    plain.push(byte);
    literal.push(byte);
    literal.shift();
    const tables = tablesAnnounced(literal);
    for (let i = 0; i < tables; i++) {
      const token = next();
      if (token === 0) break;
      if (token > SAME_QUALITY) throw new Error(`no token ${token}`);
      if (token !== SAME_QUALITY) quality = token > 100 ? token - 100 : token;
      if (quality === undefined) throw new Error("no quality was named before");
      plain.push(next());
      for (const divisor of tableOf(token > 100 ? CHROMINANCE : LUMINANCE, quality)) {
        plain.push(divisor);
      }
    }
  }
  return plain;
}

/** How many tables a DQT has whose marker and length were just read; 0 if it is none. */
function tablesAnnounced(bytes: readonly number[]): number {
  if (bytes[0] !== 0xff || bytes[1] !== 0xdb) return 0;
  const tables = (256 * bytes[2]! + bytes[3]! - 2) / 65;
  return Number.isInteger(tables) && tables >= 1 && tables <= TABLES_MOST ? tables : 0;
}

/** A table in zigzag order. @param quality - 1 to 100 */
function tableOf(base: readonly number[], quality: number): number[] {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return ZIGZAG.map((k) => Math.max(1, Math.min(255, Math.floor((base[k]! * scale + 50) / 100))));
}
