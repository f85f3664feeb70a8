/** Checksums against the platform's and against known values. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as crc32OfNode, deflateSync } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { viewOf } from "../core/bytes.ts";
import { adler32, type Checksum, crc32, crc32ByTable } from "./checksums.ts";

const digits = new TextEncoder().encode("123456789");

test("the check values of both checksums", () => {
  assert.equal(crc32.update(digits, crc32.initial), 0xcbf43926);
  assert.equal(crc32ByTable(digits, 0), 0xcbf43926);
  assert.equal(adler32.update(digits, adler32.initial), 0x091e01de);
});

test("table and platform agree, and sums run on over any cut", async () => {
  const byTable: Checksum = { initial: 0, update: crc32ByTable };
  await forSeeds(100, (random) => {
    const bytes = random.bytes(random.upTo(20_000));
    const cut = random.upTo(bytes.length + 1);
    assert.equal(crc32ByTable(bytes, 0), crc32OfNode(bytes));
    for (const { initial, update } of [crc32, byTable, adler32]) {
      const first = update(bytes.subarray(0, cut), initial);
      assert.equal(update(bytes.subarray(cut), first), update(bytes, initial));
    }
  });
});

test("Adler-32 is what zlib writes, also where its sums are largest", () => {
  for (const bytes of [digits, new Uint8Array(100_000).fill(255), new Uint8Array(5553).fill(254)]) {
    const stream = deflateSync(bytes);
    const written = viewOf(stream).getUint32(stream.length - 4);
    assert.equal(adler32.update(bytes, adler32.initial), written);
  }
});
