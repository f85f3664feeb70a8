import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { corpusPath, withoutCorpus } from "../../../test/corpus.ts";
import { IrBuilder } from "../build.ts";
import type { Ir, IrPrices, Optimizer } from "../command.ts";
import { parseIr } from "../parse.ts";
import { printIr } from "../print.ts";
import { runIr } from "../run.ts";
import { staticPrices } from "../static-prices.ts";
import { OPTIMIZERS, optimizeIr } from "./optimize.ts";
import { priceIr } from "./price.ts";

/** A byte costs eight bits and a run two, a copy twelve, or four from a recent distance; words six. */
const PRICES: IrPrices = {
  insert: (_, length) => 2 + 8 * length,
  copy: (_length, _distance, recent) => (recent === -1 ? 12 : 4),
  dict: () => 6,
};

/** What an optimizer makes of a text of IR, without the window. */
async function optimized(name: string, lines: readonly string[], prices = PRICES) {
  const ir = parseIr(["window 22", ...lines].join("\n"));
  const made = await optimizeIr(ir, await runIr(ir), [name], prices);
  return printIr(made).trimEnd().split("\n").slice(1).map(withoutEcho);
}

/** Literals as they are quoted here, and no more than the fields that matter. */
function withoutEcho(line: string): string {
  const [verb, length, field] = line.split(" ");
  if (verb === "insert" || verb === "rndins") {
    const bytes = /^[0-9a-f]*$/.test(field ?? "") ? Buffer.from(field ?? "", "hex").toString() : "";
    return `${verb} ${length} ${bytes === "" ? line.split(" ").slice(2).join(" ") : `"${bytes}"`}`;
  }
  return line;
}

test("inserts that meet are merged, unless a hint stands between them or one is of random bytes", async () => {
  const lines = ['insert 2 "ab"', 'insert 1 "c"', "ltype 1 0", 'insert 1 "d"', 'rndins 1 "e"'];
  assert.deepEqual(await optimized("merge-inserts", lines), [
    'insert 3 "abc"',
    "ltype 1 0",
    'insert 1 "d"',
    'rndins 1 "e"',
  ]);
});

test("copies that go on from the same distance are merged", async () => {
  const lines = ['insert 3 "abc"', "copy 4 from 3", "copy 5 from 3", "copy 2 from 6"];
  assert.deepEqual(await optimized("merge-copies", lines), [
    'insert 3 "abc"',
    "copy 9 from 3",
    "copy 2 from 6",
  ]);
});

test("commands of no bytes are dropped, and hints stay", async () => {
  const lines = ["copy 0 from 7", 'insert 1 "a"', "insert 0 ", "dtype 2", "copy 3 from 1"];
  assert.deepEqual(await optimized("drop-empty", lines), [
    'insert 1 "a"',
    "dtype 2",
    "copy 3 from 1",
  ]);
});

test("a copy dearer than its bytes becomes literals and joins those on both sides", async () => {
  const lines = ['insert 3 "abc"', "copy 1 from 2", 'insert 1 "d"', "copy 2 from 3"];
  assert.deepEqual(await optimized("short-copies", lines), ['insert 5 "abcbd"', "copy 2 from 3"]);
});

test("a copy stays when later copies need its distance", async () => {
  // The tail is to be changed, since a change that is a loss as a whole would be undone.
  const tail = ['insert 7 "1234567"', "copy 1 from 2", 'insert 7 "abcdefg"'];
  const needed = ['insert 3 "abc"', "copy 1 from 3", 'insert 1 "d"', "copy 9 from 3"];
  assert.deepEqual(await optimized("short-copies", [...needed, ...tail]), [
    ...needed,
    'insert 15 "12345676abcdefg"',
  ]);
});

test("a copy stays when the run that it would join on both sides becomes dear", async () => {
  const steps: IrPrices = {
    ...PRICES,
    insert: (_, length) => 12 * Math.ceil(length / 4),
    copy: (_, distance) => (distance === 4 ? 11 : 30),
  };
  const lines = ['insert 4 "abcd"', "copy 1 from 4", 'insert 4 "1234"', "copy 1 from 2"];
  assert.deepEqual(await optimized("short-copies", [...lines, 'insert 3 "567"'], steps), [
    ...lines.slice(0, 2),
    'insert 8 "12343567"',
  ]);
});

