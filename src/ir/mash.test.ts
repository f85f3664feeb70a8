import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { IrBuilder } from "./build.ts";
import type { IrPrices } from "./command.ts";
import { plainHint } from "./hint.ts";
import { mashIr } from "./mash.ts";
import { priceIr } from "./optimize/price.ts";
import { parseIr } from "./parse.ts";
import { printIr } from "./print.ts";
import { runIr } from "./run.ts";
import { staticPrices } from "./static-prices.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A byte costs eight bits, a copy twelve, or four from a recent distance, whatever its length. */
const prices: IrPrices = {
  insert: (_, length) => 2 + 8 * length,
  copy: (_length, _distance, recent) => (recent === -1 ? 12 : 4),
  dict: () => 6,
};

test("the cheaper span of each parent is taken", async () => {
  const plain = bytes("abcdefgh-abcdefgh-abcdefgh!");
  const first = parseIr('window 22\ninsert 9 "abcdefgh-"\ncopy 9 from 9\ninsert 9 "abcdefgh!"');
  const second = parseIr('window 22\ninsert 18 "abcdefgh-abcdefgh-"\ncopy 8 from 9\ninsert 1 "!"');
  const mashed = await mashIr(first, second, plain, prices);
  assert.deepEqual(
    printIr(mashed)
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ", 2).join(" ")),
    ["window 22", "insert 9", "copy 17", "insert 1"],
  );
});

test("a copy is cut where the other parent has a command begin", async () => {
  const plain = bytes("abcdefghijklabcdefghijkl");
  // The first copies six bytes and spells out the rest; the second is dear before, and copies from byte
  // 15 on, in the middle of the first one's copy.
  const first = new IrBuilder().insert(plain.subarray(0, 12)).copy(6, 12);
  first.insert(plain.subarray(18));
  const second = new IrBuilder().insert(plain.subarray(0, 15)).copy(9, 12);
  const mashed = await mashIr(first.finish(), second.finish(), plain, prices);
  assert.equal(priceIr(mashed, plain, prices).total, 2 + 8 * 12 + 12);
});

test("a parent that is cheaper than any mixture comes back as it is", async () => {
  const plain = bytes("abababababab");
  const first = new IrBuilder().insert(plain.subarray(0, 2)).copy(10, 2).finish();
  const second = new IrBuilder().insert(plain).finish();
  const mashed = await mashIr(first, second, plain, prices);
  assert.deepEqual(await runIr(mashed), plain);
  assert.equal(priceIr(mashed, plain, prices).total, priceIr(first, plain, prices).total);
});

test("hints on literals come from the parent that is named, or the first that has any", async () => {
  const plain = bytes("abcdefgh-abcdefgh-abcdefgh!");
  const hinted = new IrBuilder().window(16).prediction(plainHint("utf8")).literalType(2, 0);
  hinted.insert(plain.subarray(0, 5)).literalType(1, 0).commandType(1);
  hinted.insert(plain.subarray(5, 18)).copy(8, 9).insert(plain.subarray(26));
  const bare = new IrBuilder().window(18).insert(plain.subarray(0, 9)).copy(9, 9);
  bare.insert(plain.subarray(18));
  const [first, second] = [bare.finish(), hinted.finish()];

  const found = printIr(await mashIr(first, second, plain, prices)).split("\n");
  assert.deepEqual(
    found.map((line) => line.split(" ", 2).join(" ")),
    [
      "window 18",
      "prediction utf8",
      "ltype 2",
      "insert 5",
      "ltype 1",
      "insert 4",
      "copy 17",
      "insert 1",
      "",
    ],
  );
  for (const hints of ["first", "none"] as const) {
    assert.doesNotMatch(printIr(await mashIr(first, second, plain, prices, { hints })), /ltype/);
  }
});

test("a parent that hints do not cut may be cheaper than a mash-up that they cut", async () => {
  const plain = bytes("abcdef");
  const cut = new IrBuilder().insert(plain.subarray(0, 3)).literalType(1, 0);
  const [first, second] = [cut.insert(plain.subarray(3)).finish(), new IrBuilder().insert(plain)];
  const whole = second.finish();
  assert.equal(await mashIr(first, whole, plain, prices), whole);
  assert.equal(await mashIr(whole, first, plain, prices), whole);
});

test("nothing at all can be mashed", async () => {
  const empty = new IrBuilder().finish();
  assert.deepEqual(await mashIr(empty, empty, new Uint8Array(0)), empty);
});

test("parents that make other bytes are refused", async () => {
  const plain = bytes("abcabc");
  const right = new IrBuilder().insert(plain).finish();
  for (const text of ["abcabd", "abcab", "abcabcabc"]) {
    const wrong = new IrBuilder().insert(bytes(text)).finish();
    await assert.rejects(mashIr(wrong, right, plain), { code: "InvalidArgument", kind: "input" });
    await assert.rejects(mashIr(right, wrong, plain), { code: "InvalidArgument", kind: "input" });
  }
});

test("two parses of a text make a cheaper one", { skip: withoutCorpus }, async () => {
  const parents = ["alice29.ir", "alice29-q11.ir"].map((name) =>
    parseIr(readFileSync(corpusPath(`ir/${name}`))),
  );
  const plain = new Uint8Array(readFileSync(corpusPath("ir/alice29")));
  const texts = staticPrices(plain);
  const mashed = await mashIr(parents[0]!, parents[1]!, plain, texts);
  const [bits, ...before] = [mashed, ...parents].map((ir) => priceIr(ir, plain, texts).total);
  assert.ok(bits! < Math.min(...before));
});
