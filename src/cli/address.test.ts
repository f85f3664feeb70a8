import assert from "node:assert/strict";
import { test } from "node:test";
import { addressText, asFolder, parseAddress } from "./address.ts";
import { attributesOf, metadataOf } from "./attributes.ts";
import { contentTypeOf } from "./content-type.ts";

test("addresses are a bucket and the rest", () => {
  assert.deepEqual(parseAddress("photos"), { bucket: "photos", key: "" });
  assert.deepEqual(parseAddress("photos/"), { bucket: "photos", key: "" });
  assert.deepEqual(parseAddress("photos/a//b/"), { bucket: "photos", key: "a//b/" });
  assert.deepEqual(parseAddress("s3://photos/a"), { bucket: "photos", key: "a" });
  for (const text of ["", "/", "/a", "s3://"]) {
    assert.throws(() => parseAddress(text), { code: "BadUsage" });
  }
  assert.equal(addressText("photos", "a/b"), "photos/a/b");
  assert.equal(addressText("photos", ""), "photos");
});

test("a prefix becomes a folder once", () => {
  assert.deepEqual(["", "a", "a/"].map(asFolder), ["", "a/", "a/"]);
});

test("times and modes survive as metadata", () => {
  const metadata = metadataOf({ modifiedMs: 1_763_712_988_123.4, mode: 0o640 });
  assert.deepEqual(metadata, { mtime: "1763712988.123400", mode: "0640" });
  const kept = attributesOf(metadata, 5);
  assert.ok(Math.abs((kept.modifiedMs ?? 0) - 1_763_712_988_123.4) < 0.001);
  assert.equal(kept.mode, 0o640);
  assert.equal(attributesOf(metadataOf({ modifiedMs: -1500, mode: 0 }), 5).modifiedMs, -1500);
  assert.equal(attributesOf(metadataOf({ modifiedMs: 0, mode: 0 }), 5).modifiedMs, 0);
});

test("strange metadata are left to the defaults, and lend no rights", () => {
  const none = { modifiedMs: 5, mode: undefined };
  assert.deepEqual(attributesOf({}, 5), none);
  assert.deepEqual(attributesOf({ mtime: "yesterday", mode: "rwx" }, 5), none);
  assert.deepEqual(attributesOf({ mtime: "1e99", mode: "33188" }, 5), none);
  assert.equal(attributesOf({ mode: "0104755" }, 5).mode, 0o755);
});

test("types come from extensions, whatever they are called", () => {
  assert.equal(contentTypeOf("a/b.JPG"), "image/jpeg");
  assert.equal(contentTypeOf("a.jpg/b"), "application/octet-stream");
  assert.equal(contentTypeOf("a.constructor"), "application/octet-stream");
});
