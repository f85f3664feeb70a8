import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { IrBuilder } from "./build.ts";
import { COMMAND_KINDS, type Ir } from "./command.ts";
import { parseIr } from "./parse.ts";
import { printIr } from "./print.ts";
import { runIr } from "./run.ts";
import { assertGrammar, randomIr } from "./suite.ts";

const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);

test("what is printed is in the grammar, parses to the same, and prints the same again", async () => {
  await forSeeds(120, async (random) => {
    const ir = randomIr(random, random.upTo(60));
    const printed = printIr(ir);
    assertGrammar(printed);
    const parsed = parseIr(printed);
    assert.deepEqual(parsed, ir);
    assert.equal(printIr(parsed), printed);
    assert.deepEqual(parseIr(text(printed)), ir, "as bytes");
    assert.deepEqual(await runIr(parsed), await runIr(ir));
  });
});

test("an IR without a window at its front gets the smallest that holds its distances", () => {
  const none = new IrBuilder().finish();
  assert.equal(printIr(none), "window 10 implied\n");
  assert.deepEqual(parseIr(printIr(none)), none);
  for (const [distance, bits] of [
    [1024, 10],
    [1025, 11],
    [65_536, 16],
    [4_194_304, 22],
    [4_194_305, 23],
  ] as const) {
    const ir = new IrBuilder().insert(text("a")).copy(4_194_304, 1).copy(1, distance).finish();
    assert.match(printIr(ir), new RegExp(`^window ${bits} implied\n`));
    assert.deepEqual(parseIr(printIr(ir)), ir);
  }
  const one = new IrBuilder().window(16).insert(text("a")).finish();
  assert.equal(printIr(one), "window 16\ninsert 1 61\n");
});

test("literals are quoted where that is no longer, escaped where they must be", () => {
  const lines = (bytes: Uint8Array): string =>
    printIr(new IrBuilder().insert(bytes).finish()).split("\n")[1]!;
  assert.equal(lines(text("")), "insert 0");
  assert.equal(lines(text("a")), "insert 1 61");
  assert.equal(lines(text("ab")), 'insert 2 "ab"');
  assert.equal(lines(text('a "b"\\?\'\n')), 'insert 9 "a \\"b\\"\\\\?\'\\n"');
  assert.equal(lines(text("abcd\0")), 'insert 5 "abcd\\x00"');
  assert.equal(lines(Uint8Array.of(0xff, 0x80, 0)), "insert 3 ff8000");
});

test("what could not be run is not printed", () => {
  const wrong = (words: number[]): Ir => ({
    words: Uint32Array.from(words),
    literals: new Uint8Array(1),
    hints: [],
  });
  const { insert, copy, dict, prediction, window } = COMMAND_KINDS;
  for (const words of [
    [(1 << 4) | copy, 1],
    [(2 << 4) | insert, 0],
    [(1 << 4) | insert, 1],
    [prediction, 0],
    [(1 << 4) | window, 22],
    [window, 31],
    [(4 << 4) | dict, 3 << 16],
    [(5 << 4) | dict, 4 << 16],
    [15, 0],
    [insert],
  ]) {
    assert.throws(() => printIr(wrong(words)), { code: "IrInvalid" }, words.join(" "));
  }
});
