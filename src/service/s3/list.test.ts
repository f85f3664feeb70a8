import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../../test/random.ts";
import { bucketsDocument, listDocument, readListRequest, readToken, writeToken } from "./list.ts";
import { parseQuery } from "./target.ts";

const read = (query: string) => readListRequest("photos", parseQuery(query));
const entry = {
  bucket: "photos",
  key: "a&b\x01",
  version: "v",
  bytes: 5,
  etag: "0".repeat(32),
  modifiedMs: 0,
};

test("parameters have defaults and bounds", () => {
  const plain = read("list-type=2");
  assert.equal(plain.limit, 1000);
  assert.deepEqual([plain.prefix, plain.delimiter, plain.after], ["", "", ""]);
  assert.equal(read("list-type=2&max-keys=5000").limit, 1000);
  assert.equal(read("list-type=2&max-keys=0").limit, 0);
  assert.equal(read("list-type=2&start-after=x").after, "x");
  assert.equal(read("marker=x").after, "x");
  assert.equal(read("marker=x").version, 1);
  for (const bad of ["max-keys=-1", "max-keys=x", "encoding-type=base64", "max-keys=1e3"]) {
    assert.throws(() => read(`list-type=2&${bad}`), { code: "InvalidArgument" }, bad);
  }
  assert.throws(() => read("list-type=2&continuation-token="), { code: "InvalidArgument" });
  assert.throws(() => read("list-type=2&prefix=%00"), { code: "MalformedKey" });
});

test("a token leads to its place in its listing, and nowhere else", () => {
  const shape = { bucket: "photos", prefix: "a/", delimiter: "/" };
  const token = writeToken("a/ü\x01", shape);
  assert.match(token, /^[A-Za-z0-9_-]+$/);
  assert.equal(readToken(token, shape), "a/ü\x01");
  for (const other of [{ bucket: "phot0s" }, { prefix: "a" }, { delimiter: "" }]) {
    assert.throws(() => readToken(token, { ...shape, ...other }), { code: "InvalidArgument" });
  }
});

test("no changed token is accepted", () =>
  forSeeds(200, (random) => {
    const shape = { bucket: "photos", prefix: "", delimiter: "" };
    const token = writeToken("some/key/or other", shape);
    const at = random.upTo(token.length);
    const changed = random.oneIn(3)
      ? token.slice(0, at)
      : token.slice(0, at) + random.pick(["A", "z", "=", "%", "-", ""]) + token.slice(at + 1);
    if (changed === token) return;
    assert.throws(() => readToken(changed, shape), { code: "InvalidArgument" }, changed);
  }));

test("the answer of version 2", () => {
  const request = read(
    "list-type=2&prefix=a&delimiter=/&max-keys=2&encoding-type=url&fetch-owner=true",
  );
  const text = listDocument(request, { objects: [entry], prefixes: ["ab/"], next: "ab/" });
  for (const part of [
    "<Name>photos</Name>",
    "<Prefix>a</Prefix>",
    "<KeyCount>2</KeyCount>",
    "<MaxKeys>2</MaxKeys>",
    "<IsTruncated>true</IsTruncated>",
    "<EncodingType>url</EncodingType>",
    "<Key>a%26b%01</Key>",
    "<ETag>&quot;00000000000000000000000000000000&quot;</ETag>",
    "<LastModified>1970-01-01T00:00:00.000Z</LastModified>",
    "<Size>5</Size>",
    "<Owner>",
    "<CommonPrefixes><Prefix>ab/</Prefix></CommonPrefixes>",
    `<NextContinuationToken>${writeToken("ab/", request)}</NextContinuationToken>`,
  ]) {
    assert.ok(text.includes(part), part);
  }
});

test("the answer of version 1, and of no keys wanted", () => {
  const text = listDocument(read("max-keys=1"), { objects: [entry], prefixes: [], next: "a&b" });
  assert.ok(text.includes("<Key>a&amp;b&#x1;</Key>"));
  assert.ok(text.includes("<NextMarker>a&amp;b</NextMarker>"));
  assert.ok(!text.includes("KeyCount"));
  const none = listDocument(read("list-type=2&max-keys=0"), {
    objects: [],
    prefixes: [],
    next: "",
  });
  assert.ok(none.includes("<IsTruncated>false</IsTruncated>"));
});

test("buckets are listed with their day", () => {
  const text = bucketsDocument([{ name: "photos", createdMs: 0 }]);
  assert.ok(
    text.includes(
      "<Bucket><Name>photos</Name><CreationDate>1970-01-01T00:00:00.000Z</CreationDate></Bucket>",
    ),
  );
});
