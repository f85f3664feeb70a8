/**
 * What other tools restore of the corpus' awkward files, dense files restore; and of those that none of
 * them takes, all but these.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { outcomeOf } from "../../test/jpeg/round-trip.ts";
import { tripScans } from "../../test/jpeg/scan-trip.ts";
import { equalBytes } from "../core/bytes.ts";
import type { FaultCode } from "../core/errors.ts";
import { loadKernel } from "../core/kernel.ts";

/** What goes through the whole codec; of larger files the scans are read and written alone. */
const CODED_BYTES_MAXIMUM = 150_000;
/** Larger ones take as much memory as a picture may, and others try them. */
const READ_BYTES_MAXIMUM = 3_000_000;

/** Files that are refused, and why. */
const REFUSED: Readonly<Record<string, FaultCode>> = {
  "hostile/arithmetic-prog-small.jpg": "UnsupportedJpeg",
  "hostile/arithmetic-small.jpg": "UnsupportedJpeg",
  "hostile/com-length-1.jpg": "UnsupportedJpeg",
  "hostile/comp-count-2.jpg": "UnsupportedJpeg",
  "hostile/dht-bad-counts.jpg": "UnsupportedJpeg",
  "hostile/dht-missing.jpg": "UnsupportedJpeg",
  "hostile/dim-height-0.jpg": "UnsupportedJpeg",
  "hostile/dnl.jpg": "UnsupportedJpeg",
  "hostile/empty.jpg": "ShortRead",
  "hostile/garbage-head.jpg": "UnsupportedJpeg",
  "hostile/its-9efd60f0.jpg": "UnsupportedJpeg",
  "hostile/its-acce3629.jpg": "ShortRead",
  "hostile/markers-only.jpg": "UnsupportedJpeg",
  "hostile/one-byte.jpg": "ShortRead",
  "hostile/png.jpg": "UnsupportedJpeg",
  "hostile/prog-bad-spectral.jpg": "UnsupportedJpeg",
  "hostile/random-after-soi.jpg": "ShortRead",
  "hostile/rst-dri-too-big.jpg": "InvalidResetCode",
  "hostile/sampling-0.jpg": "UnsupportedJpeg",
  "hostile/sampling-15.jpg": "SamplingBeyondFourUnsupported",
  "hostile/soi-eoi.jpg": "UnsupportedJpeg",
  "hostile/soi-only.jpg": "ShortRead",
  "hostile/sos-unknown-component.jpg": "UnsupportedJpeg",
  "hostile/text.jpg": "UnsupportedJpeg",
  "hostile/twelve-bit.jpg": "UnsupportedJpeg",
  "hostile/zeros.jpg": "UnsupportedJpeg",
  "vectors/arithmetic.jpg": "UnsupportedJpeg",
  "vectors/mismatch_encode.jpg": "UnsupportedJpeg",
};

for (const folder of ["hostile", "vectors"]) {
  test(`what peers restore of ${folder}/ is restored`, { skip: withoutCorpus }, async () => {
    const instance = (await loadKernel("dense")).take();
    const rows = new TextDecoder()
      .decode(corpusFile(`jpeg/peers-${folder}.csv`))
      .trim()
      .split("\n");
    for (const row of rows.slice(1)) {
      const [file = "", , ...peers] = row.split(",");
      const name = `${folder}/${file}`;
      const jpeg = corpusFile(`jpeg/${name}`);
      const isRestored = peers.some((peer) => /^\d+$/.test(peer));
      assert.ok(!isRestored || REFUSED[name] === undefined, name);
      if (jpeg.length <= CODED_BYTES_MAXIMUM || REFUSED[name] !== undefined) {
        const outcome = await outcomeOf(jpeg, { model: "dense" });
        assert.equal(outcome, REFUSED[name] ?? "restored", name);
      } else if (jpeg.length <= READ_BYTES_MAXIMUM) {
        const { written } = await tripScans(instance, jpeg, "dense");
        assert.ok(equalBytes(written, jpeg), name);
      }
    }
  });
}
