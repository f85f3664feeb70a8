/** Fuzz: whatever is coded linearly is read back by zlib, within the bound, alike in both builds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { listBlocks } from "../../test/deflate-blocks.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { loadKernel } from "../core/kernel.ts";
import { encodeWith, linearBound } from "./linear.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 10_000 : 500;

/** Content with what the kernel decides on: runs near its limits, skewed alphabets, even noise. */
function awkward(random: Random): Uint8Array {
  const bytes = random.content(random.pick([100, 4096, 20_000, 70_000, 300_000]));
  for (let runs = random.upTo(30); runs > 0; runs--) {
    const at = random.upTo(bytes.length);
    bytes.fill(random.upTo(256), at, at + random.pick([17, 47, 48, 49, 51, 258, 307, 70_000]));
  }
  if (random.oneIn(4)) {
    const skew = 1 + random.upTo(12);
    for (let i = 0; i < bytes.length; i++) {
      let symbol = 0;
      while (symbol < 255 && random.oneIn(skew) === skew > 1) symbol++;
      bytes[i] = symbol;
    }
  }
  return bytes.subarray(random.upTo(9), bytes.length - random.upTo(9));
}

test("awkward content survives", async () => {
  const simd = await loadKernel("deflate", { variant: "simd" });
  const scalar = await loadKernel("deflate", { variant: "scalar" });
  await forSeeds(ROUNDS, (random) => {
    const plain = awkward(random);
    for (const blocks of ["merged", "fixed"] as const) {
      const coded = encodeWith(simd, plain, blocks);
      assert.ok(equalBytes(encodeWith(scalar, plain, blocks), coded));
      assert.ok(coded.length <= linearBound(plain.length));
      assert.ok(equalBytes(inflateRawSync(coded), plain));
      if (random.oneIn(50)) assert.equal(listBlocks(coded).bytesRead, coded.length);
    }
  });
});
