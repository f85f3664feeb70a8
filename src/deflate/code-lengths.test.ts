/**
 * The kernel's code builder: complete codes within the limit, close to the best there are.
 *
 * The reference is package-merge, which finds the cheapest code of limited length.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { kraftSum } from "../../test/deflate-blocks.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { type KernelInstance, loadKernel } from "../core/kernel.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 20_000 : 600;

function buildLengths(
  instance: KernelInstance,
  counts: readonly number[],
  limit: number,
): number[] {
  const input = instance.bytes(instance.call("inputAddress"), 4 * counts.length);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  for (const [symbol, count] of counts.entries()) view.setUint32(4 * symbol, count, true);
  instance.call("codeLengths", counts.length, limit);
  return [...instance.bytes(instance.call("outputAddress"), counts.length)];
}

/** Bits of the cheapest code with lengths up to `limit` (package-merge). */
function leastBits(counts: readonly number[], limit: number): number {
  const leaves = counts.filter((count) => count > 0).sort((a, b) => a - b);
  let packages: number[] = [];
  for (let level = 0; level < limit; level++) {
    const joined = [...leaves, ...packages].sort((a, b) => a - b);
    packages = [];
    for (let i = 0; i + 1 < joined.length; i += 2) {
      packages.push((joined[i] as number) + (joined[i + 1] as number));
    }
  }
  return packages.slice(0, leaves.length - 1).reduce((sum, weight) => sum + weight, 0);
}

function randomCounts(random: Random): number[] {
  const size = random.pick([2, 3, 19, 64, 257, 286]);
  const shape = random.upTo(5);
  const counts = Array.from({ length: size }, (_, symbol) => {
    if (shape === 0) return random.upTo(4);
    if (shape === 1) return 1 + random.upTo(5000);
    if (shape === 2) return Math.floor(2 ** (random.upTo(200) / 10));
    if (shape === 3) return symbol % 7 === 0 ? random.upTo(60_000) : random.upTo(3);
    return Math.floor(1_000_000 / (symbol + 1) ** (1 + random.upTo(30) / 10));
  });
  counts[0] = 1;
  counts[size - 1] = 1 + random.upTo(100);
  return counts;
}

test("codes are complete, within the limit and within 0.2 % of the best", async () => {
  const kernel = await loadKernel("deflate");
  await kernel.use((instance) =>
    forSeeds(ROUNDS, (random) => {
      const counts = randomCounts(random);
      const lengths = buildLengths(instance, counts, 13);
      assert.equal(kraftSum(lengths), 1);
      let bits = 0;
      for (const [symbol, count] of counts.entries()) {
        const length = lengths[symbol] as number;
        assert.equal(length > 0, count > 0, `symbol ${symbol}`);
        assert.ok(length <= 13);
        bits += count * length;
      }
      const least = leastBits(counts, 13);
      assert.ok(bits <= least * 1.002, `${bits} bits, ${least} would do`);
    }),
  );
});

test("counts that want longer codes than the limit still fill it exactly", async () => {
  const kernel = await loadKernel("deflate");
  kernel.use((instance) => {
    const fibonacci = [1, 1];
    while (fibonacci.length < 30) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
    for (const limit of [5, 7, 13, 15]) {
      const lengths = buildLengths(instance, fibonacci, limit);
      assert.equal(kraftSum(lengths), 1);
      assert.equal(Math.max(...lengths), limit);
    }
    const many = new Array<number>(286).fill(1);
    assert.equal(kraftSum(buildLengths(instance, many, 9)), 1);
  });
});

test("a lone symbol gets one bit; none at all, or too many for the limit, is a fault", async () => {
  const kernel = await loadKernel("deflate");
  kernel.use((instance) => assert.deepEqual(buildLengths(instance, [0, 9, 0], 7), [0, 1, 0]));
  for (const [counts, limit] of [
    [[0, 0, 0], 7],
    [new Array<number>(33).fill(5), 5],
  ] as const) {
    const instance = kernel.take();
    assert.throws(() => buildLengths(instance, counts, limit), {
      code: "KernelFault",
      facts: {
        kernel: "deflate",
        call: "codeLengths",
        fault: 5,
        why: "a prefix code is not complete",
      },
    });
  }
});
