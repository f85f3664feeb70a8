import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { OPERATIONS, routeRequest } from "./route.ts";
import { parseTarget } from "./target.ts";

const route = (method: string, url: string, headers: Record<string, string> = {}) =>
  routeRequest(method, parseTarget(url), headers);

test("methods and paths name their operation", () => {
  const cases: [method: string, url: string, operation: string][] = [
    ["GET", "/", "ListBuckets"],
    ["GET", "/?x-id=ListBuckets", "ListBuckets"],
    ["PUT", "/b", "CreateBucket"],
    ["PUT", "/b/", "CreateBucket"],
    ["HEAD", "/b", "HeadBucket"],
    ["DELETE", "/b", "DeleteBucket"],
    ["GET", "/b", "ListObjects"],
    ["GET", "/b?list-type=2&prefix=x", "ListObjectsV2"],
    ["GET", "/b?location", "GetBucketLocation"],
    ["POST", "/b?delete", "DeleteObjects"],
    ["POST", "/b/?delete=&x-id=DeleteObjects", "DeleteObjects"],
    ["PUT", "/b/k", "PutObject"],
    ["PUT", "/b/k?x-id=PutObject&X-Amz-Signature=0&X-Amz-Date=1", "PutObject"],
    ["GET", "/b/k?response-expires=x&unknown=1", "GetObject"],
    ["HEAD", "/b/k", "HeadObject"],
    ["DELETE", "/b/k?x-id=DeleteObject", "DeleteObject"],
  ];
  for (const [method, url, operation] of cases) {
    assert.equal(route(method, url), operation, `${method} ${url}`);
  }
});

test("what S3 has and Pith does not is not implemented", () => {
  const cases: [method: string, url: string, headers?: Record<string, string>][] = [
    ["GET", "/b?acl"],
    ["PUT", "/b?versioning"],
    ["GET", "/b?uploads"],
    ["POST", "/b/k?uploads"],
    ["PUT", "/b/k?partNumber=1&uploadId=x"],
    ["PUT", "/b/k?tagging"],
    ["PUT", "/b/k?something-new"],
    ["DELETE", "/b/k?versionId=1"],
    ["POST", "/b"],
    ["PUT", "/b/k", { "x-amz-copy-source": "/b/other" }],
    ["PUT", "/b/k?X-Amz-Copy-Source=x"],
    ["PUT", "/b/k", { "x-amz-server-side-encryption": "AES256" }],
    ["GET", "/b/k", { "x-amz-server-side-encryption-customer-algorithm": "AES256" }],
    ["PUT", "/b/k", { "x-amz-tagging": "a=b" }],
    ["PUT", "/b/k?X-Amz-Tagging=a%3Db&X-Amz-Signature=0"],
    ["PUT", "/b/k", { "x-amz-object-lock-mode": "COMPLIANCE" }],
    ["PUT", "/b/k", { "x-amz-website-redirect-location": "/other" }],
  ];
  for (const [method, url, headers] of cases) {
    assert.throws(
      () => route(method, url, headers),
      { code: "NotImplemented" },
      `${method} ${url}`,
    );
  }
});

test("what nobody has is not allowed, and says what is", () => {
  for (const [method, url] of [
    ["POST", "/b/k"],
    ["PATCH", "/b/k"],
    ["OPTIONS", "/b"],
    ["DELETE", "/"],
    ["constructor", "/b/k"],
  ] as const) {
    assert.throws(() => route(method, url), { code: "MethodNotAllowed" }, `${method} ${url}`);
  }
});

test("a key needs a bucket", () => {
  for (const method of ["GET", "PUT", "DELETE"]) {
    assert.throws(() => route(method, "//key"), { code: "BadBucketName" });
  }
});

test("the guide names every operation", () => {
  const guide = new URL("../../../docs/guides/s3.md", import.meta.url);
  const rows = readFileSync(guide, "utf8").matchAll(/^\| ((?:[A-Z]\w+(?:, )?)+) \| `/gm);
  const named = [...rows].flatMap(([, names]) => (names ?? "").split(", "));
  assert.deepEqual(named.sort(), [...OPERATIONS].sort());
});
