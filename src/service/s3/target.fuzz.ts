/** Fuzz: any address names something or is refused with a typed error, headers of ranges too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../../test/random.ts";
import { PithError } from "../../core/errors.ts";
import { KEY_BYTES_MAXIMUM } from "../../core/limits.ts";
import { parseDate, parseTags } from "./conditions.ts";
import { parseRange } from "./range.ts";
import { parseTarget } from "./target.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 500_000 : 10_000;
const SCRAPS = [
  "/",
  "//",
  "?",
  "&",
  "=",
  "%",
  "%2F",
  "%00",
  "%ff",
  "%e2%82%ac",
  "+",
  "..",
  "a",
  "#",
  "\xff",
  "http://h",
];
const HEADERS = [
  "bytes=",
  "-",
  "0",
  "9",
  ",",
  " ",
  "99999999999999999999",
  "W/",
  '"',
  "*",
  "GMT",
  "Sun, 06 Nov 1994 08:49:37 GMT",
];

test("addresses are parsed or refused", () =>
  forSeeds(ROUNDS, (random) => {
    let url = "/";
    for (let i = random.upTo(12); i > 0; i--) url += random.pick(SCRAPS);
    try {
      const { bucket, key } = parseTarget(url);
      assert.ok(!bucket.includes("/") || url.includes("%2F"));
      assert.ok(Buffer.byteLength(key) <= KEY_BYTES_MAXIMUM && key.isWellFormed());
    } catch (error) {
      assert.ok(error instanceof PithError && error.kind === "input", String(error));
    }
  }));

test("headers of ranges and conditions are read or ignored", () =>
  forSeeds(ROUNDS, (random) => {
    let header = "";
    for (let i = random.upTo(8); i > 0; i--) header += random.pick(HEADERS);
    const size = random.upTo(20);
    const range = parseRange(header, size);
    if (typeof range === "object") {
      assert.ok(0 <= range.first && range.first <= range.last && range.last < size, header);
    }
    const date = parseDate(header);
    assert.ok(date === undefined || Number.isSafeInteger(date));
    for (const { name } of parseTags(header)) assert.ok(!name.includes(","));
  }));
