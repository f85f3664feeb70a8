/** Tests of quantizer tokens: tables of the usual kind become bytes, and any bytes go through. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { readTokens, writeTokens } from "./quantizer-tokens.ts";

/** The library's own tables at quality 75, the first sixteen divisors of each. */
const QUALITY_75 = [8, 6, 6, 7, 6, 5, 8, 7, 7, 7, 9, 9, 8, 10, 12, 20];
const QUALITY_75_CHROMINANCE = [9, 9, 9, 12, 11, 12, 24, 13, 13, 24, 50, 33, 28, 33, 50, 50];

const MARKER = [0xff, 0xdb];

test("a quality stands for its table", () => {
  const first = readTokens(Uint8Array.of(...MARKER, 0, 67, 75, 0), 69);
  assert.equal(first.length, 69);
  assert.deepEqual([...first.subarray(5, 21)], QUALITY_75);
  const second = readTokens(Uint8Array.of(...MARKER, 0, 67, 175, 1), 69);
  assert.deepEqual([...second.subarray(5, 21)], QUALITY_75_CHROMINANCE);
  const best = readTokens(Uint8Array.of(...MARKER, 0, 67, 100, 0), 69);
  assert.ok(best.subarray(5).every((divisor) => divisor === 1));
  const worst = readTokens(Uint8Array.of(...MARKER, 0, 67, 1, 0), 69);
  assert.ok(worst.subarray(5).every((divisor) => divisor === 255));
});

test("both tables of a quality take two bytes, in one segment and in two", () => {
  for (const tokens of [
    Uint8Array.of(...MARKER, 0, 132, 75, 0, 201, 1),
    Uint8Array.of(...MARKER, 0, 67, 75, 0, ...MARKER, 0, 67, 201, 1, 0xff, 0xc0),
  ]) {
    const plain = readTokens(tokens, 1000);
    assert.deepEqual(writeTokens(plain), tokens);
  }
});

test("a table of its own stays as it is", () => {
  const table = Array.from({ length: 64 }, (_, z) => z + 3);
  const plain = Uint8Array.of(...MARKER, 0, 67, 0, ...table, 0xff);
  const tokens = writeTokens(plain);
  assert.deepEqual(tokens, Uint8Array.of(...MARKER, 0, 67, 0, 0, ...table, 0xff));
  assert.deepEqual(readTokens(tokens, 1000), plain);
});

test("any bytes go through", async () => {
  await forSeeds(300, (random) => {
    const parts: number[] = [];
    for (let i = random.upTo(12); i > 0; i--) {
      const kind = random.upTo(4);
      if (kind === 0) parts.push(...random.bytes(random.upTo(80)));
      else if (kind === 1) parts.push(...MARKER, 0, 2 + 65 * random.upTo(6), random.upTo(3));
      else {
        const tokens = Uint8Array.of(...MARKER, 0, 67, 1 + random.upTo(200), random.upTo(20));
        const plain = readTokens(tokens, 1000);
        parts.push(...plain.subarray(0, random.oneIn(4) ? random.upTo(70) : 69));
      }
    }
    const plain = Uint8Array.from(parts);
    assert.deepEqual(readTokens(writeTokens(plain), plain.length), plain);
  });
});

test("tokens that say nothing or too much are refused", () => {
  const refuse = (tokens: number[], code: string): void => {
    assert.throws(() => readTokens(Uint8Array.from(tokens), 100), { code });
  };
  refuse([...MARKER, 0, 67], "BadLeptonFile");
  refuse([...MARKER, 0, 67, 75], "BadLeptonFile");
  refuse([...MARKER, 0, 67, 202, 0], "BadLeptonFile");
  refuse([...MARKER, 0, 67, 201, 0], "BadLeptonFile");
  refuse([...MARKER, 0, 132, 75, 0, 75, 1], "HeaderTooLarge");
  refuse([...MARKER, 0, 67, 75, 0, ...new Uint8Array(40)], "HeaderTooLarge");
});
