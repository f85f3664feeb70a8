import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestCount } from "./test-count.ts";

const REPORTER = join(import.meta.dirname, "test-count.ts");

/** What the reporter writes about one test file, undefined when it writes nothing. */
function count(body: string, isolation: "none" | "process"): TestCount | undefined {
  const folder = mkdtempSync(join(tmpdir(), "pith-count-"));
  try {
    const file = join(folder, "a.test.mjs");
    const target = join(folder, "count");
    writeFileSync(file, `import { test } from "node:test";\n${body}`);
    const args = [
      "--test",
      "--test-force-exit",
      `--test-isolation=${isolation}`,
      `--test-reporter=${REPORTER}`,
      `--test-reporter-destination=${target}`,
      file,
    ];
    const env = { ...process.env };
    delete env["NODE_TEST_CONTEXT"];
    spawnSync(process.execPath, args, { cwd: folder, env });
    const text = existsSync(target) ? readFileSync(target, "utf8") : "";
    return text === "" ? undefined : (JSON.parse(text) as TestCount);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const isolation of ["none", "process"] as const) {
  test(`isolation ${isolation}: passes, failures and skips are counted`, () => {
    const found = count(
      [
        'test("good", () => {});',
        'test("bad", () => { throw new Error("bad"); });',
        'test("slow", { timeout: 20 }, () => new Promise(() => {}));',
        'test("left out", { skip: "no pigz" }, () => {});',
        'test("later", { todo: true }, () => {});',
      ].join("\n"),
      isolation,
    );
    assert.ok(found !== undefined);
    const { seconds, ...counts } = found;
    assert.ok(seconds > 0);
    assert.deepEqual(counts, {
      tests: 5,
      passed: 1,
      failed: 1,
      cancelled: 1,
      skipped: ["left out (no pigz)", "later"],
      unfinished: [],
    });
  });

  test(`isolation ${isolation}: a process that ends early does not pass`, () => {
    const body =
      'test("first", () => {});\ntest("ends", async () => { await 0; process.exit(0); });\n';
    const found = count(body, isolation);
    assert.ok(found === undefined || found.unfinished.length === 1);
  });

  test(`isolation ${isolation}: a file without tests does not pass`, () => {
    assert.equal(count("", isolation)?.unfinished.length, 1);
  });
}
