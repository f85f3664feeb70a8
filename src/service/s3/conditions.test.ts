import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRead, parseDate, parseTags, rangeCounts, writeCondition } from "./conditions.ts";

const ETAG = "0123456789abcdef0123456789abcdef";
const modifiedMs = Date.UTC(2026, 10, 21, 8, 0, 0, 250);
const now = { etag: ETAG, modifiedMs };
const AT = "Sat, 21 Nov 2026 08:00:00 GMT";
const BEFORE = "Sat, 21 Nov 2026 07:59:59 GMT";
const AFTER = "Sat, 21 Nov 2026 08:00:01 GMT";

test("If-Match lets through what has the tag", () => {
  for (const tag of [`"${ETAG}"`, ETAG, `"x", "${ETAG}"`, "*"]) {
    assert.equal(checkRead({ "if-match": tag }, now), "go", tag);
  }
  for (const tag of ['"x"', `W/"${ETAG}"`, '""', ""]) {
    assert.throws(() => checkRead({ "if-match": tag }, now), { code: "PreconditionFailed" }, tag);
  }
});

test("If-None-Match compares weakly and answers reads with not modified", () => {
  for (const tag of [`"${ETAG}"`, `W/"${ETAG}"`, "*"]) {
    assert.equal(checkRead({ "if-none-match": tag }, now), "notModified", tag);
  }
  assert.equal(checkRead({ "if-none-match": '"x"' }, now), "go");
});

test("dates compare in whole seconds", () => {
  assert.equal(checkRead({ "if-modified-since": AT }, now), "notModified");
  assert.equal(checkRead({ "if-modified-since": AFTER }, now), "notModified");
  assert.equal(checkRead({ "if-modified-since": BEFORE }, now), "go");
  assert.equal(checkRead({ "if-unmodified-since": AT }, now), "go");
  assert.throws(() => checkRead({ "if-unmodified-since": BEFORE }, now), {
    code: "PreconditionFailed",
  });
});

test("tags go before dates, preconditions before cache conditions", () => {
  const matching = { "if-match": ETAG, "if-unmodified-since": BEFORE };
  assert.equal(checkRead(matching, now), "go");
  const changed = { "if-none-match": '"x"', "if-modified-since": AFTER };
  assert.equal(checkRead(changed, now), "go");
  const both = { "if-match": '"x"', "if-none-match": ETAG };
  assert.throws(() => checkRead(both, now), { code: "PreconditionFailed" });
});

test("dates that cannot be read count as absent", () => {
  assert.equal(checkRead({ "if-modified-since": "2026-11-21" }, now), "go");
  assert.equal(checkRead({ "if-unmodified-since": "1" }, now), "go");
});

test("the three forms of dates", () => {
  const want = Date.UTC(1994, 10, 6, 8, 49, 37);
  assert.equal(parseDate("Sun, 06 Nov 1994 08:49:37 GMT"), want);
  assert.equal(parseDate("Sunday, 06-Nov-94 08:49:37 GMT"), want);
  assert.equal(parseDate("Sun Nov  6 08:49:37 1994"), want);
  for (const text of ["", "yesterday", "Sun, 06 Xxx 1994 08:49:37 GMT", "784111777"]) {
    assert.equal(parseDate(text), undefined, text);
  }
});

test("If-Range lets a range count only for the same object", () => {
  assert.equal(rangeCounts(undefined, now), true);
  assert.equal(rangeCounts(`"${ETAG}"`, now), true);
  assert.equal(rangeCounts(`W/"${ETAG}"`, now), false);
  assert.equal(rangeCounts('"x"', now), false);
  assert.equal(rangeCounts(AT, now), true);
  assert.equal(rangeCounts(AFTER, now), false);
});

test("write conditions are handed on as lists", () => {
  assert.deepEqual(writeCondition({}), {});
  assert.deepEqual(writeCondition({ "if-none-match": "*" }), { ifNoneMatch: ["*"] });
  assert.deepEqual(writeCondition({ "if-match": `"a", b, W/"c"` }), { ifMatch: ["a", "b"] });
  assert.deepEqual(parseTags(' W/"a" , ,"b"'), [
    { weak: true, name: "a" },
    { weak: false, name: "b" },
  ]);
});
