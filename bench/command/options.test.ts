import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { type Command, readOptions, usageOf } from "./options.ts";

const COMMAND = {
  name: "some",
  says: "Measures something.",
  options: {
    json: { kind: "flag", says: "print JSON" },
    time: { kind: "flag", isOn: true, says: "sizes only" },
    rounds: { kind: "count", value: 3, says: "rounds" },
    only: { kind: "text", argument: "NAME", says: "these alone" },
    effort: { kind: "text", value: "dense", argument: "LIST", says: "efforts" },
    files: { kind: "texts", argument: "PATH", says: "files" },
  },
} as const satisfies Command;

const USUAL = { json: false, time: true, rounds: 3, only: "", effort: "dense", files: [] };

test("options have values, said or not", () => {
  assert.deepEqual(readOptions(COMMAND, []), { values: USUAL });
  const words = "--json --no-time --rounds 5 --only x --effort fast --files a --files b";
  assert.deepEqual(readOptions(COMMAND, words.split(" ")), {
    values: {
      json: true,
      time: false,
      rounds: 5,
      only: "x",
      effort: "fast",
      files: ["a", "b"],
    },
  });
  for (const word of ["--help", "-h"]) {
    assert.deepEqual(readOptions(COMMAND, [word, "--json"]), { help: true });
  }
});

test("what cannot be read is told in a line that names it", () => {
  for (const [words, names] of [
    ["--nothing", "--nothing"],
    ["word", "word"],
    ["--rounds", "--rounds"],
    ["--rounds 0", "--rounds"],
    ["--rounds 1.5", "--rounds"],
    ["--rounds many", "--rounds"],
    ["--json=yes", "--json"],
  ] as const) {
    const asked = readOptions(COMMAND, words.split(" "));
    assert.ok("complaint" in asked && asked.complaint.includes(names), JSON.stringify(asked));
    assert.ok(!asked.complaint.includes("\n"));
  }
});

test("the usage has a line for each option", () => {
  const usage = usageOf(COMMAND);
  assert.match(usage, /^usage: npm run bench -- some \[OPTIONS\]\n\nMeasures something\.\n\n/);
  for (const line of [
    "--json ",
    "--no-time ",
    "--rounds N .* else 3",
    "--only NAME ",
    "--effort LIST .* else dense",
    "--files PATH .* several times",
    "--help ",
  ]) {
    assert.match(usage, new RegExp(`^ {2}${line}`, "m"));
  }
});

const FOLDER = resolve(import.meta.dirname, "..");

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".ts"))) {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [join(FOLDER, file), ...words], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], PITH_CORPUS: "" },
    });

  test(`${file} tells its usage, and refuses what it does not know`, () => {
    const help = run("--help");
    assert.deepEqual([help.status, help.stderr], [0, ""]);
    assert.match(help.stdout, new RegExp(`^usage: npm run bench -- ${file.slice(0, -3)} `));
    const other = run("--no-such-option");
    assert.equal(other.status, 2, other.stderr);
    assert.equal(other.stdout, "");
    const [line, empty, usage] = other.stderr.split("\n");
    assert.match(line ?? "", /no-such-option/);
    assert.deepEqual([empty, usage], ["", help.stdout.split("\n")[0]]);
  });
}
