/** Tests of the parse in one pass (kernels/lz/lazy.ts): the commands make the unit, always, and are the same
 * however it is called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "../src/core/bytes.ts";
import type { KernelInstance } from "../src/core/kernel.ts";
import { DIVANS_UNIT_BYTES } from "../src/core/limits.ts";
import { loadDivans } from "../src/divans/kernels.ts";
import { COMMAND_KINDS } from "../src/ir/command.ts";
import { runIr } from "../src/ir/run.ts";
import { forSeeds, seeded } from "./random.ts";

const kernels = await loadDivans();
const STEP = 32 * 1024;

function withEncoder<Value>(job: (instance: KernelInstance) => Value): Value {
  const instance = kernels.takeEncoder();
  const value = job(instance);
  kernels.releaseEncoder(instance);
  return value;
}

/** The words of the commands that the kernel makes of a unit, `step` bytes a call. */
function parse(instance: KernelInstance, plain: Uint8Array, step = STEP): Uint32Array {
  instance.bytes(instance.call("unitAddress"), plain.length).set(plain);
  instance.call("beginLazyParse", plain.length);
  for (let at = 0; at < plain.length; ) {
    const reached = instance.call("parseLazily", step);
    assert.ok(reached > at, "a call comes nearer to the end");
    at = reached;
  }
  const bytes = 8 * instance.call("endPath");
  return new Uint32Array(instance.bytes(instance.call("commandAddress"), bytes).slice().buffer);
}

/** Runs commands, after a look that no two inserts are neighbours. */
async function assertMakes(commands: Uint32Array, plain: Uint8Array, says: string): Promise<void> {
  const words = commands.slice();
  let at = 0;
  let before = -1;
  for (let i = 0; i < words.length; i += 2) {
    const kind = words[i]! & 15;
    assert.ok(
      kind !== COMMAND_KINDS.insert || kind !== before,
      `${says}: two inserts are neighbours`,
    );
    if (kind === COMMAND_KINDS.insert) words[i + 1] = at;
    at += words[i]! >>> 4;
    before = kind;
  }
  const made = await runIr({ words, literals: plain, hints: [] });
  assert.ok(equalBytes(made, plain), `${says}: the commands make other bytes`);
}

function copiesOf(words: Uint32Array): number {
  return words.filter((word, i) => i % 2 === 0 && (word & 15) === COMMAND_KINDS.copy).length;
}

test("the commands make the unit, for any bytes, whatever the instance has parsed before", async () => {
  const instance = kernels.takeEncoder();
  await forSeeds(200, async (random) => {
    const size = random.oneIn(3) ? random.upTo(40) : random.upTo(70_001);
    const plain = random.oneIn(4) ? random.bytes(size) : random.content(size);
    await assertMakes(parse(instance, plain), plain, `${size} bytes`);
  });
  kernels.releaseEncoder(instance);
});

test("the longest units come back, be they text, repeats, runs or noise", async () => {
  const random = seeded(3);
  const cycle = random.bytes(3_000_000);
  const units: Record<string, Uint8Array> = {
    content: random.content(DIVANS_UNIT_BYTES),
    noise: random.bytes(DIVANS_UNIT_BYTES),
    "one byte": new Uint8Array(DIVANS_UNIT_BYTES).fill(7),
    "a far repeat": Uint8Array.from(
      { length: DIVANS_UNIT_BYTES },
      (_, i) => cycle[i % cycle.length]!,
    ),
    "a byte less": new Uint8Array(DIVANS_UNIT_BYTES - 1),
  };
  for (const [name, plain] of Object.entries(units)) {
    await assertMakes(
      withEncoder((instance) => parse(instance, plain)),
      plain,
      name,
    );
  }
});

test("a wipe leaves nothing of a unit that was parsed and coded, alone or after a search", () => {
  const random = seeded(4);
  for (const [size, searches] of [
    [3000, false],
    [500_000, false],
    [3000, true],
  ] as const) {
    const plain = random.content(size);
    withEncoder((instance) => {
      if (searches) {
        instance.call("beginMatches", size, 4, 48);
        instance.call("findMatches", size);
      }
      const commands = parse(instance, plain).length / 2;
      instance.bytes(instance.call("parameterAddress"), 4).set([size, size >> 8, size >> 16]);
      instance.call("beginEncoding", commands);
      while (instance.call("unitPosition") < size) instance.call("encodeBlock");
    });
    withEncoder((instance) => {
      const start = instance.call("literalPriceAddress");
      const zeros = Buffer.alloc(1 << 20);
      for (let at = start; at < instance.memoryBytes; at += zeros.length) {
        const left = instance.bytes(at, Math.min(zeros.length, instance.memoryBytes - at));
        assert.ok(zeros.subarray(0, left.length).equals(left), `${size} bytes: left at ${at}`);
      }
    });
  }
});

test("what repeats with any period is one long copy, which bounds the work", async () => {
  const random = seeded(5);
  for (const period of [1, 2, 3, 4, 7, 255, 4096, 70_000]) {
    const cycle = random.bytes(period);
    const plain = Uint8Array.from({ length: 1 << 20 }, (_, i) => cycle[i % period]!);
    const words = withEncoder((instance) => parse(instance, plain));
    await assertMakes(words, plain, `period ${period}`);
    // Long random cycles repeat a few bytes by chance before they repeat themselves.
    const copies = copiesOf(words);
    assert.ok(copies <= 1 + period / 1000, `period ${period}: ${copies} copies`);
  }
});

test("repeats at every distance are found", async () => {
  await forSeeds(30, async (random) => {
    const distance = 40 + random.upTo(random.pick([300, 60_000, 150_000]));
    const motif = random.bytes(40);
    const plain = random.bytes(distance + 40);
    plain.set(motif, 0);
    plain.set(motif, distance);
    const words = withEncoder((instance) => parse(instance, plain));
    const isCopy = words.some(
      (word, i) =>
        i % 2 === 0 &&
        (word & 15) === COMMAND_KINDS.copy &&
        word >>> 4 >= 36 &&
        words[i + 1] === distance,
    );
    assert.ok(isCopy, `distance ${distance}`);
    await assertMakes(words, plain, `distance ${distance}`);
  });
});

test("neither the size of a step nor the build changes the commands", async () => {
  const scalar = (await loadDivans("scalar")).takeEncoder();
  await forSeeds(25, (random) => {
    const plain = random.oneIn(5) ? random.bytes(20_000) : random.content(1 + random.upTo(150_000));
    const words = withEncoder((instance) => parse(instance, plain));
    assert.deepEqual(parse(scalar, plain, 1 + random.upTo(5000)), words);
  });
});