/** New distances cost more for long copies. */
const LONG_NEW: IrPrices = {
  ...PRICES,
  copy: (length, _, recent) => (recent === -1 ? 10 + length : 4),
};

test("a distance stays when a later copy needs it", async () => {
  const needed = ['insert 8 "aaaaaaaa"', "copy 2 from 1", "copy 2 from 8"];
  needed.push('insert 8 "bcdefghi"', "copy 6 from 8", 'insert 3 "zzz"');
  assert.deepEqual(await optimized("recent-distances", [...needed, "copy 2 from 2"], LONG_NEW), [
    ...needed,
    "copy 2 from 1",
  ]);
});

test("a copy is not swallowed when a later one needs its distance", async () => {
  const needed = ['insert 8 "QabWWabc"', "copy 3 from 3", "copy 2 from 10"];
  needed.push('insert 10 "0123456789"', "copy 6 from 10", 'insert 3 "mno"');
  assert.deepEqual(
    await optimized("move-cuts", [...needed, "copy 2 from 3", 'insert 1 "o"'], LONG_NEW),
    [...needed, "copy 3 from 3"],
  );
});

test("a distance gives way to a recent one with the same bytes", async () => {
  const lines = [
    'insert 4 "ab-c"',
    "copy 2 from 4",
    'insert 1 "x"',
    "copy 2 from 7",
    "copy 1 from 7",
  ];
  const snapped = await optimized("recent-distances", [...lines.slice(0, 3), "copy 2 from 7"]);
  assert.deepEqual(snapped, lines.slice(0, 4), "nothing recent has these bytes");
  const repeated = [
    'insert 2 "ab"',
    "copy 2 from 2",
    'insert 1 "x"',
    "copy 1 from 3",
    "copy 4 from 5",
  ];
  assert.deepEqual(await optimized("recent-distances", repeated), repeated);
  const table = ['insert 4 "ab-c"', "copy 4 from 4", "copy 4 from 8"];
  assert.deepEqual(await optimized("recent-distances", table), [
    'insert 4 "ab-c"',
    "copy 4 from 4",
    "copy 4 from 4",
  ]);
});

test("a cut moves over literals that a copy can make, and between two copies", async () => {
  const over = ['insert 4 "abcd"', "copy 2 from 4", 'insert 2 "cd"'];
  assert.deepEqual(await optimized("move-cuts", over), ['insert 4 "abcd"', "copy 4 from 4"]);
  const back = ['insert 6 "abcdab"', "copy 2 from 4"];
  assert.deepEqual(await optimized("move-cuts", back), ['insert 4 "abcd"', "copy 4 from 4"]);
  // Odd lengths are dear: both commands change by one byte.
  const even: IrPrices = { ...PRICES, copy: (length) => 12 + 8 * (length % 2) };
  const between = ['insert 12 "abcdeQ-deRST"', "copy 3 from 12", "copy 5 from 8"];
  assert.deepEqual(await optimized("move-cuts", between, even), [
    between[0],
    "copy 4 from 12",
    "copy 4 from 8",
  ]);
});

test("words of the dictionary stand for literals and for copies", async () => {
  const literals = ['insert 17 "<<the department,"'];
  const words = await optimized("dictionary-words", literals);
  assert.ok(words.length > 1 && words.some((line) => line.startsWith("dict ")), words.join());
  const copied = ['insert 10 "department"', "copy 10 from 10"];
  const dear: IrPrices = { ...PRICES, insert: () => 1 };
  const found = await optimized("dictionary-words", copied, dear);
  assert.equal(found[0], 'insert 10 "department"');
  assert.match(found[1]!, /^dict 10 word 10,/);
});

