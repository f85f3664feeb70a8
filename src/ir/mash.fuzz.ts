/** Fuzz: mash-ups of random IRs make the same bytes and are no dearer than either. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { otherIr, randomIr } from "../../test/random-ir.ts";
import type { IrPrices } from "./command.ts";
import { mashIr } from "./mash.ts";
import { priceIr } from "./optimize/price.ts";
import { runIr } from "./run.ts";
import { staticPrices } from "./static-prices.ts";

test("a mash-up makes the same bytes and is no dearer than its parents", async () => {
  let smaller = 0;
  await forSeeds(120, async (random) => {
    const { ir, plain } = await randomIr(random, random.upTo(400));
    const other = otherIr(random, plain);
    const [first, second] = random.oneIn(2) ? [ir, other] : [other, ir];
    const distanceBits = random.upTo(30);
    const odd: IrPrices = {
      insert: (position, length) => 3 + 2 * length + (position % 3),
      copy: (length, _, recent) => (recent === -1 ? distanceBits : 3 + recent) + (length % 5),
      dict: (wordLength, transform) => 10 + wordLength + (transform % 9),
    };
    const prices = random.oneIn(3) ? odd : staticPrices(plain);
    const hints = random.pick(["first", "second", "none"] as const);
    const mashed = await mashIr(first, second, plain, prices, { hints });
    assert.deepEqual(await runIr(mashed), plain);
    const bits = [mashed, first, second].map((one) => priceIr(one, plain, prices).total);
    assert.ok(bits[0]! <= Math.min(bits[1]!, bits[2]!));
    if (bits[0]! < Math.min(bits[1]!, bits[2]!)) smaller++;
  });
  if (process.env["PITH_SEED"] === undefined) assert.ok(smaller > 60, `${smaller} of 120 smaller`);
});
