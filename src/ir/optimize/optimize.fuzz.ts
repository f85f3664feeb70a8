/**
 * Fuzz: every optimizer on random IRs with everything in them.
 *
 * Whatever it does, the bytes stay; and those that choose by price make nothing dearer.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../../test/random.ts";
import { countKind, otherIr, randomIr } from "../../../test/random-ir.ts";
import type { Ir, IrPrices } from "../command.ts";
import { runIr } from "../run.ts";
import { staticPrices } from "../static-prices.ts";
import { OPTIMIZERS } from "./optimize.ts";
import { priceIr } from "./price.ts";

const SEEDS = 60;

/** Prices that nobody would guess, so that every branch is taken: some words are free, some copies
 * dearer than their bytes, recent distances anything. */
function oddPrices(random: Random): IrPrices {
  const bits = Array.from({ length: 6 }, () => random.upTo(40));
  return {
    insert: (_, length) => bits[0]! + (length * bits[1]!) / 8,
    copy: (length, distance, recent) =>
      recent >= 0 ? bits[2]! / (1 + recent) : bits[3]! + (distance % 7) + length / 4,
    dict: (wordLength, transform) => bits[4]! + (bits[5]! * ((wordLength + transform) % 3)) / 2,
  };
}

for (const optimizer of OPTIMIZERS) {
  test(`${optimizer.name} keeps the bytes and makes nothing dearer`, async () => {
    await forSeeds(SEEDS, async (random) => {
      const { ir, plain } = await randomIr(random, random.upTo(300));
      const prices = random.oneIn(2) ? staticPrices(plain) : oddPrices(random);
      const parent = random.oneIn(3) ? otherIr(random, plain) : ir;
      const before = copyOf(parent);
      const optimized = await optimizer.optimize(parent, plain, prices);
      assert.deepEqual(await runIr(optimized), plain);
      assert.deepEqual(parent, before, "the IR that came in is not changed");
      const byPrice = !/^(drop|merge)-/.test(optimizer.name);
      const difference =
        priceIr(optimized, plain, prices).total - priceIr(parent, plain, prices).total;
      if (byPrice) assert.ok(difference <= 0, `${difference} bits dearer`);
    });
  });
}

test("all optimizers after one another, in any order, keep the bytes", async () => {
  await forSeeds(SEEDS, async (random) => {
    const { ir, plain } = await randomIr(random, 200);
    const prices = oddPrices(random);
    let current = ir;
    for (let i = 0; i < 12; i++) {
      const optimizer = random.pick(OPTIMIZERS);
      current = await optimizer.optimize(current, plain, prices);
    }
    assert.deepEqual(await runIr(current), plain);
  });
});

test("the random IRs have everything in them that an IR may have", async () => {
  const kinds = ["insert", "rndins", "copy", "dict", "ltype", "ctype", "dtype", "prediction"];
  await forSeeds(3, async (random) => {
    const { ir } = await randomIr(random, 2000);
    for (const kind of kinds) assert.ok(countKind(ir, kind as "insert") > 0, kind);
  });
});

function copyOf(ir: Ir): Ir {
  return { words: ir.words.slice(), literals: ir.literals.slice(), hints: [...ir.hints] };
}
