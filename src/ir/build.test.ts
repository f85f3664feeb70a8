import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { IR_HINTS_MAXIMUM } from "../core/limits.ts";
import { IrBuilder } from "./build.ts";
import { commandCount, IrCursor } from "./cursor.ts";
import { plainHint } from "./hint.ts";
import { runIr } from "./run.ts";
import { randomIr } from "./suite.ts";

test("a cursor tells each command as it was given", () => {
  const ir = new IrBuilder()
    .window(22)
    .insert(Uint8Array.of(7, 8, 9))
    .insertRandom(Uint8Array.of(1))
    .copy(6, 3)
    .dict(24, 31, 120)
    .literalType(255, 8)
    .commandType(254)
    .distanceType(253)
    .prediction(plainHint("msb6"))
    .finish();
  const cursor = new IrCursor(ir);
  const seen: unknown[] = [];
  while (cursor.next()) seen.push([cursor.kind, cursor.position, cursor.length, cursor.operand]);
  assert.deepEqual(seen.slice(0, 4), [
    ["window", 0, 0, 22],
    ["insert", 0, 3, 0],
    ["rndins", 3, 1, 3],
    ["copy", 4, 6, 3],
  ]);
  assert.equal(commandCount(ir), 9);
  assert.equal(ir.hints.length, 1);
  const word = new IrCursor({ ...ir, words: ir.words.subarray(8) });
  word.next();
  assert.deepEqual([word.wordLength, word.word, word.transform], [24, 31, 120]);
  word.next();
  assert.deepEqual([word.blockType, word.stride], [255, 8]);
});

test("commands taken one by one from an IR make the same IR", async () => {
  await forSeeds(40, async (random) => {
    const ir = randomIr(random, random.upTo(300));
    const builder = new IrBuilder();
    const cursor = new IrCursor(ir);
    while (cursor.next()) builder.take(cursor);
    assert.deepEqual(builder.finish(), ir);
    assert.equal((await runIr(ir)).length, builder.position);
  });
});

test("commands and hints have an end", () => {
  const builder = new IrBuilder();
  const hint = plainHint("utf8");
  for (let i = 0; i < IR_HINTS_MAXIMUM; i++) builder.prediction(hint);
  assert.throws(() => builder.prediction(hint), { code: "IrTooLarge", kind: "limit" });
});

test("what could not be run is refused when it is given", () => {
  const one = (): IrBuilder => new IrBuilder().insert(Uint8Array.of(1));
  const refused: (() => unknown)[] = [
    () => one().copy(1, 2),
    () => one().copy(1, 0),
    () => one().copy(1.5, 1),
    () => one().copy(2 ** 28, 1),
    () => one().dict(4, 1024, 0),
    () => one().dict(4, 0, 121),
    () => one().literalType(0, 9),
    () => one().commandType(256),
    () => one().window(9),
    () => one().prediction({ ...plainHint("utf8"), mixingValues: Uint8Array.of(9) }),
    () => one().prediction({ ...plainHint("utf8"), literalContextMap: new Uint8Array(16_385) }),
  ];
  for (const [i, refuse] of refused.entries()) {
    assert.throws(refuse, { code: "IrInvalid" }, `case ${i}`);
  }
});
