import assert from "node:assert/strict";
import { test } from "node:test";
import { IrBuilder } from "../build.ts";
import type { IrPrices } from "../command.ts";
import { cheaperIr, priceIr } from "./price.ts";

const PRICES: IrPrices = {
  insert: (position, length) => 100 * position + length,
  copy: (length, distance, recent) => 1000 * (recent + 2) + 10 * length + distance,
  dict: (wordLength, transform) => 7 * wordLength + transform,
};

test("bits are told by what they are spent on, and empty commands cost nothing", () => {
  const ir = new IrBuilder().window(22).insert(Uint8Array.of(1, 2)).insert(new Uint8Array(0));
  ir.copy(3, 2).copy(0, 9).copy(1, 1).insertRandom(Uint8Array.of(1)).copy(2, 2).dict(4, 0, 0);
  const plain = new Uint8Array(ir.position);
  assert.deepEqual(priceIr(ir.finish(), plain, PRICES), {
    insert: 2 + 601,
    copy: 1032 + 1011,
    recent: 3022,
    dict: 28,
    total: 603 + 2043 + 3022 + 28,
  });
});

test("commands that make more bytes than there are have no price", () => {
  const ir = new IrBuilder().insert(Uint8Array.of(1, 2)).finish();
  assert.throws(() => priceIr(ir, new Uint8Array(1), PRICES), { code: "InvalidArgument" });
});

test("of two the cheaper is taken, of equals the first", () => {
  const plain = Uint8Array.of(1, 1);
  const whole = new IrBuilder().insert(plain).finish();
  const halves = new IrBuilder().insert(plain.subarray(1)).insert(plain.subarray(1)).finish();
  assert.equal(cheaperIr(halves, whole, plain, PRICES), whole);
  assert.equal(cheaperIr(whole, halves, plain, PRICES), whole);
  const same = new IrBuilder().insert(plain).finish();
  assert.equal(cheaperIr(same, whole, plain, PRICES), same);
});
