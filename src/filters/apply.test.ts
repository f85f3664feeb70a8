/** Tests of applying filters: taken back for any input, alike in both builds, as the format says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { loadKernel } from "../core/kernel.ts";
import { applyFilter, loadFilters, undoFilter } from "./apply.ts";
import { describeFilter, type Filter, SAMPLE_FORMS, WORD_FORMS } from "./filter.ts";
import { anyFilter, branches, picture } from "./suite.ts";

const SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1000, 4099];

function input(random: Random, size: number): Uint8Array<ArrayBuffer> {
  const kind = random.upTo(4);
  if (kind === 0) return random.bytes(size);
  if (kind === 1) return random.content(size);
  if (kind === 2) return picture(random, size, 1 + random.upTo(700));
  return branches(random, size);
}

test("what a filter does can be taken back, whatever the bytes, and both builds agree", async () => {
  const simd = await loadFilters();
  const scalar = await loadKernel("filters", { variant: "scalar" });
  await forSeeds(600, (random) => {
    const filter = anyFilter(random);
    const plain = input(random, random.oneIn(2) ? random.pick(SIZES) : random.upTo(70_001));
    const before = plain.slice();
    const filtered = applyFilter(simd, filter, plain);
    const says = `${describeFilter(filter)} of ${plain.length} bytes`;
    assert.ok(equalBytes(plain, before), `${says}: the input is changed`);
    assert.equal(filtered.length, plain.length);
    const [undone, undoneScalar] = [
      undoFilter(simd, filter, filtered),
      undoFilter(scalar, filter, filtered),
    ];
    assert.ok(equalBytes(applyFilter(scalar, filter, plain), filtered), `${says}: builds differ`);
    assert.ok(equalBytes(undone, plain), `${says}: not taken back`);
    assert.ok(equalBytes(undoneScalar, plain), `${says}: scalar, not taken back`);
  });
});

test("undoing any bytes and applying again gives them back: a filter is one to one", async () => {
  const kernel = await loadFilters();
  await forSeeds(200, (random) => {
    const [filter, bytes] = [anyFilter(random), input(random, random.upTo(9000))];
    const again = applyFilter(kernel, filter, undoFilter(kernel, filter, bytes));
    assert.ok(equalBytes(again, bytes), describeFilter(filter));
  });
});

test("every small parameter, around the width of a vector", async () => {
  const simd = await loadFilters();
  const scalar = await loadKernel("filters", { variant: "scalar" });
  const plain = seeded(1).bytes(3001);
  for (let size = 1; size <= 70; size++) {
    const filters: Filter[] = [
      { kind: "delta", distance: size },
      { kind: "transpose", stride: size },
      { kind: "transpose", stride: Math.floor(plain.length / size) },
      ...WORD_FORMS.map((word): Filter => ({ kind: "words", word, stride: size, phase: size & 1 })),
      ...SAMPLE_FORMS.map((sample): Filter => {
        return { kind: "predict", sample, width: size, channels: 1 + (size >> 4), tail: size & 15 };
      }),
    ];
    for (const filter of filters) {
      const filtered = applyFilter(simd, filter, plain);
      assert.ok(equalBytes(applyFilter(scalar, filter, plain), filtered), describeFilter(filter));
      assert.ok(equalBytes(undoFilter(simd, filter, filtered), plain), describeFilter(filter));
      assert.ok(equalBytes(undoFilter(scalar, filter, filtered), plain), describeFilter(filter));
    }
  }
});

test("whole units of 4 MiB, and one byte less", async () => {
  const kernel = await loadFilters();
  await forSeeds(4, (random) => {
    const unit = input(random, 4 << 20);
    for (let i = 0; i < 3; i++) {
      const [filter, plain] = [anyFilter(random), unit.subarray(random.upTo(2))];
      const undone = undoFilter(kernel, filter, applyFilter(kernel, filter, plain));
      assert.ok(equalBytes(undone, plain), describeFilter(filter));
    }
  });
});

test("a unit that is too long, and parameters that no filter has, are refused", async () => {
  const kernel = await loadFilters();
  const tooLong = new Uint8Array((4 << 20) + 1);
  const delta: Filter = { kind: "delta", distance: 1 };
  assert.throws(() => applyFilter(kernel, delta, tooLong), { code: "ChunkTooLarge" });
  assert.throws(() => undoFilter(kernel, delta, tooLong), { code: "ChunkTooLarge" });
  const wrong: Filter[] = [
    { kind: "delta", distance: 0 },
    { kind: "delta", distance: 65_537 },
    { kind: "delta", distance: 1.5 },
    { kind: "words", word: "16-big", stride: 65_537, phase: 0 },
    { kind: "words", word: "16-big", stride: 1, phase: 2 },
    { kind: "transpose", stride: 0 },
    { kind: "predict", sample: "8", width: 4, channels: 17, tail: 0 },
    { kind: "predict", sample: "8", width: 4, channels: 0, tail: 15 },
    { kind: "predict", sample: "8", width: 4, channels: 1, tail: 16 },
    { kind: "x86", form: "middle" as "big" },
  ];
  for (const filter of wrong) {
    assert.throws(() => applyFilter(kernel, filter, new Uint8Array(9)), {
      code: "InvalidArgument",
    });
  }
});

test("nothing of a unit is left in a kernel that was wiped", async () => {
  const kernel = await loadFilters();
  await forSeeds(8, (random) => {
    const plain = new Uint8Array(random.upTo(70_000)).fill(0xa5);
    const filter = anyFilter(random);
    applyFilter(kernel, filter, plain);
    const instance = kernel.take();
    const memory = instance.bytes(0, instance.memoryBytes);
    assert.ok(
      memory.every((byte) => byte === 0),
      describeFilter(filter),
    );
    kernel.release(instance);
  });
});
