import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import type { Ir } from "./command.ts";
import { parseIr } from "./parse.ts";
import { printIr } from "./print.ts";
import { runIr } from "./run.ts";
import { randomIr } from "./suite.ts";

/** Pieces of IR text, right and wrong. */
const PIECES = [
  ...["window", "prediction", "insert", "rndins", "copy", "dict", "ltype", "ctype", "dtype", "#"],
  ...[" ", "  ", "\n", "\r\n", "\t", "0", "1", "22", "120", "268435455", "4294967296", "-1", "+1"],
  ...[
    "from",
    "word",
    "func",
    "4,0",
    "24,31",
    ",",
    '"',
    "\\",
    "\\x",
    '"ab"',
    "6162",
    "utf8",
    "sign",
  ],
  ...[
    "lcontextmap",
    "dcontextmap",
    "mixingvalues",
    "cmspeedinc",
    "mxspeedmax",
    "\x00",
    "\xff",
    "é",
  ],
];

/** Whatever the text: an IR that prints, parses and runs the same, or a typed fault. */
async function tryText(text: Uint8Array | string): Promise<void> {
  const ir = await typed(() => parseIr(text));
  if (ir === undefined) return;
  assert.deepEqual(parseIr(printIr(ir)), ir);
  const bytes = await typed(() => runIr(ir, { maximumBytes: 1 << 20 }));
  assert.ok(bytes === undefined || bytes.length <= 1 << 20);
}

async function typed<Value>(run: () => Value | Promise<Value>): Promise<Value | undefined> {
  try {
    return await run();
  } catch (error) {
    assert.ok(error instanceof PithError, String(error));
    assert.match(error.code, /^(IrSyntax|IrInvalid|IrTooLarge|OutputLimit)$/);
    if (error.code === "IrSyntax") assert.ok(Number(error.facts["column"]) >= 1);
    return undefined;
  }
}

test("any bytes and any words are an IR or a typed fault", async () => {
  await forSeeds(3000, async (random) => {
    await tryText(random.bytes(random.upTo(200)));
    const words = Array.from({ length: random.upTo(60) }, () => random.pick(PIECES));
    await tryText(`window 22\n${words.join(random.pick(["", " "]))}`);
  });
});

test("a changed text is an IR or a typed fault", async () => {
  await forSeeds(1500, async (random) => {
    const text = new TextEncoder().encode(printIr(smallIr(random)));
    for (let i = 0; i <= random.upTo(4); i++) {
      text[random.upTo(text.length)] = random.oneIn(2)
        ? random.upTo(256)
        : random.pick([...'0123456789 ,"\\\n'].map((letter) => letter.charCodeAt(0)));
    }
    await tryText(text);
    await tryText(text.subarray(0, random.upTo(text.length)));
  });
});

test("any words of the compact form are run or refused", async () => {
  await forSeeds(3000, async (random) => {
    const words = Uint32Array.from({ length: random.upTo(20) }, () =>
      random.upTo(random.pick([2, 64, 2 ** 12, 2 ** 24, 2 ** 32])),
    );
    const ir: Ir = { words, literals: random.bytes(random.upTo(40)), hints: [] };
    const bytes = await typed(() => runIr(ir, { maximumBytes: 1 << 20 }));
    const printed = await typed(() => printIr(ir));
    if (bytes !== undefined && printed !== undefined) {
      assert.deepEqual(await runIr(parseIr(printed)), bytes);
    }
  });
});

function smallIr(random: Random): Ir {
  return randomIr(random, 1 + random.upTo(12));
}
