/** Decoding tables: every code of a valid set decodes, every invalid set is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../test/random.ts";
import {
  buildTable,
  DISTANCE_ROOT_BITS,
  DISTANCE_SYMBOLS,
  distanceTable,
  LENGTH_MAXIMUM,
  LINK,
  LITERAL,
  LITERAL_ROOT_BITS,
  LITERAL_SYMBOLS,
  literalTable,
  MATCH,
  PAIR,
  pairLiterals,
  type Table,
} from "./inflate-tables.ts";

/** Lengths of a complete code with `count` symbols: leaves split at random, deep ones first. */
function completeLengths(random: Random, count: number, deepest: number): number[] {
  const leaves = [1, 1];
  while (leaves.length < count) {
    const from = random.oneIn(3) ? random.upTo(leaves.length) : leaves.length - 1;
    const at = (leaves[from] as number) < deepest ? from : leaves.findIndex((l) => l < deepest);
    const length = (leaves[at] as number) + 1;
    leaves.splice(at, 1);
    leaves.push(length, length);
  }
  return leaves;
}

/** Canonical codes by the letter of RFC 1951, first bit lowest. */
function reversedCodes(lengths: Uint8Array): number[] {
  const codes = new Array<number>(lengths.length).fill(0);
  let code = 0;
  for (let length = 1; length <= LENGTH_MAXIMUM; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      for (let bit = 0; bit < length; bit++) {
        if ((code >> (length - 1 - bit)) & 1)
          codes[symbol] = (codes[symbol] as number) | (1 << bit);
      }
      code++;
    }
    code *= 2;
  }
  return codes;
}

function look({ entries, bits }: Table, hold: number): number {
  const entry = entries[hold & ((1 << bits) - 1)] as number;
  if ((entry & LINK) === 0) return entry;
  const second = (hold >>> bits) & ((1 << (entry >>> 24)) - 1);
  return entries[((entry >>> 8) & 0xffff) + second] as number;
}

test("each code of a complete set decodes to its symbol, whatever bits follow", async () => {
  await forSeeds(300, (random) => {
    const forLiterals = random.oneIn(2);
    const size = forLiterals ? 286 : 30;
    const symbols = forLiterals ? LITERAL_SYMBOLS : DISTANCE_SYMBOLS;
    const table = forLiterals ? literalTable() : distanceTable();
    const rootBits = forLiterals ? LITERAL_ROOT_BITS : DISTANCE_ROOT_BITS;
    const lengths = new Uint8Array(size);
    const free = Array.from({ length: size }, (_, symbol) => symbol);
    for (const length of completeLengths(random, 2 + random.upTo(size - 1), LENGTH_MAXIMUM)) {
      const [symbol] = free.splice(random.upTo(free.length), 1);
      lengths[symbol as number] = length;
    }
    assert.ok(buildTable(table, lengths, symbols, rootBits, 1));
    const codes = reversedCodes(lengths);
    for (let symbol = 0; symbol < size; symbol++) {
      const length = lengths[symbol] as number;
      if (length === 0) continue;
      const hold = ((codes[symbol] as number) | (random.upTo(1 << 16) << length)) >>> 0;
      assert.equal(look(table, hold), (symbols[symbol] as number) | length);
    }
    if (!forLiterals) return;
    const single = table.entries.slice();
    pairLiterals(table);
    for (let index = 0; index < 1 << table.bits; index++) {
      const entry = table.entries[index] as number;
      const first = single[index] as number;
      if ((entry & PAIR) === 0) {
        assert.equal(entry, first);
        continue;
      }
      const second = single[index >>> (first & 15)] as number;
      assert.ok((first & LITERAL) !== 0 && (second & LITERAL) !== 0);
      assert.equal((entry >>> 8) & 255, first >>> 8);
      assert.equal((entry >>> 16) & 255, second >>> 8);
      assert.equal(entry >>> 24, first & 15);
      assert.equal(entry & 15, (first & 15) + (second & 15));
    }
  });
});

test("sets that are over-subscribed or leave a gap are refused", async () => {
  const table = literalTable();
  const build = (lengths: Uint8Array): boolean =>
    buildTable(table, lengths, LITERAL_SYMBOLS, LITERAL_ROOT_BITS, 1);
  await forSeeds(300, (random) => {
    const lengths = new Uint8Array(286);
    const set = completeLengths(random, 3 + random.upTo(280), LENGTH_MAXIMUM);
    set.forEach((length, symbol) => {
      lengths[symbol] = length;
    });
    assert.ok(build(lengths));
    const victim = random.upTo(set.length);
    const other = lengths.slice();
    other[victim] = 0;
    assert.ok(!build(other), "a code taken away");
    other[victim] = 1 + random.upTo(LENGTH_MAXIMUM);
    assert.equal(build(other), other[victim] === lengths[victim], "a length changed");
    if (set.length < 286) {
      const more = lengths.slice();
      more[set.length] = 1 + random.upTo(LENGTH_MAXIMUM);
      assert.ok(!build(more), "a code too many");
    }
  });
});

test("a lone code of one bit and no code at all are valid only where that is allowed", () => {
  for (const lengths of [Uint8Array.of(0, 1), Uint8Array.of(0, 0)]) {
    const table = distanceTable();
    const used = lengths[1] === 1;
    assert.equal(buildTable(table, lengths, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 0), !used);
    assert.ok(buildTable(table, lengths, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 1));
    assert.equal(table.bits, 1);
    assert.equal((look(table, 0) & MATCH) !== 0, used);
    assert.equal(look(table, 1) & MATCH, 0);
  }
  const two = Uint8Array.of(0, 2);
  assert.ok(!buildTable(distanceTable(), two, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 1));
});

test("bases and extra bits are those of RFC 1951", () => {
  const base = (entry: number): number => (entry >>> 8) & 0xffff;
  const last = (entry: number): number => base(entry) + (1 << (entry >>> 24)) - 1;
  assert.equal(base(LITERAL_SYMBOLS[257] as number), 3);
  assert.equal(last(LITERAL_SYMBOLS[284] as number), 258);
  assert.equal(base(LITERAL_SYMBOLS[285] as number), 258);
  assert.equal(last(DISTANCE_SYMBOLS[29] as number), 32768);
  for (let symbol = 258; symbol < 285; symbol++) {
    assert.equal(
      base(LITERAL_SYMBOLS[symbol] as number),
      last(LITERAL_SYMBOLS[symbol - 1] as number) + 1,
    );
  }
  for (let symbol = 1; symbol < 30; symbol++) {
    assert.equal(
      base(DISTANCE_SYMBOLS[symbol] as number),
      last(DISTANCE_SYMBOLS[symbol - 1] as number) + 1,
    );
  }
});
