import assert from "node:assert/strict";
import { test } from "node:test";
import { tryDeleteXml } from "../../../test/delete-xml.ts";
import { forSeeds } from "../../../test/random.ts";
import { readDelete } from "./xml-read.ts";

const object = (inner: string): string => `<Object>${inner}</Object>`;
const wrap = (inner: string): string => `<Delete>${inner}</Delete>`;

test("a batch delete is read, quiet or not, with tags and namespaces", () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
    <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Quiet>true</Quiet>
      <Object><Key>a</Key></Object>
      <Object><Key> b &amp;&lt;&#x41;&#13; </Key><ETag>&quot;abc&quot;</ETag></Object>
      <Object><Key>007</Key><VersionId>null</VersionId></Object>
    </Delete>`;
  assert.deepEqual(readDelete(text), {
    quiet: true,
    objects: [
      { key: "a", etag: undefined, versionId: undefined },
      { key: " b &<A\r ", etag: "abc", versionId: undefined },
      { key: "007", etag: undefined, versionId: "null" },
    ],
  });
  assert.equal(readDelete(wrap(object("<Key>a</Key>"))).quiet, false);
});

test("other documents are refused", () => {
  const bodies = [
    "",
    "x",
    "<Delete/>",
    "<Delete></Delete>",
    "<Other><Object><Key>a</Key></Object></Other>",
    wrap(object("")),
    wrap(object("<Key></Key>")),
    wrap(object("<Key>a</Key><Key>b</Key>")),
    wrap(object("<Key><Key>a</Key></Key>")),
    wrap(object("<Key>a</Kex>")),
    wrap(object("<Key>a&b;</Key>")),
    wrap(object("<Key>&#xD800;</Key>")),
    wrap(object("<Key>&#x110000;</Key>")),
    wrap(object("<Key>a & b</Key>")),
    `<!DOCTYPE d [<!ENTITY e "x">]>${wrap(object("<Key>&e;</Key>"))}`,
    wrap(object("<Key>a</Key>").repeat(1001)),
    "<a>".repeat(10_000),
    "\0",
  ];
  for (const body of bodies) {
    assert.throws(() => readDelete(body), { code: "MalformedXml" }, body.slice(0, 60));
  }
  assert.equal(readDelete(wrap(object("<Key>a</Key>").repeat(1000))).objects.length, 1000);
});

test("keys named like properties of objects are just keys", () => {
  const keys = ["__proto__", "constructor", "toString"];
  const read = readDelete(wrap(keys.map((key) => object(`<Key>${key}</Key>`)).join("")));
  assert.deepEqual(
    read.objects.map(({ key }) => key),
    keys,
  );
  assert.throws(() => readDelete("<__proto__><Object><Key>a</Key></Object></__proto__>"), {
    code: "MalformedXml",
  });
});

test("any text gives a request or a typed error", () => forSeeds(300, tryDeleteXml));
