import assert from "node:assert/strict";
import { test } from "node:test";
import { checkBucketName, checkKey, checkUserMetadata } from "./names.ts";

test("bucket names are those of S3", () => {
  for (const name of ["abc", "a-b.c-d", "0123", "a".repeat(63), "xn--a", "1.2.3"]) {
    checkBucketName(name);
  }
  const bad = ["", "ab", "a".repeat(64), "Abc", "a_b", "-abc", "abc-", "a..b", "a.-b", "1.2.3.4"];
  for (const name of [...bad, "a b", "a/b", "../x", "grün", "abc\n", "a\0b"]) {
    assert.throws(() => checkBucketName(name), { code: "BadBucketName" }, name);
  }
});

test("keys are any text of 1 to 1,024 bytes without NUL", () => {
  for (const key of ["a", "../../etc/passwd", "/", "//", "a b\n", "\u{1f600}", "é".repeat(512)]) {
    checkKey(key);
  }
  for (const key of ["", "a\0b", "\ud800", "x\udc00"]) {
    assert.throws(() => checkKey(key), { code: "MalformedKey" }, JSON.stringify(key));
  }
  for (const key of ["é".repeat(513), "a".repeat(1025)]) {
    assert.throws(() => checkKey(key), { code: "BadKey" }, JSON.stringify(key));
  }
});

test("user metadata keep to two kilobytes, names and values together", () => {
  checkUserMetadata({});
  checkUserMetadata({ ab: "x".repeat(2046) });
  assert.throws(() => checkUserMetadata({ ab: "x".repeat(2047) }), { code: "MetadataTooLarge" });
  assert.throws(() => checkUserMetadata({ a: "x".repeat(1024), b: "é".repeat(1023) }), {
    code: "MetadataTooLarge",
  });
});
