import assert from "node:assert/strict";
import { test } from "node:test";
import type { ObjectRow } from "../../store/index.ts";
import {
  isChunked,
  objectAnswerHeaders,
  readObjectHeaders,
  readUserMetadata,
} from "./object-headers.ts";
import { parseQuery } from "./target.ts";

const row: ObjectRow = {
  bucket: "photos",
  key: "k",
  version: "v",
  bytes: 1,
  etag: "e".repeat(32),
  modifiedMs: Date.UTC(2026, 10, 21, 8, 0, 0, 999),
  headers: { contentType: "image/jpeg", cacheControl: "no-cache" },
  userMetadata: { owner: "me" },
  manifest: new Uint8Array(0),
};

test("standard headers are kept, and aws-chunked is not one of them", () => {
  const kept = readObjectHeaders({
    "content-type": "text/plain",
    "content-encoding": "aws-chunked, gzip",
    expires: "0",
    "x-other": "x",
  });
  assert.deepEqual(kept, { contentType: "text/plain", contentEncoding: "gzip", expires: "0" });
  assert.deepEqual(readObjectHeaders({ "content-encoding": "AWS-chunked" }), {
    contentType: "binary/octet-stream",
  });
  assert.equal(readObjectHeaders({ "content-encoding": "gzip, br" }).contentEncoding, "gzip, br");
});

test("bodies say in two ways that they are aws-chunked", () => {
  assert.equal(isChunked({ "content-encoding": "gzip,aws-chunked" }), true);
  assert.equal(isChunked({ "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }), true);
  assert.equal(isChunked({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }), false);
  assert.equal(isChunked({}), false);
});

test("user metadata have names, 2 KB, and no traps", () => {
  const read = readUserMetadata({ "x-amz-meta-a": "1", "x-amz-meta-__proto__": "2", other: "3" });
  assert.deepEqual(Object.entries(read), [
    ["a", "1"],
    ["__proto__", "2"],
  ]);
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.throws(() => readUserMetadata({ "x-amz-meta-": "1" }), { code: "InvalidArgument" });
  readUserMetadata({ "x-amz-meta-a": "x".repeat(2047) });
  assert.throws(() => readUserMetadata({ "x-amz-meta-a": "x".repeat(2048) }), {
    code: "MetadataTooLarge",
  });
});

test("an answer carries what was kept, and parameters override it", () => {
  const plain = objectAnswerHeaders(row, parseQuery(""));
  assert.equal(plain["etag"], `"${row.etag}"`);
  assert.equal(plain["last-modified"], "Sat, 21 Nov 2026 08:00:00 GMT");
  assert.equal(plain["content-type"], "image/jpeg");
  assert.equal(plain["x-amz-meta-owner"], "me");
  const query = parseQuery("response-content-type=text/plain&response-cache-control=max-age%3D1");
  const overridden = objectAnswerHeaders(row, query);
  assert.equal(overridden["content-type"], "text/plain");
  assert.equal(overridden["cache-control"], "max-age=1");
  for (const bad of ["a%0d%0aset-cookie:x", "%00", "%e2%82%ac"]) {
    assert.throws(() => objectAnswerHeaders(row, parseQuery(`response-expires=${bad}`)), {
      code: "InvalidArgument",
    });
  }
});

test("what a browser would run is put into a sandbox", () => {
  for (const contentType of ["text/html; charset=utf-8", "image/svg+xml", "application/xml"]) {
    const answer = objectAnswerHeaders({ ...row, headers: { contentType } }, parseQuery(""));
    assert.equal(answer["content-security-policy"], "sandbox", contentType);
  }
  assert.equal(objectAnswerHeaders(row, parseQuery(""))["content-security-policy"], undefined);
});
