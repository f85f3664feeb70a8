import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { loadKernel } from "../core/kernel.ts";
import { checksumOfJob, emptyChecksum, joinChecksums } from "./job-checksum.ts";
import { fillInput } from "./linear.ts";

/** Adler-32 by its definition. */
function plainAdler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

test("the kernel's checksums are those of the definitions, in both builds", async () => {
  for (const variant of ["simd", "scalar"] as const) {
    const kernel = await loadKernel("deflate", { variant });
    await forSeeds(60, (random) => {
      const bytes = random.bytes(random.pick([0, 1, 15, 16, 17, 5552, 5553, 40_000]));
      if (random.oneIn(3)) bytes.fill(255);
      const cut = random.upTo(bytes.length + 1);
      kernel.use((instance) => {
        const sum = (name: string, part: Uint8Array, seed: number): number => {
          fillInput(instance, part);
          return instance.ask(name, part.length, seed) >>> 0;
        };
        const first = sum("crc32", bytes.subarray(0, cut), 0);
        assert.equal(sum("crc32", bytes.subarray(cut), first), crc32(bytes));
        const low = sum("adler32", bytes.subarray(0, cut), 1);
        assert.equal(sum("adler32", bytes.subarray(cut), low), plainAdler32(bytes));
      });
    });
  }
});

test("checksums of parts join to that of the whole", async () => {
  const kernel = await loadKernel("deflate");
  await forSeeds(60, (random) => {
    const bytes = random.bytes(random.upTo(100_000));
    const cut = random.pick([0, bytes.length, random.upTo(bytes.length + 1)]);
    for (const format of ["gzip", "zlib", "raw"] as const) {
      const first = checksumOfJob(format, bytes.subarray(0, cut), kernel);
      const second = checksumOfJob(format, bytes.subarray(cut), kernel);
      const whole = checksumOfJob(format, bytes, kernel);
      assert.equal(joinChecksums(format, first, second, bytes.length - cut), whole);
      assert.equal(joinChecksums(format, emptyChecksum(format), whole, bytes.length), whole);
    }
  });
});

test("a part of more than 4 GiB joins", () => {
  // Zero bytes, joined by doubling: 2^32 + 2^32 of them against 2^33 at once.
  const half = zerosCrc32(32);
  const joined = joinChecksums("gzip", half, half, 2 ** 32);
  assert.equal(joined, zerosCrc32(33));
});

/** CRC-32 of 2^power zero bytes. */
function zerosCrc32(power: number): number {
  let crc = crc32(new Uint8Array(1));
  for (let i = 0; i < power; i++) crc = joinChecksums("gzip", crc, crc, 2 ** i);
  return crc;
}
