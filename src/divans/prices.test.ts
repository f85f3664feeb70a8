import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../test/random.ts";
import { type Ir, IrBuilder, IrCursor, type Optimizer, runIr } from "../ir/index.ts";
import { generateIr } from "./decode-ir.ts";
import { measureIr } from "./encode-ir.ts";
import { unitPrices } from "./prices.ts";

type IrPrices = Parameters<Optimizer["optimize"]>[2];

/** What an IR costs by these prices, in bits. */
function pricedBits(ir: Ir, prices: IrPrices): number {
  const recent: number[] = [];
  const cursor = new IrCursor(ir);
  let bits = 0;
  while (cursor.next()) {
    const { kind, position, length, distance } = cursor;
    if (kind === "insert" || kind === "rndins") bits += prices.insert(position, length);
    else if (kind === "dict") bits += prices.dict(cursor.wordLength, cursor.transform);
    else if (kind === "copy") {
      const place = recent.indexOf(distance);
      bits += prices.copy(length, distance, place);
      if (place >= 0) recent.splice(place, 1);
      recent.unshift(distance);
      recent.splice(4);
    }
  }
  return bits;
}

async function measuredBits(ir: Ir): Promise<number> {
  return Object.values(await measureIr(ir)).reduce((sum, each) => sum + each, 0);
}

/** Commands of which some never follow others: a copy may come right behind a copy from elsewhere, but never
 * behind one from the last distance. */
function choosy(): Ir {
  const random = seeded(5);
  const builder = new IrBuilder().insert(random.bytes(4000));
  for (let i = 0; i < 2000; i++) {
    const distance = 100 + random.upTo(3000);
    builder
      .insert(random.bytes(3))
      .copy(4, 50 + random.upTo(50))
      .copy(5, distance);
    builder.insert(random.bytes(1)).copy(6, distance);
  }
  return builder.finish();
}

test("by its own prices an IR costs about what its bits come to", async () => {
  const content = seeded(2).content(120_000);
  const irs = [choosy(), await generateIr(content, { effort: "fast" })];
  for (const ir of irs) {
    const priced = pricedBits(ir, await unitPrices(await runIr(ir), ir));
    const measured = await measuredBits(ir);
    assert.ok(Math.abs(priced / measured - 1) < 0.1, `priced ${priced}, measured ${measured} bits`);
  }
});
