import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import type { Filter } from "../filters/index.ts";
import { filteredUnits, filtersOfUnits, readFilterOption } from "./filter-option.ts";

const NONE: Filter = { kind: "none" };
const X86: Filter = { kind: "x86", form: "little-rip" };

/** Filters of every kind, with numbers at their edges. */
const FILTERS: readonly Filter[] = [
  X86,
  { kind: "arm64" },
  { kind: "delta", distance: 1 },
  { kind: "delta", distance: 65_536 },
  { kind: "words", word: "16-big", stride: 1, phase: 0 },
  { kind: "words", word: "32-little", stride: 300, phase: 3 },
  { kind: "transpose", stride: 28 },
  { kind: "predict", sample: "8", width: 256, channels: 1, tail: 0 },
  { kind: "predict", sample: "16-little", width: 65_536, channels: 16, tail: 15 },
];

test("what is said of a file's units is what --filter takes", () => {
  forSeeds(100, (random) => {
    const units = 1 + random.upTo(9);
    const some = [NONE, random.pick(FILTERS), random.pick(FILTERS)];
    const filters = Array.from({ length: units }, () => random.pick(some));
    const said = filteredUnits(filters).reduce(
      (before, { option }) => readFilterOption(option, before),
      [] as ReturnType<typeof readFilterOption>,
    );
    assert.deepEqual(filtersOfUnits(said, units), filters);
  });
  for (const filter of FILTERS) {
    const [said] = filteredUnits([filter]);
    assert.doesNotMatch(said!.option, /@/);
    assert.deepEqual(readFilterOption(said!.option), [{ filter, units: undefined }]);
  }
  assert.deepEqual(filteredUnits([X86, NONE, X86, X86, { kind: "delta", distance: 4 }]), [
    { says: "x86-little-rip", units: "1,3-4", isSingle: false, option: "x86-little-rip@1,3-4" },
    { says: "delta 4", units: "5", isSingle: true, option: "delta:4@5" },
  ]);
  assert.equal(filtersOfUnits(undefined, 3), undefined);
});

test("filters that cannot be, and units that are not there, are refused", () => {
  const wrong =
    "|x87|none|delta|delta:0|delta:65537|delta:4+1|x86-big:3|words-16-big:1+2|predict-8";
  for (const text of [...wrong.split("|"), "predict-8:4+256", "delta:4 ", "delta 4"]) {
    assert.throws(() => readFilterOption(text), /NAME.*x86-little, .*predict-16-big/, text);
  }
  for (const units of ["0", "3-2", "1,", "-", "1-2-3"]) {
    assert.throws(() => readFilterOption(`delta:4@${units}`), /numbers from 1/, units);
  }
  const twice = readFilterOption("arm64@2-3", readFilterOption("delta:4"));
  assert.throws(() => filtersOfUnits(twice, 3), /unit 2 has two filters/);
  assert.throws(() => filtersOfUnits(twice.slice(1), 2), /no unit 3, only 2/);
});
