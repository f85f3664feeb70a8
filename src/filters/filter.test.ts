/** Tests of a filter's bytes: read is the opposite of write, and nonsense is a typed error. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { fromHex, toHex } from "../core/bytes.ts";
import { FRAME_FILTER_BYTES_MAXIMUM } from "../core/limits.ts";
import { applyFilter, loadFilters } from "./apply.ts";
import { describeFilter, filterName, NO_FILTER, readFilter, writeFilter } from "./filter.ts";
import { anyFilter } from "./suite.ts";

test("what is written is read back, in a frame's few bytes", async () => {
  await forSeeds(500, (random) => {
    const filter = anyFilter(random);
    const bytes = writeFilter(filter);
    assert.ok(bytes.length >= 1 && bytes.length <= FRAME_FILTER_BYTES_MAXIMUM);
    assert.deepEqual(readFilter(bytes), filter);
    assert.ok(describeFilter(filter).startsWith(filterName(bytes[0] as number) ?? "?"));
  });
});

test("no filter is no bytes, or a zero byte", () => {
  assert.deepEqual(writeFilter(NO_FILTER), new Uint8Array(0));
  assert.deepEqual(readFilter(new Uint8Array(0)), NO_FILTER);
  assert.deepEqual(readFilter(Uint8Array.of(0)), NO_FILTER);
  assert.equal(describeFilter(NO_FILTER), "none");
});

test("the largest parameters fit", () => {
  const delta = { kind: "delta", distance: 65_536 } as const;
  assert.deepEqual(writeFilter(delta), Uint8Array.of(6, 255, 255));
  assert.deepEqual(readFilter(Uint8Array.of(6, 255, 255)), delta);
  const last = { sample: "16-big", width: 65_536, channels: 16, tail: 15 } as const;
  assert.deepEqual(writeFilter({ kind: "predict", ...last }), Uint8Array.of(14, 255, 255, 255));
});

test("bytes that no filter has are refused, and all others are one filter's alone", () => {
  const wrong = [
    [0, 0],
    [1, 0],
    [5, 0, 0],
    [6],
    [6, 1],
    [6, 1, 0, 0],
    [7, 0, 0],
    [7, 0, 0, 2],
    [10, 0, 0, 4],
    [11, 3],
    [12, 9, 0],
    [12, 9, 0, 0, 0],
    [15],
    [15, 1, 1, 1],
    [255],
  ];
  for (const bytes of wrong) {
    const read = (): unknown => readFilter(Uint8Array.from(bytes));
    assert.throws(read, { code: "CodecUnknown", kind: "corrupt" }, bytes.join(" "));
  }
});

test("any bytes are a filter that writes just these, or a typed error", async () => {
  await forSeeds(3000, (random) => {
    const bytes = random.bytes(1 + random.upTo(5));
    bytes[0] = random.upTo(17);
    try {
      const filter = readFilter(bytes);
      if (filter.kind !== "none") assert.deepEqual(writeFilter(filter), bytes);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "CodecUnknown");
    }
  });
});

test("the format's example is what filters do", async () => {
  const document = readFileSync(new URL("../../docs/formats/filters.md", import.meta.url), "utf8");
  const unit = fromHex(/The unit `([0-9a-f ]+)`/.exec(document)![1]!.replaceAll(" ", ""));
  const lines = /```filters\n([^`]+)\n```/.exec(document)![1]!.split("\n");
  const kernel = await loadFilters();
  for (const line of lines) {
    const [filter, filtered] = line.split(/ {2,}/).map((hex) => fromHex(hex.replaceAll(" ", "")));
    const says = toHex(applyFilter(kernel, readFilter(filter!), unit));
    assert.equal(says, toHex(filtered!), line);
  }
  assert.equal(lines.length, 6);
});
