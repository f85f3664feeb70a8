/** Units: every kind of content and size comes back, SIMD and scalar write the same, what is damaged is
 * told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { loadDivans } from "./kernels.ts";
import { CONTENTS } from "./suite.ts";
import { decodeUnit, decodeUnitWith } from "./unit-decode.ts";
import { encodeUnit, encodeUnitWith, measureUnit } from "./unit-encode.ts";
import { Work } from "./work.ts";

const isFull = process.env["PITH_FULL"] === "1";
/** Bytes that a record takes beyond those of a unit that is stored. */
const STORED_BYTES_MORE = 9;

async function assertComesBack(plain: Uint8Array, effort: "fast" | "default"): Promise<number> {
  const coded = await encodeUnit(plain, effort);
  assert.ok(coded.length <= plain.length + STORED_BYTES_MORE, `${coded.length} bytes`);
  assert.ok(equalBytes(await decodeUnit(coded, plain.length), plain));
  return coded.length;
}

test("every size from 1 to 40 comes back", async () => {
  const random = seeded(1);
  for (let size = 1; size <= 40; size++) {
    for (const content of Object.values(CONTENTS)) {
      if (size > 8 && !random.oneIn(4)) continue;
      await assertComesBack(content(random, size), "fast");
    }
  }
});

test("any content of up to 70,000 bytes comes back", async () => {
  await forSeeds(isFull ? 600 : 42, async (random, seed) => {
    const content = Object.values(CONTENTS)[seed % Object.keys(CONTENTS).length]!;
    const plain = content(random, 1 + random.upTo(random.pick([700, 7_000, 70_000])));
    await assertComesBack(plain, seed % 3 === 0 ? "default" : "fast");
  });
});

test("units at the longest length come back, and no longer ones are taken", async () => {
  const random = seeded(3);
  const sizes = isFull ? [DIVANS_UNIT_BYTES - 1, DIVANS_UNIT_BYTES] : [DIVANS_UNIT_BYTES];
  for (const size of sizes) {
    const coded = await assertComesBack(CONTENTS["runs"]!(random, size), "fast");
    assert.ok(coded < size / 100, "runs shrink");
    await assertComesBack(CONTENTS["noise"]!(random, size), "fast");
    if (isFull) await assertComesBack(CONTENTS["mixed"]!(random, size), "default");
  }
  const tooLong = new Uint8Array(DIVANS_UNIT_BYTES + 1);
  await assert.rejects(encodeUnit(tooLong, "fast"), { code: "ChunkTooLarge" });
  await assert.rejects(encodeUnit(new Uint8Array(0), "fast"), { code: "InvalidArgument" });
});

test("repeats at every distance are found", async () => {
  const random = seeded(4);
  const motif = random.bytes(600);
  for (const distance of [600, 601, 4096, 65_535, 65_537, 1 << 20, (1 << 22) - 600]) {
    const plain = new Uint8Array(distance + motif.length);
    plain.set(motif);
    plain.set(motif, distance);
    const coded = await assertComesBack(plain, "fast");
    assert.ok(coded < 750, `${coded} bytes at ${distance}`);
  }
});

test("SIMD and scalar kernels write the same bytes and read each other's", async () => {
  const kernels = [await loadDivans("simd"), await loadDivans("scalar")] as const;
  assert.notEqual(kernels[0], kernels[1]);
  await forSeeds(isFull ? 200 : 21, async (random, seed) => {
    const content = Object.values(CONTENTS)[seed % Object.keys(CONTENTS).length]!;
    const plain = content(random, 1 + random.upTo(20_000));
    const choices = { effort: seed % 2 === 0 ? "fast" : "default", filters: false } as const;
    const [first, other] = [
      await encodeUnitWith(kernels[0], plain, choices, new Work()),
      await encodeUnitWith(kernels[1], plain, choices, new Work()),
    ];
    assert.ok(equalBytes(first, other));
    for (const one of kernels) {
      const back = await decodeUnitWith(one, first, plain.length, new Work());
      assert.ok(equalBytes(back, plain));
    }
  });
});

