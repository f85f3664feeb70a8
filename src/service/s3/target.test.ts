import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KEY_BYTES_MAXIMUM } from "../../core/limits.ts";
import { parseQuery, parseTarget } from "./target.ts";

test("paths name the service, a bucket or an object", () => {
  const cases: [url: string, bucket: string, key: string][] = [
    ["/", "", ""],
    ["", "", ""],
    ["/photos", "photos", ""],
    ["/photos/", "photos", ""],
    ["/photos/a.jpg", "photos", "a.jpg"],
    ["/photos/2026/a%20b.jpg", "photos", "2026/a b.jpg"],
    ["/photos//a", "photos", "/a"],
    ["/photos/../../etc/passwd", "photos", "../../etc/passwd"],
    ["/photos/%2e%2e/a", "photos", "../a"],
    ["/photos/a+b%2Bc", "photos", "a+b+c"],
    ["/photos/%25", "photos", "%"],
    ["/photos/%E2%82%AC", "photos", "€"],
    ["/photos/%EF%BB%BFx", "photos", "\ufeffx"],
    ["//a", "", "a"],
    ["http://127.0.0.1:7484/photos/a", "photos", "a"],
  ];
  for (const [url, bucket, key] of cases) {
    const target = parseTarget(url);
    assert.deepEqual([target.bucket, target.key], [bucket, key], url);
  }
});

test("what cannot be decoded exactly is refused", () => {
  for (const path of [
    "/b/%",
    "/b/%2",
    "/b/%zz",
    "/b/%ff",
    "/b/%c0%af",
    "/b/\xff",
    "/b/%ed%a0%80",
    "b/k",
  ]) {
    assert.throws(() => parseTarget(path), { code: "BadAddress" }, path);
  }
  assert.throws(() => parseTarget("/b/a%00"), { code: "MalformedKey" });
  assert.throws(() => parseTarget(`/b/${"a".repeat(KEY_BYTES_MAXIMUM + 1)}`), { code: "BadKey" });
  assert.throws(() => parseTarget(`/b/${"%e2%82%ac".repeat(342)}`), { code: "BadKey" });
  assert.equal(parseTarget(`/b/${"a".repeat(KEY_BYTES_MAXIMUM)}`).key.length, KEY_BYTES_MAXIMUM);
});

test("queries decode pluses, keep empty values, and refuse doubles and floods", () => {
  const query = parseQuery("list-type=2&prefix=a%2Fb+c&delete&&x==");
  assert.deepEqual(
    [...query],
    [
      ["list-type", "2"],
      ["prefix", "a/b c"],
      ["delete", ""],
      ["x", "="],
    ],
  );
  assert.throws(() => parseQuery("a=1&%61=2"), { code: "InvalidArgument" });
  const flood = Array.from({ length: 65 }, (_, i) => `p${i}`).join("&");
  assert.throws(() => parseQuery(flood), { code: "InvalidArgument" });
});

test("every key comes back from its encoded form", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), (key) => {
      fc.pre(!key.includes("\0"));
      const path = `/b/${encodeURIComponent(key)}`;
      assert.equal(parseTarget(path).key, key);
    }),
  );
});
