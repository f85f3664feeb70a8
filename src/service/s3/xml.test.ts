import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { document, encodeKey, escapeXml } from "./xml.ts";

test("documents have a declaration, a namespace, and errors have none", () => {
  const list = document("ListBucketResult", [
    ["MaxKeys", 3],
    ["IsTruncated", false],
    ["Contents", [["Key", "a<&>\"'b"]]],
  ]);
  assert.equal(
    list,
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><MaxKeys>3</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>a&lt;&amp;&gt;&quot;&apos;b</Key></Contents></ListBucketResult>',
  );
  assert.match(document("Error", [["Code", "X"]]), /<Error><Code>X<\/Code><\/Error>$/);
});

test("control characters become references, and other characters stay", () => {
  assert.equal(escapeXml("\r\x01\x7f\x85\uffff"), "&#xd;&#x1;&#x7f;&#x85;&#xffff;");
  assert.equal(escapeXml("\t\n é€😀"), "\t\n é€😀");
});

test("what is escaped reads back", () => {
  const parser = new XMLParser({
    trimValues: false,
    parseTagValue: false,
    processEntities: true,
    htmlEntities: true,
  });
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (key) => {
      fc.pre(!/[\x00-\x1f\x7f-\x9f]/.test(key) && key.trim() !== "");
      const read = parser.parse(document("R", [["Key", key]])) as { R: { Key: string } };
      assert.equal(read.R.Key, key);
    }),
  );
});

test("keys are encoded byte by byte, slashes kept", () => {
  assert.equal(encodeKey("a b/ü+*~()'!\x01"), "a%20b/%C3%BC%2B%2A~%28%29%27%21%01");
});
