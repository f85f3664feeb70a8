/** Tests of choosing: the trial decides, the margin holds, and samples are what choose.ts says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { applyFilter, loadFilters, undoFilter } from "./apply.ts";
import { chooseFilter } from "./choose.ts";
import { detectFilters } from "./detect.ts";
import { picture } from "./suite.ts";
import { looksLikeText } from "./text.ts";

const kernel = await loadFilters();
const deflated = (bytes: Uint8Array): number => deflateRawSync(bytes, { level: 9 }).length;

/** Counters of 32 bits that advance by a little: a table that deltas are made for. */
function counters(size: number): Uint8Array<ArrayBuffer> {
  const random = seeded(3);
  const words = new Uint32Array(size >> 2);
  for (let i = 1; i < words.length; i++) words[i] = (words[i - 1] as number) + random.upTo(900);
  return new Uint8Array(words.buffer);
}

test("the filter that is chosen makes the bytes smaller, and can be taken back", async () => {
  const plain = counters(120_000);
  const { filter, trials } = await chooseFilter(kernel, plain, { measure: deflated });
  const filtered = applyFilter(kernel, filter, plain);
  assert.equal(trials[0]?.filter, filter);
  assert.equal(deflated(filtered), trials[0]?.size);
  assert.ok(deflated(filtered) < 0.7 * deflated(plain));
  assert.ok(equalBytes(undoFilter(kernel, filter, filtered), plain));
});

test("none where nothing is tried, nothing is found or nothing wins by enough", async () => {
  const plain = counters(120_000);
  const count = detectFilters(kernel, plain).length;
  const none = { filter: { kind: "none" }, trials: [] };
  assert.deepEqual(await chooseFilter(kernel, plain, { measure: deflated, effort: "flat" }), none);
  const noise = seeded(4).bytes(50_000);
  assert.deepEqual(await chooseFilter(kernel, noise, { measure: deflated }), none);

  let calls = 0;
  const hardly = (): number => (calls++ === 0 ? 1000 : 993);
  const choice = await chooseFilter(kernel, plain, { measure: hardly });
  assert.deepEqual(choice.filter, { kind: "none" });
  assert.equal(choice.trials.length, count + 1);
  assert.equal(calls, count + 1);
  const enough = (): number => (calls-- > count ? 1000 : 992);
  assert.notEqual((await chooseFilter(kernel, plain, { measure: enough })).filter.kind, "none");
});

test("a long unit is tried on two pieces, and at effort dense the best two on all of it", async () => {
  const plain = picture(seeded(9), 2_000_005, 800);
  const sizes: number[] = [];
  const measure = (bytes: Uint8Array): number => {
    sizes.push(bytes.length);
    return deflated(bytes.subarray(0, 30_000));
  };
  const quick = await chooseFilter(kernel, plain, { measure });
  assert.notEqual(quick.filter.kind, "none");
  // The unit's 2,000,005 bytes are five more than whole sixteens, and so are the pieces.
  assert.deepEqual([...new Set(sizes)], [256 * 1024 + 5]);
  assert.equal(sizes.length, 2 * quick.trials.length);

  sizes.length = 0;
  const dense = await chooseFilter(kernel, plain, { measure, effort: "dense" });
  assert.notEqual(dense.filter.kind, "none");
  const whole = sizes.filter((size) => size === plain.length);
  assert.equal(whole.length, dense.trials.length);
  assert.ok(dense.trials.length <= 3);

  sizes.length = 0;
  const fast = await chooseFilter(kernel, plain, { measure, effort: "fast" });
  assert.deepEqual([...new Set(sizes)], [128 * 1024 + 8 * 5]);
  assert.equal(sizes.length, fast.trials.length);
  assert.ok(sizes.length > 1 && sizes.length <= 5);
});

test("at effort fast nothing is looked for in text", async () => {
  const random = seeded(6);
  const text = Uint8Array.from({ length: 90_000 }, (_, i) => 97 + ((i % 90) >> 3) + random.upTo(3));
  assert.ok(looksLikeText(text));
  const measure = (bytes: Uint8Array): number => deflated(bytes);
  assert.notEqual((await chooseFilter(kernel, text, { measure })).trials.length, 0);
  assert.equal((await chooseFilter(kernel, text, { measure, effort: "fast" })).trials.length, 0);
  assert.ok(!looksLikeText(counters(90_000)));
  assert.ok(looksLikeText(new Uint8Array(0)));
});

test("what the measure throws comes through", async () => {
  const measure = (): never => {
    throw new RangeError("no coder");
  };
  await assert.rejects(chooseFilter(kernel, counters(9000), { measure }), RangeError);
});
