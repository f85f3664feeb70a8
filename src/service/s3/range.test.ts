import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRange } from "./range.ts";

test("ranges are cut to the object", () => {
  assert.deepEqual(parseRange("bytes=0-0", 10), { first: 0, last: 0 });
  assert.deepEqual(parseRange("bytes=2-5", 10), { first: 2, last: 5 });
  assert.deepEqual(parseRange("bytes=9-100", 10), { first: 9, last: 9 });
  assert.deepEqual(parseRange("bytes=3-", 10), { first: 3, last: 9 });
  assert.deepEqual(parseRange("bytes=-3", 10), { first: 7, last: 9 });
  assert.deepEqual(parseRange("bytes=-300", 10), { first: 0, last: 9 });
  assert.deepEqual(parseRange("Bytes = 1 - 2", 10), { first: 1, last: 2 });
  assert.deepEqual(parseRange(`bytes=0-${"9".repeat(400)}`, 10), { first: 0, last: 9 });
});

test("ranges beyond the object are outside", () => {
  for (const header of ["bytes=10-", "bytes=10-20", "bytes=-0", `bytes=${"9".repeat(400)}-`]) {
    assert.equal(parseRange(header, 10), "outside", header);
  }
  for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
    assert.equal(parseRange(header, 0), "outside", header);
  }
});

test("what is not one byte range is ignored", () => {
  const headers = [
    "bytes=0-1,3-4",
    "bytes=5-2",
    "items=0-1",
    "bytes=-",
    "bytes=a-b",
    "bytes=1",
    "",
    "bytes=--1",
    "bytes=1-2-3",
  ];
  for (const header of headers) assert.equal(parseRange(header, 10), undefined, header);
  assert.equal(parseRange(undefined, 10), undefined);
});

test("any header gives a range within the object, or none", () => {
  const digits = fc.oneof(fc.nat(30).map(String), fc.constant(""), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(digits, digits, fc.nat(20), (from, to, size) => {
      const range = parseRange(`bytes=${from}-${to}`, size);
      if (range === undefined || range === "outside") return;
      assert.ok(0 <= range.first && range.first <= range.last && range.last < size);
    }),
  );
});
