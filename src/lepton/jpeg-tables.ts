/**
 * JPEG tables: the bodies of DHT and DQT segments, each a row of tables with their ids.
 *
 *   DHT   class and id, 16 counts, as many symbols as the counts say
 *   DQT   precision and id, 64 divisors of 1 or 2 bytes in zigzag order
 *
 * A table once made is never changed: a later one with the same id takes its place, so that what a
 * scan holds stays what it was. Whether counts make a code is for the kernel to say. Source: ITU-T
 * T.81, B.2.4.
 */
import { type HuffmanSpec, unsupported } from "./jpeg-frame.ts";

/** 16 counts and at most 256 symbols; what the kernel's HUFFMAN_SPECS hold for each table. */
export const HUFFMAN_SPEC_BYTES = 272;

/** Raster index of each zigzag index. */
const ZIGZAG = zigzag();

/**
 * Reads the body of a DHT segment.
 *
 * @param tables - the tables by class * 4 + id, of which those that the segment has are replaced
 * @throws PithError "UnsupportedJpeg"; earlier tables of the segment may be in place by then
 */
export function readHuffmanTables(body: Uint8Array, tables: (HuffmanSpec | undefined)[]): void {
  let at = 0;
  while (at < body.length) {
    const head = body[at] ?? 0;
    const [tableClass, id] = [head >> 4, head & 15];
    if (tableClass > 1 || id > 3) throw unsupported("a Huffman table of an unknown class or id");
    let symbols = 0;
    for (let i = 1; i <= 16; i++) symbols += body[at + i] ?? 0;
    const end = at + 17 + symbols;
    if (symbols > 256 || end > body.length) {
      throw unsupported("a Huffman table that does not fit its segment", { symbols });
    }
    const spec = new Uint8Array(HUFFMAN_SPEC_BYTES);
    for (let i = at + 1; i < end; i++) spec[i - at - 1] = body[i] ?? 0;
    tables[tableClass * 4 + id] = spec;
    at = end;
  }
}

/**
 * Reads the body of a DQT segment.
 *
 * @param tables - the tables by id, of which those that the segment has are replaced. A zero ends
 *   a table: behind it the values of the one before stay, as dropbox/lepton has it
 * @throws PithError "UnsupportedJpeg"; earlier tables of the segment may be in place by then
 */
export function readQuantizers(body: Uint8Array, tables: (Uint16Array | undefined)[]): void {
  let at = 0;
  while (at < body.length) {
    const head = body[at] ?? 0;
    const [precision, id] = [head >> 4, head & 15];
    if (precision > 1 || id > 3) {
      throw unsupported("a quantization table of an unknown precision or id");
    }
    const valueBytes = precision + 1;
    const end = at + 1 + 64 * valueBytes;
    if (end > body.length) throw unsupported("a quantization table that does not fit its segment");
    const table = new Uint16Array(64);
    table.set(tables[id] ?? []);
    for (let z = 0; z < 64; z++) {
      const from = at + 1 + z * valueBytes;
      const first = body[from] ?? 0;
      const value = precision === 0 ? first : (first << 8) | (body[from + 1] ?? 0);
      table[ZIGZAG[z] ?? 0] = value;
      if (value === 0) break;
    }
    tables[id] = table;
    at = end;
  }
}

/** Diagonals, in turn upwards and downwards. */
function zigzag(): Uint8Array {
  const order = new Uint8Array(64);
  let z = 0;
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let i = 0; i <= diagonal; i++) {
      const u = diagonal % 2 === 1 ? diagonal - i : i;
      const v = diagonal - u;
      if (u < 8 && v < 8) order[z++] = 8 * v + u;
    }
  }
  return order;
}
