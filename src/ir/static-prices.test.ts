import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, seeded } from "../../test/random.ts";
import { logTwo, staticPrices } from "./static-prices.ts";

test("the logarithm is right to a thousandth, and exact for powers of two", () => {
  for (let bits = 0; bits <= 40; bits++) assert.equal(logTwo(2 ** bits), bits);
  for (let value = 1; value < 1e9; value *= 1.0137) {
    assert.ok(Math.abs(logTwo(value) - Math.log2(value)) < 1 / 1024, `${value}`);
  }
});

test("bytes that are hard to foretell cost more than bytes that are not", () => {
  const random = seeded(1).bytes(20_000);
  const text = new TextEncoder().encode("to be or not to be, that is the question. ".repeat(400));
  const zeros = new Uint8Array(20_000);
  const [hard, easy, none] = [random, text, zeros].map(
    (plain) => staticPrices(plain).insert(0, plain.length) / plain.length,
  );
  assert.ok(hard! > 7.9 && hard! < 8.6, `${hard} bits a random byte`);
  assert.ok(easy! > 0.5 && easy! < 3, `${easy} bits a byte of text`);
  assert.ok(none! < 0.01, `${none} bits a zero`);
});

test("a byte that occurs once is not free", () => {
  const plain = new TextEncoder().encode("abcdefgh");
  const prices = staticPrices(plain);
  for (let at = 0; at < plain.length; at++) assert.ok(prices.insert(at, 1) > 5);
});

test("literals in one run cost less than in two, and prices are whole parts of a bit", async () => {
  await forSeeds(50, (random) => {
    const plain = random.content(2 + random.upTo(3000));
    const prices = staticPrices(plain);
    const cut = 1 + random.upTo(plain.length - 1);
    const whole = prices.insert(0, plain.length);
    const parts = [prices.insert(0, cut), prices.insert(cut, plain.length - cut)];
    assert.ok(whole < parts[0]! + parts[1]!);
    for (const bits of [whole, ...parts, prices.copy(cut, cut, -1), prices.dict(4, 0)]) {
      assert.ok(Number.isInteger(bits * 1024) && bits >= 0, `${bits}`);
    }
  });
});

test("recent and short distances are cheap, and so are words as they are", () => {
  const prices = staticPrices(new Uint8Array(1));
  const recent = [0, 1, 2, 3].map((place) => prices.copy(5, 70_000, place));
  assert.deepEqual(
    recent,
    recent.toSorted((one, other) => one - other),
  );
  assert.ok(recent[3]! < prices.copy(5, 70_000, -1));
  assert.ok(prices.copy(5, 9, -1) < prices.copy(5, 70_000, -1));
  assert.ok(prices.copy(5, 9, -1) < prices.copy(50, 9, -1));
  assert.ok(prices.dict(10, 0) < prices.dict(10, 5));
  assert.equal(prices.insert(1, 0), 0);
});
