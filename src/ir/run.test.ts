import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { IrBuilder } from "./build.ts";
import { COMMAND_KINDS, type Ir } from "./command.ts";
import { parseIr } from "./parse.ts";
import { runIr } from "./run.ts";
import { runs } from "./runs.ts";

/** Byte for byte, as the format's document says it. */
function slowly(start: Uint8Array, copies: readonly (readonly [number, number])[]): number[] {
  const made = [...start];
  for (const [length, distance] of copies) {
    for (let i = 0; i < length; i++) made.push(made[made.length - distance]!);
  }
  return made;
}

test("a copy repeats what it has just copied, at every distance and length", async () => {
  await forSeeds(60, async (random) => {
    const start = random.bytes(1 + random.upTo(20));
    const builder = new IrBuilder().insert(start);
    const copies: [number, number][] = [];
    for (let i = 0; i < 8; i++) {
      const copy: [number, number] = [random.upTo(70), 1 + random.upTo(builder.position)];
      copies.push(copy);
      builder.copy(...copy);
    }
    assert.deepEqual([...(await runIr(builder.finish()))], slowly(start, copies));
  });
});

test("a line that asks for much costs nothing unless the caller takes it", async () => {
  const line = "copy 268435455 from 1\n";
  const bomb = parseIr(`window 22\ninsert 1 61\n${line.repeat(10_000)}`);
  await assert.rejects(runIr(bomb), { code: "OutputLimit" });
  const six = parseIr("window 22\ninsert 1 61\ncopy 5 from 1\n");
  await assert.rejects(runIr(six, { maximumBytes: 5 }), { code: "OutputLimit", kind: "limit" });
  assert.equal((await runIr(six, { maximumBytes: 6 })).length, 6);
});

test("commands made by hand that cannot be run are refused with their number", async () => {
  const { insert, copy } = COMMAND_KINDS;
  const ir: Ir = {
    words: Uint32Array.of((2 << 4) | insert, 0, (1 << 4) | copy, 3),
    literals: Uint8Array.of(1, 2),
    hints: [],
  };
  await assert.rejects(runIr(ir), (error: { code: string; facts: Record<string, unknown> }) => {
    assert.deepEqual([error.code, error.facts["command"]], ["IrInvalid", 1]);
    return true;
  });
});

test("runs makes inserts alone, and they make the bytes", async () => {
  await forSeeds(8, async (random) => {
    const plain = random.content(random.upTo(200_000));
    const ir = await runs.generate(plain);
    assert.deepEqual(await runIr(ir), plain);
    assert.ok(ir.words.every((word, i) => i % 2 === 1 || (word & 15) === COMMAND_KINDS.insert));
  });
  assert.equal((await runs.generate(new Uint8Array(0))).words.length, 0);
});
