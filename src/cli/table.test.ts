import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "./printable.ts";
import {
  countOf,
  formatBytes,
  formatCount,
  formatRate,
  formatTable,
  formatTime,
  savedPercent,
} from "./table.ts";

test("sizes have three digits and a unit", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [9_994, "9.99 kB"],
    [9_995, "10.0 kB"],
    [99_949, "99.9 kB"],
    [99_950, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [4_194_304, "4.19 MB"],
    [5e15, "5.00 PB"],
    [5e18, "5000 PB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text);
});

test("what is saved is a share of the input, negative when the output is larger", () => {
  assert.equal(savedPercent(1000, 750), 25);
  assert.equal(savedPercent(1000, 1001), -0.1);
  assert.equal(savedPercent(3, 2), 33.3);
  assert.equal(savedPercent(0, 24), 0);
});

test("counts are grouped and agree with their noun", () => {
  assert.equal(formatCount(1_234_567), "1,234,567");
  assert.equal(formatCount(123), "123");
  assert.equal(countOf(1, "object"), "1 object");
  assert.equal(countOf(0, "entry", "entries"), "0 entries");
});

test("times are UTC to the second, rates survive a clock that stands", () => {
  assert.equal(formatTime(0), "1970-01-01 00:00:00");
  assert.equal(formatRate(2_000_000, 2), "2.0 s, 1.00 MB/s");
  assert.equal(formatRate(2_000_000, 0), "0.0 s");
});

test("columns are aligned, also with wide letters, and lines end without spaces", () => {
  const text = formatTable(
    ["name", "size"],
    [
      ["a", "1"],
      ["写真", "22"],
      ["e\u0301e", "333"],
    ],
    ["left", "right"],
  );
  assert.deepEqual(text.split("\n"), [
    "name  size",
    "a        1",
    "写真    22",
    "e\u0301e     333",
  ]);
  const untitled = formatTable(["", ""], [["a", ""]], ["left", "left"]);
  assert.equal(untitled, "a");
});

test("names cannot fake lines, command a terminal or turn the writing", () => {
  assert.equal(printable("a\nb\u001b[31m\u0000"), "a\\x0ab\\x1b[31m\\x00");
  assert.equal(printable("photo\u202egpj.exe"), "photo\\u202egpj.exe");
  assert.equal(printable("Größe 写真 😀"), "Größe 写真 😀");
});
