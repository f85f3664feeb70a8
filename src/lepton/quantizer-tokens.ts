/**
 * Quantizer tokens: the usual quantization tables of a header as a byte each, both ways.
 *
 *   plain   FF DB 00 43 | id | 64 divisors                        FF DB 00 84 | id | 64 | id | 64
 *   tokens  FF DB 00 43 | token | id (| 64 divisors)              FF DB 00 84 | token | id | ... | token | id | ...
 *
 * Most programs scale the two tables of Annex K by a quality of 1 to 100, as the Independent JPEG Group's
 * does. A token is such a quality, of the first table (1..100) or of the second (101..200); 201 is the
 * second one at the quality that was told last, and 0 a table that stands there as it is. Where a token
 * comes is told by the bytes before, whatever they are: so any bytes go through. Sources: ITU-T T.81,
 * K.1; jcparam.c of the Independent JPEG Group's library for how a quality scales.
 */
import { PithError } from "../core/errors.ts";
import { ByteGatherer } from "./byte-gatherer.ts";

const TABLE_BYTES = 64;
const ENTRY_BYTES = 1 + TABLE_BYTES;
const TABLES_MAXIMUM = 4;
const QUALITIES = 100;

const AS_IT_IS = 0;
const SAME_QUALITY = 2 * QUALITIES + 1;

/** Annex K's tables of luminance and chrominance, in zigzag order. */
const LUMINANCE = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
  29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
  95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
const CHROMINANCE = [
  17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/** What each token stands for, and the token of each table; made when somebody asks. */
let tables: readonly Uint8Array[] = [];
let tokensByTable: ReadonlyMap<string, number> = new Map();

function tableOf(token: number): Uint8Array {
  if (tables.length === 0) makeTables();
  return tables[token] ?? new Uint8Array(TABLE_BYTES);
}

function makeTables(): void {
  const made = Array.from({ length: SAME_QUALITY }, (_, token) => makeTable(token));
  const names = new Map<string, number>();
  // Some tables are the same at two qualities: the lower one's token is theirs.
  for (let token = SAME_QUALITY - 1; token > AS_IT_IS; token--) {
    names.set(nameOf(made[token] ?? new Uint8Array(TABLE_BYTES)), token);
  }
  tables = made;
  tokensByTable = names;
}

function makeTable(token: number): Uint8Array {
  const isSecond = token > QUALITIES;
  const quality = Math.max(isSecond ? token - QUALITIES : token, 1);
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return Uint8Array.from(isSecond ? CHROMINANCE : LUMINANCE, (divisor) =>
    Math.min(Math.max(Math.floor((divisor * scale + 50) / 100), 1), 255),
  );
}

function nameOf(table: Uint8Array): string {
  return String.fromCharCode(...table);
}

/** What came last, and what it says of the place behind it. */
class Place {
  #last = 0;
  /** Of the token that came last. */
  quality = 0;

  /** Takes a byte that both forms have. @returns how many tables begin behind it */
  take(byte: number): number {
    this.#last = ((this.#last << 8) | byte) >>> 0;
    if (this.#last >>> 16 !== 0xffdb) return 0;
    const count = ((this.#last & 0xffff) - 2) / ENTRY_BYTES;
    return Number.isInteger(count) && count >= 1 && count <= TABLES_MAXIMUM ? count : 0;
  }

  /** A token's table; undefined when it has none. */
  read(token: number): Uint8Array | undefined {
    const exact = token === SAME_QUALITY ? this.quality + QUALITIES : token;
    if (exact < 1 || exact > 2 * QUALITIES || (token === SAME_QUALITY && this.quality === 0)) {
      return undefined;
    }
    this.quality = exact > QUALITIES ? exact - QUALITIES : exact;
    return tableOf(exact);
  }
}

/** Puts tokens in. */
export function writeTokens(plain: Uint8Array): Uint8Array {
  const tokens = new ByteGatherer();
  const place = new Place();
  let kept = 0;
  let at = 0;
  while (at < plain.length) {
    const count = place.take(plain[at++] ?? 0);
    for (let i = 0; i < count; i++) {
      const token = tokenOf(plain.subarray(at, at + ENTRY_BYTES), place.quality);
      const idAt = at;
      tokens.append(plain.subarray(kept, idAt));
      tokens.append(Uint8Array.of(token));
      kept = idAt;
      if (token === AS_IT_IS) break;
      place.read(token);
      tokens.append(plain.subarray(idAt, idAt + 1));
      at = idAt + ENTRY_BYTES;
      kept = at;
    }
  }
  tokens.append(plain.subarray(kept));
  return tokens.take();
}

function tokenOf(entry: Uint8Array, quality: number): number {
  if (entry.length < ENTRY_BYTES) return AS_IT_IS;
  const name = nameOf(entry.subarray(1));
  if (quality > 0 && name === nameOf(tableOf(quality + QUALITIES))) return SAME_QUALITY;
  tableOf(AS_IT_IS);
  return tokensByTable.get(name) ?? AS_IT_IS;
}

/**
 * Takes tokens out again.
 *
 * @param maximumBytes - what comes of it at most
 * @throws PithError "BadLeptonFile"; "HeaderTooLarge"
 */
export function readTokens(tokens: Uint8Array, maximumBytes: number): Uint8Array {
  const plain = new ByteGatherer();
  const place = new Place();
  let kept = 0;
  let at = 0;
  while (at < tokens.length) {
    const count = place.take(tokens[at++] ?? 0);
    for (let i = 0; i < count; i++) {
      plain.append(tokens.subarray(kept, at));
      const token = tokens[at++];
      kept = at;
      if (token === undefined) throw broken("a token that is missing");
      if (token === AS_IT_IS) break;
      const table = place.read(token);
      if (table === undefined || at >= tokens.length) throw broken("a token without a table");
      plain.append(tokens.subarray(at, at + 1));
      plain.append(table);
      at += 1;
      kept = at;
      requireBytes(plain.length, maximumBytes);
    }
  }
  plain.append(tokens.subarray(kept));
  requireBytes(plain.length, maximumBytes);
  return plain.take();
}

function requireBytes(bytes: number, maximumBytes: number): void {
  if (bytes > maximumBytes) throw new PithError("HeaderTooLarge", { maximumBytes });
}

function broken(why: string): PithError {
  return new PithError("BadLeptonFile", { part: "header", why });
}