test("an instance that has coded others writes the same as a fresh one", async () => {
  const kernels = await loadDivans();
  const random = seeded(6);
  const plain = CONTENTS["text"]!(random, 30_000);
  const choices = { effort: "default", filters: false } as const;
  const records: Uint8Array[] = [];
  for (const size of [70_000, 10, 200_000]) {
    records.push(await encodeUnitWith(kernels, plain, choices, new Work()));
    await encodeUnitWith(kernels, CONTENTS["mixed"]!(random, size), choices, new Work());
  }
  // The one that waits is taken away, so that the next one is new.
  kernels.takeEncoder();
  records.push(await encodeUnitWith(kernels, plain, choices, new Work()));
  for (const record of records) assert.ok(equalBytes(record, records[0]!));
});

test("a wiped instance holds nothing of what it coded and decoded", async () => {
  const kernels = await loadDivans();
  const plain = CONTENTS["text"]!(seeded(7), 20_000);
  const coded = await encodeUnit(plain, "default");
  const motif = plain.subarray(0, 64);
  const [encoder, decoder] = [kernels.takeEncoder(), kernels.takeDecoder()];
  for (const instance of [encoder, decoder]) {
    const memory = Buffer.from(instance.bytes(0, instance.memoryBytes));
    assert.equal(memory.indexOf(motif), -1);
  }
  kernels.releaseEncoder(encoder);
  kernels.releaseDecoder(decoder);
  assert.ok(equalBytes(await decodeUnit(coded, plain.length), plain));
});

test("work ends between two calls of the kernel when it is aborted", async () => {
  const plain = CONTENTS["text"]!(seeded(8), 1_500_000);
  const gone = new AbortController();
  const coding = encodeUnit(plain, "default", gone.signal);
  setTimeout(() => gone.abort("enough"), 5);
  await assert.rejects(coding, { code: "Aborted" });
  await assert.rejects(encodeUnit(plain, "fast", AbortSignal.abort()), { code: "Aborted" });
});

test("a measure orders forms of the same bytes as coding does", async () => {
  const random = seeded(9);
  const text = CONTENTS["text"]!(random, 20_000);
  const noise = CONTENTS["noise"]!(random, 20_000);
  assert.ok((await measureUnit(text, "fast")) < (await measureUnit(noise, "fast")));
  assert.equal(await measureUnit(new Uint8Array(0), "fast"), 0);
});

test("a record that is cut, longer, or of another length is refused", async () => {
  const plain = CONTENTS["text"]!(seeded(10), 300);
  const coded = await encodeUnit(plain, "fast");
  assert.ok(coded.length < plain.length, "it is coded, not stored");
  for (let end = 0; end < coded.length; end++) {
    await assert.rejects(decodeUnit(coded.subarray(0, end), 300), { code: "DivansTruncated" });
  }
  const longer = new Uint8Array([...coded, 0]);
  await assert.rejects(decodeUnit(longer, 300), { code: "TrailingBytes" });
  await assert.rejects(decodeUnit(coded, 299), { code: "DivansCorrupt" });
  await assert.rejects(decodeUnit(coded, 4_000_000_000), { code: "DivansCorrupt" });
});

test("a single flipped bit of a record gives a fault or the right bytes", async () => {
  const random = seeded(11);
  for (const plain of [CONTENTS["text"]!(random, 200), CONTENTS["noise"]!(random, 40)]) {
    const coded = await encodeUnit(plain, "default");
    let refused = 0;
    for (let bit = 0; bit < 8 * coded.length; bit++) {
      const broken = coded.slice();
      broken[bit >> 3]! ^= 1 << (bit & 7);
      try {
        const back = await decodeUnit(broken, plain.length);
        assert.ok(equalBytes(back, plain), `bit ${bit}`);
      } catch (error) {
        assert.ok(isFaultOfBytes(error), `bit ${bit}: ${error}`);
        refused++;
      }
    }
    // A rate that no row has come to yet makes no difference.
    assert.ok(refused > 8 * coded.length - 8);
  }
});

function isFaultOfBytes(error: unknown): boolean {
  const kinds = ["DivansCorrupt", "DivansTruncated", "TrailingBytes", "CodecUnknown"];
  return error instanceof PithError && kinds.includes(error.code);
}
