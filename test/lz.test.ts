/** Tests of the match finder and the parser (kernels/lz): the commands make the unit, always. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "../src/core/bytes.ts";
import type { KernelInstance } from "../src/core/kernel.ts";
import { loadDivans } from "../src/divans/kernels.ts";
import { COMMAND_KINDS, type Ir } from "../src/ir/command.ts";
import { loadDictionary } from "../src/ir/dictionary.ts";
import { runIr } from "../src/ir/run.ts";
import { corpusFile, withoutCorpus } from "./corpus.ts";
import { forSeeds, type Random, seeded } from "./random.ts";

interface Search {
  readonly depth: number;
  readonly niceLength: number;
  readonly arrivals: number;
  readonly wordsEnd: number;
  /** Positions that one call passes. */
  readonly step: number;
}

const SEARCH: Search = { depth: 32, niceLength: 273, arrivals: 3, wordsEnd: 0, step: 65536 };
const COPY = COMMAND_KINDS.copy;
const DICT = COMMAND_KINDS.dict;

const kernels = await loadDivans();

function withEncoder<Value>(job: (instance: KernelInstance) => Value): Value {
  const instance = kernels.takeEncoder();
  const value = job(instance);
  kernels.releaseEncoder(instance);
  return value;
}

/** The commands that the kernel makes of a unit, by its first prices. */
function parse(instance: KernelInstance, plain: Uint8Array, search: Search): Ir {
  const walk = (name: string): void => {
    for (let at = 0; at < plain.length; ) {
      const reached = instance.call(name, search.step);
      assert.ok(reached > at, `${name} comes nearer to the end`);
      at = reached;
    }
  };
  instance.bytes(instance.call("unitAddress"), plain.length).set(plain);
  instance.call("beginFirstPrices", plain.length);
  walk("firstLiteralPrices");
  instance.call("beginMatches", plain.length, search.depth, search.niceLength);
  walk("findMatches");
  const { arrivals, niceLength, wordsEnd } = search;
  instance.call("beginParse", plain.length, arrivals, niceLength, wordsEnd);
  walk("parse");
  const bytes = 8 * instance.call("endPath");
  const words = new Uint32Array(
    instance.bytes(instance.call("commandAddress"), bytes).slice().buffer,
  );
  return irOf(words, plain);
}

/** Commands as IR: the kernel leaves it to others to say where the literals of an insert lie. */
function irOf(words: Uint32Array, plain: Uint8Array): Ir {
  let at = 0;
  for (let i = 0; i < words.length; i += 2) {
    if ((words[i]! & 15) === COMMAND_KINDS.insert) words[i + 1] = at;
    at += words[i]! >>> 4;
  }
  return { words, literals: plain, hints: [] };
}

async function assertMakes(ir: Ir, plain: Uint8Array, says: string): Promise<void> {
  const made = await runIr(ir);
  assert.ok(equalBytes(made, plain), `${says}: the commands make other bytes`);
}

function kindsOf(ir: Ir): number[] {
  return Array.from({ length: ir.words.length / 2 }, (_, i) => ir.words[2 * i]! & 15);
}

function searchOf(random: Random): Search {
  return {
    depth: 1 + random.upTo(64),
    niceLength: random.pick([16, 17, 64, 273, 1023, 5000]),
    arrivals: random.upTo(10),
    wordsEnd: random.pick([0, 100, 1 << 22]),
    step: random.pick([1, 777, 65536]),
  };
}

test("the commands make the unit, for any bytes and any search", async () => {
  const instance = kernels.takeEncoder();
  await forSeeds(150, async (random) => {
    const size = random.oneIn(3) ? random.upTo(20) : random.upTo(40_000);
    const plain = random.oneIn(4) ? random.bytes(size) : random.content(size);
    const search = searchOf(random);
    const ir = parse(instance, plain, search);
    await assertMakes(ir, plain, JSON.stringify(search));
    const kinds = kindsOf(ir);
    for (const [i, kind] of kinds.entries()) {
      assert.ok(
        kind !== COMMAND_KINDS.insert || kinds[i + 1] !== kind,
        "two inserts are neighbours",
      );
    }
  });
  kernels.releaseEncoder(instance);
});

test("what repeats with any period is one copy, however long it is", async () => {
  const random = seeded(5);
  for (const period of [1, 2, 3, 7, 255, 4096, 70_000]) {
    const cycle = random.bytes(period);
    const plain = Uint8Array.from({ length: 1 << 20 }, (_, i) => cycle[i % period]!);
    const ir = withEncoder((instance) => parse(instance, plain, SEARCH));
    await assertMakes(ir, plain, `period ${period}`);
    const copies = kindsOf(ir).filter((kind) => kind === COPY).length;
    // Long random cycles repeat pairs of bytes by chance before they repeat themselves.
    assert.ok(copies <= 1 + period / 100, `period ${period}: ${copies} copies`);
  }
});

