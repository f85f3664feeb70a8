/** Fuzz: any bytes are a manifest that is written back the same, or a typed error. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { toHex, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { decodeManifest, encodeManifest } from "./manifest.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 200_000 : 2_000;

test("mutated manifests give chunks or a typed error", async () => {
  await forSeeds(ROUNDS, (random) => {
    const chunks = Array.from({ length: random.upTo(5) }, () => ({
      sha256: toHex(random.bytes(32)),
      bytes: 1 + random.upTo(5000),
    }));
    const manifest = encodeManifest(chunks);
    for (let i = random.upTo(3); i >= 0; i--) {
      manifest[random.upTo(manifest.length)] = random.upTo(256);
    }
    const end = manifest.length - 4;
    // Half of them get past the checksum, to the checks behind it.
    if (random.oneIn(2)) viewOf(manifest).setUint32(end, crc32(manifest.subarray(0, end)), true);
    const input = random.oneIn(8) ? random.bytes(random.upTo(200)) : manifest;
    try {
      assert.deepEqual(toHex(encodeManifest(decodeManifest(input))), toHex(input));
    } catch (error) {
      if (!(error instanceof PithError)) throw error;
      assert.equal(error.code, "ManifestCorrupt");
    }
  });
});
