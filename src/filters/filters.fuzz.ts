/** Fuzz: any filter on any bytes is taken back, and alike in both builds; any choice ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { loadKernel } from "../core/kernel.ts";
import { applyFilter, undoFilter } from "./apply.ts";
import { detectFilters } from "./detect.ts";
import { describeFilter } from "./filter.ts";
import { anyFilter, branches, picture } from "./suite.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 20_000 : 500;

function anything(random: Random): Uint8Array<ArrayBuffer> {
  const size = random.upTo(random.pick([9, 100, 5000, 70_001, 300_000]));
  const kind = random.upTo(4);
  if (kind === 0) return random.bytes(size);
  if (kind === 1) return random.content(size);
  return kind === 2 ? branches(random, size) : picture(random, size, 1 + random.upTo(3000));
}

test("any filter on any bytes", async () => {
  const simd = await loadKernel("filters", { variant: "simd" });
  const scalar = await loadKernel("filters", { variant: "scalar" });
  await forSeeds(ROUNDS, (random) => {
    const plain = anything(random);
    const filters = random.oneIn(9) ? detectFilters(simd, plain) : [anyFilter(random)];
    for (const filter of filters) {
      const filtered = applyFilter(simd, filter, plain);
      const says = `${describeFilter(filter)} of ${plain.length} bytes`;
      assert.ok(equalBytes(applyFilter(scalar, filter, plain), filtered), says);
      assert.ok(equalBytes(undoFilter(simd, filter, filtered), plain), says);
      assert.ok(equalBytes(undoFilter(scalar, filter, filtered), plain), says);
    }
  });
});