test("neither the size of a step nor the build changes the commands", async () => {
  const scalar = await loadDivans("scalar");
  await forSeeds(6, (random) => {
    const plain = random.content(60_000);
    const other = scalar.takeEncoder();
    const first = withEncoder((instance) => parse(instance, plain, { ...SEARCH, wordsEnd: 9999 }));
    const steps = { ...SEARCH, wordsEnd: 9999, step: 1 + random.upTo(5000) };
    assert.deepEqual(parse(other, plain, steps).words, first.words);
    scalar.releaseEncoder(other);
  });
});

test("words of the dictionary are found, as transforms write them", async () => {
  const dictionary = await loadDictionary();
  const instance = kernels.takeEncoder();
  await forSeeds(400, async (random) => {
    const transform = random.upTo(121);
    const { operation } = dictionary.transform(transform);
    const wordLength = 10 + random.upTo(10);
    const plain = new Uint8Array(64);
    const word = random.upTo(128);
    const size = dictionary.writeWord(plain, 0, wordLength, word, transform);
    const text = plain.subarray(0, size);
    const ir = parse(instance, text, { ...SEARCH, wordsEnd: 100 });
    const says = `word ${word} of ${wordLength} bytes, transform ${transform}`;
    await assertMakes(ir, text, says);
    // Not looked for: words without their first bytes, and raised ones that have upper case anyway.
    const capitals = dictionary
      .transformedWord(wordLength, word, 0)
      .some((byte) => byte > 64 && byte < 91);
    const sought = operation === 0 || operation > 11 || (operation < 3 && !capitals);
    if (sought && size > 9) assert.ok(kindsOf(ir).includes(DICT), `${says}: not found`);
    const without = parse(instance, text, SEARCH);
    assert.ok(!kindsOf(without).includes(DICT), `${says}: not asked for`);
  });
  kernels.releaseEncoder(instance);
});

test("three arrivals save on machine code, and eight cost no more than three", {
  skip: withoutCorpus,
}, () => {
  const plain = corpusFile("general/libmozinference.so").subarray(0, 400_000);
  const count = (arrivals: number): number =>
    withEncoder((instance) => priceOf(instance, plain, { ...SEARCH, arrivals }));
  const [one, three, eight] = [count(1), count(3), count(8)];
  assert.ok(three < one * 0.995, `${three} with three arrivals, ${one} with one`);
  assert.ok(eight < three * 1.001, `${eight} with eight arrivals, ${three} with three`);
});

/** What a parse costs by the prices that it went by, in 1/64 bit. */
function priceOf(instance: KernelInstance, plain: Uint8Array, search: Search): number {
  const ir = parse(instance, plain, search);
  const literals = tableAt(instance, "literalPriceAddress", plain.length);
  return priceCommands(ir.words, literals, tableAt(instance, "priceAddress", 8192));
}

function tableAt(instance: KernelInstance, name: string, entries: number): Uint16Array {
  return new Uint16Array(instance.bytes(instance.call(name), 2 * entries).slice().buffer);
}

/** Tables of kernels/lz/prices.ts, in entries. */
const TYPE_AT = 8 * 64;
const LENGTH_AT = TYPE_AT + 8 * 4 * 8;
const SLOT_AT = LENGTH_AT + 3 * 1024;
const LOW_AT = SLOT_AT + 4 * 48;

/** What commands cost, without dictionary words. */
function priceCommands(words: Uint32Array, literals: Uint16Array, prices: Uint16Array): number {
  const recent = [1, 2, 3, 4];
  let [cost, at, run, last] = [0, 0, 0, 0];
  for (let i = 0; i < words.length; i += 2) {
    const length = words[i]! >>> 4;
    const distance = words[i + 1]!;
    if ((words[i]! & 15) === COPY) {
      const rep = recent.indexOf(distance);
      cost += prices[last * 64 + Math.min(run, 63)]!;
      cost += prices[TYPE_AT + (last * 4 + Math.min(run, 3)) * 8 + rep + 1]!;
      last = rep + 1;
      cost += prices[LENGTH_AT + Math.min(last, 2) * 1024 + Math.min(length, 1023)]!;
      if (rep < 0) cost += distancePrice(prices, length, distance);
      recent.splice(rep < 0 ? 3 : rep, 1);
      recent.unshift(distance);
      run = 0;
    } else {
      for (let j = at; j < at + length; j++) cost += literals[j]!;
      run = length;
    }
    at += length;
  }
  return cost;
}

function distancePrice(prices: Uint16Array, length: number, distance: number): number {
  const top = 31 - Math.clz32(distance);
  const slot = distance === 1 ? 0 : 2 * top + ((distance >>> (top - 1)) & 1);
  const price = prices[SLOT_AT + Math.min(length - 2, 3) * 48 + slot]!;
  if (slot < 8) return price;
  return price + prices[LOW_AT + Math.min(slot, 31) * 16 + (distance & 15)]!;
}
