import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseRuns,
  closingLines,
  forbiddenSkips,
  judge,
  type Run,
  readWish,
  shardsOf,
} from "./test.ts";
import type { TestCount } from "./test-count.ts";

const GOOD: TestCount = {
  tests: 3,
  passed: 3,
  failed: 0,
  cancelled: 0,
  skipped: [],
  unfinished: [],
  seconds: 1.5,
};

const strict = forbiddenSkips(true, false);
const lenient = forbiddenSkips(false, false);

test("a run passes only when the runner and the counts agree", () => {
  assert.deepEqual(judge(0, GOOD, strict), []);
  assert.equal(judge(1, { ...GOOD, passed: 2, failed: 1 }, lenient).length, 1);
  assert.equal(judge(0, undefined, lenient).length, 1, "a run that was cut short");
  assert.equal(judge(0, { ...GOOD, tests: 0, passed: 0 }, lenient).length, 1, "nothing was tested");
  assert.equal(judge(0, { ...GOOD, unfinished: ["a.test.ts"] }, lenient).length, 1);
});

test("a skipped test fails in CI and is only shown elsewhere", () => {
  const skipping = { ...GOOD, passed: 2, skipped: ["needs pigz (no pigz here)"] };
  assert.deepEqual(judge(0, skipping, lenient), []);
  assert.deepEqual(judge(0, skipping, strict), ["skipped: needs pigz (no pigz here)"]);
  const run: Run = { name: "unit run", patterns: [], isolated: false, timeoutMs: 1 };
  const lines = closingLines([{ run, count: skipping, reasons: [] }]);
  assert.match(lines.join("\n"), /passed {2}unit run .* 3 tests: 2 pass, 0 fail, 1 skip/);
  assert.match(lines.join("\n"), /skipped: needs pigz/);
});

test("a short run may leave tests to the full one, which may not", () => {
  const long = { ...GOOD, passed: 2, skipped: ["all of it (long; PITH_FULL=1 runs it)"] };
  assert.deepEqual(judge(0, long, strict), []);
  assert.equal(judge(0, long, forbiddenSkips(true, true)).length, 1);
});

test("arguments are files, options and minutes", () => {
  const wish = readWish(["src/a.test.ts", "--test-name-pattern=x", "--minutes", "5"]);
  assert.deepEqual(wish, {
    files: ["src/a.test.ts"],
    options: ["--test-name-pattern=x"],
    minutes: 5,
  });
  assert.throws(() => readWish(["--minutes"]));
  assert.throws(() => readWish(["--minutes=soon"]));
});

test("named files run where they belong", () => {
  const unit: Run = { name: "unit", patterns: ["src/**/*.test.ts"], isolated: false, timeoutMs: 1 };
  const apart: Run = { ...unit, name: "process", patterns: ["test/{system,faults}/**/*.test.ts"] };
  const runs = [unit, apart];
  assert.deepEqual(chooseRuns(runs, []), runs);
  const chosen = chooseRuns(runs, ["test/system/b.test.ts", "src/core/a.test.ts"]);
  assert.deepEqual(
    chosen.map((run) => [run.name, run.patterns]),
    [
      ["unit", ["src/core/a.test.ts"]],
      ["process", ["test/system/b.test.ts"]],
    ],
  );
  assert.deepEqual(chooseRuns(runs, ["src/core/*.test.ts"])[0]?.name, "unit");
});

test("a whole run is shared among processes, a part of it is not", () => {
  const run: Run = { name: "unit", patterns: [], isolated: false, shards: 2, timeoutMs: 1 };
  const whole = { files: [], options: [], minutes: undefined };
  assert.deepEqual(
    shardsOf(run, whole).map((shard) => [shard.run.name, ...shard.options]),
    [
      ["unit 1/2", "--test-shard=1/2"],
      ["unit 2/2", "--test-shard=2/2"],
    ],
  );
  const { shards: _, ...alone } = run;
  assert.deepEqual(shardsOf(alone, whole), [{ run: alone, options: [] }]);
  assert.deepEqual(shardsOf(run, { ...whole, files: ["a.test.ts"] }), [{ run, options: [] }]);
  const options = ["--test-name-pattern=x"];
  assert.deepEqual(shardsOf(run, { ...whole, options }), [{ run, options }]);
});
