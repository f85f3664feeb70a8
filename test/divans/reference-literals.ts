/**
 * Literals of DivANS, written from docs/formats/divans.md alone; see reference-rows.ts.
 */
import type { NibbleCoder } from "./reference-coder.ts";
import { begunAs, evenRow, newWeights, type Row, type WeightSets } from "./reference-rows.ts";

/** What a header says of literals. */
export interface LiteralView {
  /** History and others of the four inputs. */
  readonly masks: readonly (readonly [number, number])[];
  readonly stride: number;
  readonly rate: number;
  readonly rowBits: number;
}

/** A row of a pair; without a mark it belongs to nobody. */
interface Place {
  mark: number;
  row: Row;
}

/** Modulo 2^64. */
const cut = (value: bigint): bigint => BigInt.asUintN(64, value);
const HISTORY = 0x9e3779b97f4a7c15n;
const OTHERS = 0xd6e8feb86659fd93n;
const KEY = 0xff51afd7ed558ccdn;
const LOW = 0xc2b2ae3d27d4eb4fn;
const WORD = 0x2c9277b5;
const WORD_LETTERS = 24;

/** What rows begin as where there is nothing before them; never learns. */
const EVEN = evenRow();

export class ReferenceLiterals {
  readonly #view: LiteralView;
  readonly #coder: NibbleCoder;
  readonly #pairs: Map<number, [Place, Place]>[] = [new Map(), new Map(), new Map(), new Map()];
  readonly #high: [WeightSets, WeightSets] = [newWeights(), newWeights()];
  readonly #low: [WeightSets, WeightSets] = [newWeights(), newWeights()];
  #word = 0;
  #lastAt = -1;

  constructor(view: LiteralView, coder: NibbleCoder) {
    this.#view = view;
    this.#coder = coder;
  }

  /** Forgets where the last literal was, not what it taught. */
  startAgain(): void {
    this.#word = 0;
    this.#lastAt = -1;
  }

  /**
   * Codes one literal.
   *
   * @param byteAt - bytes before the literal, by position; 0 before the first
   * @param first - 1 directly behind a copy or word
   */
  code(byteAt: (at: number) => number, at: number, distance: number, first: number): number {
    const matched = byteAt(at - distance);
    const keys = this.#keys(byteAt, at, matched, first);
    const high = this.#nibble(keys, this.#high[first === 1 ? 1 : 0]!);
    const lower = keys.map((key) => cut(key + cut(BigInt(high + 1) * LOW)));
    const low = this.#nibble(lower, this.#low[high === matched >> 4 ? 1 : 0]!);
    return high * 16 + low;
  }

  #keys(byteAt: (at: number) => number, at: number, matched: number, first: number): bigint[] {
    const { masks, stride } = this.#view;
    const word = this.#wordAt(byteAt, at);
    const others = [
      matched,
      stride > 0 ? byteAt(at - stride) : 0,
      stride > 0 ? Math.min(at % stride, 255) : 0,
      first,
      ...[0, 8, 16, 24].map((shift) => (word >>> shift) & 255),
    ];
    return masks.map(([historyMask, otherMask]) => {
      const h = bytesOf(8, (i) => (historyMask & (128 >> i) ? byteAt(at - 8 + i) : 0));
      const o = bytesOf(8, (i) => (otherMask & (1 << i) ? others[i]! : 0));
      const key = cut(cut(h * HISTORY) + cut(o * OTHERS));
      return cut((key ^ (key >> 32n)) * KEY);
    });
  }

  #wordAt(byteAt: (at: number) => number, at: number): number {
    if (this.#lastAt === at - 1 && at > 0) this.#word = step(this.#word, byteAt(at - 1));
    else {
      let letters = 0;
      while (letters < WORD_LETTERS && isLetter(byteAt(at - 1 - letters))) letters++;
      this.#word = 0;
      for (let i = letters; i > 0; i--) this.#word = step(this.#word, byteAt(at - i));
    }
    this.#lastAt = at;
    return this.#word;
  }

  #nibble(keys: readonly bigint[], weights: WeightSets): number {
    const rows: Row[] = [];
    for (const [k, key] of keys.entries()) {
      const seesMatched = (this.#view.masks[k]![1] & 1) !== 0;
      const isAlone = k === 0 || (k >= 2 && seesMatched);
      rows.push(this.#rowOf(k, key, isAlone ? EVEN : rows[k - 1]!));
    }
    return this.#coder.mixed(rows, weights, this.#view.rate);
  }

  /** The row that belongs to a key, which may have to begin. */
  #rowOf(input: number, key: bigint, parent: Row): Row {
    const number = Number(key >> BigInt(65 - this.#view.rowBits));
    const mark = 128 + Number((key >> 32n) & 127n);
    const empty = (): Place => ({ mark: 0, row: { count: 0, bounds: [] } });
    const pair = this.#pairs[input]!.get(number) ?? [empty(), empty()];
    this.#pairs[input]!.set(number, pair);
    const known = pair.find((place) => place.mark === mark);
    if (known !== undefined) return known.row;
    const [taken, kept] = pair[0].row.count <= pair[1].row.count ? pair : [pair[1], pair[0]];
    const { count } = kept.row;
    if (count > 64) kept.row.count -= count >> 4;
    else if (count > 3) kept.row.count -= 1;
    taken.mark = mark;
    taken.row = begunAs(parent);
    return taken.row;
  }
}

/** A number of so many bytes, lowest first. */
function bytesOf(count: number, byte: (i: number) => number): bigint {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 4; i++) low += byte(i) * 2 ** (8 * i);
  for (let i = 4; i < count; i++) high += byte(i) * 2 ** (8 * i - 32);
  return (BigInt(high) << 32n) | BigInt(low);
}

function isLetter(byte: number): boolean {
  const lower = byte | 32;
  return (lower >= 97 && lower <= 122) || byte >= 128;
}

function step(word: number, byte: number): number {
  return isLetter(byte) ? Math.imul(word + (byte | 32), WORD) >>> 0 : 0;
}