test("hints go, all or those that change nothing, and one window stays", async () => {
  const lines = [
    ...["window 16", "ltype 1 0", "ltype 2 0", 'insert 1 "a"', "ltype 2 0", "window 24"],
    ...['insert 1 "b"', "dtype 1", "copy 1 from 1", "ltype 0 0"],
  ];
  assert.deepEqual(await optimized("drop-hints", lines), [
    'insert 1 "a"',
    'insert 1 "b"',
    "copy 1 from 1",
  ]);
  assert.deepEqual(await optimized("drop-dead-hints", lines), [
    "ltype 2 0",
    'insert 1 "a"',
    'insert 1 "b"',
    "dtype 1",
    "copy 1 from 1",
  ]);
  const ir = parseIr(["window 22", ...lines].join("\n"));
  assert.match(printIr(await optimizeIr(ir, await runIr(ir), ["drop-hints"])), /^window 24\n/);
});

test("a hint that repeats what held before a prediction is not dead behind it", async () => {
  const lines = [
    ...["ltype 1 0", 'insert 1 "a"', "ltype 1 0", 'insert 1 "b"'],
    ...["prediction utf8", 'insert 1 "c"', "ltype 1 0", 'insert 1 "d"'],
  ];
  const dropped = lines.filter((_, line) => line !== 2);
  assert.deepEqual(await optimized("drop-dead-hints", lines), dropped);
});

test("an optimizer that changes the bytes is found out by name", async () => {
  const plain = new TextEncoder().encode("abcabc");
  const ir = new IrBuilder().insert(plain).finish();
  const wrong = (made: Ir): Optimizer => ({ name: "mine", optimize: () => made });
  const other = new IrBuilder().insert(plain.subarray(0, 5)).insert(Uint8Array.of(9)).finish();
  await assert.rejects(optimizeIr(ir, plain, [wrong(other)]), (error: { facts: unknown }) => {
    const facts = { optimizer: "mine", why: "it makes other bytes", at: 5 };
    assert.deepEqual(error.facts, facts);
    return true;
  });
  const short = new IrBuilder().insert(plain.subarray(0, 5)).finish();
  const long = new IrBuilder().insert(plain).copy(1, 1).finish();
  const broken: Ir = { words: Uint32Array.of(0x61, 7), literals: plain, hints: [] };
  for (const made of [short, long, broken]) {
    await assert.rejects(optimizeIr(ir, plain, [wrong(made)]), { code: "RoundTripFailure" });
  }
  await assert.rejects(optimizeIr(short, plain, []), { code: "InvalidArgument" });
  await assert.rejects(optimizeIr(ir, plain, ["merge"]), {
    code: "InvalidArgument",
    message: /known "drop-hints, drop-dead-hints, /,
  });
});

test("optimizers pass on one after the other, and get the caller's prices", async () => {
  const plain = new TextEncoder().encode("abab");
  const ir = new IrBuilder().insert(plain).finish();
  const copied = new IrBuilder().insert(plain.subarray(0, 2)).copy(2, 2).finish();
  const first: Optimizer = { name: "first", optimize: async () => copied };
  const second: Optimizer = {
    name: "second",
    optimize(seen, bytes, prices) {
      assert.equal(seen, copied);
      assert.equal(bytes, plain);
      assert.equal(prices, PRICES);
      return seen;
    },
  };
  assert.equal(await optimizeIr(ir, plain, [first, second], PRICES), copied);
});

test("every optimizer has a name of its own, and each takes an empty IR", async () => {
  const names = OPTIMIZERS.map((one) => one.name);
  assert.equal(new Set(names).size, names.length);
  const empty = new IrBuilder().finish();
  assert.deepEqual(await optimizeIr(empty, new Uint8Array(0), names), empty);
});

test("together they make the parses of texts cheaper", { skip: withoutCorpus }, async () => {
  for (const name of ["alice29-q11.ir", "asyoulik.ir"]) {
    const ir = parseIr(readFileSync(corpusPath(`ir/${name}`)));
    const plain = await runIr(ir);
    const prices = staticPrices(plain);
    const made = await optimizeIr(ir, plain, OPTIMIZERS, prices);
    const [before, after] = [ir, made].map((one) => priceIr(one, plain, prices).total);
    assert.ok(after! < 0.99 * before!, `${name}: ${after} of ${before}`);
  }
});
