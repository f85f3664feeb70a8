import assert from "node:assert/strict";
import { test } from "node:test";
import type { Codec } from "../core/codec.ts";
import { loadRegistry } from "./load-registry.ts";
import { createRegistry } from "./registry.ts";
import { storedCodec } from "./stored-codec.ts";

function renamed(changes: Partial<Codec>): Codec {
  return { ...storedCodec, id: 900, name: "other", ...changes };
}

test("the built-in codecs have the numbers of the format document", () => {
  const registry = createRegistry();
  const list = registry.codecs.map(({ id, name, version }) => `${id} ${name} ${version}`);
  assert.deepEqual(list, [
    "1 stored 1",
    "2 deflate 1",
    "3 zlib 1",
    "6 jpeg-dense 1",
    "4 lepton 1",
    "5 divans 1",
  ]);
  assert.equal(registry.byName("zlib")?.id, 3);
  assert.equal(registry.byName("brotli"), undefined);
});

test("a codec that breaks the contract's limits does not get in", () => {
  const wrong: Partial<Codec>[] = [
    { id: 1 },
    { name: "zlib" },
    { id: 0 },
    { id: 65_536 },
    { name: "Upper" },
    { name: "" },
    { readableVersions: [2] },
  ];
  for (const changes of wrong) {
    assert.throws(() => createRegistry([renamed(changes)]), { code: "AssertionFailure" });
  }
  assert.equal(createRegistry([renamed({})]).codecs.length, 7);
});

test("a reader is found by number and version", () => {
  const registry = createRegistry([renamed({ version: 3, readableVersions: [2, 3] })]);
  assert.equal(registry.reader(900, 2).name, "other");
  assert.throws(() => registry.reader(900, 1), { code: "CodecUnknown", kind: "corrupt" });
  assert.throws(() => registry.reader(901, 1), { code: "CodecUnknown" });
});

test("the version gate names all that cannot be decoded", async () => {
  const registry = createRegistry();
  await registry.requireReadable([
    { codec: 1, codecVersion: 1 },
    { codec: 3, codecVersion: 1 },
  ]);
  const stored = [
    { codec: 3, codecVersion: 2 },
    { codec: 17, codecVersion: 1 },
    { codec: 1, codecVersion: 1 },
    { codec: 17, codecVersion: 1 },
  ];
  await assert.rejects(registry.requireReadable(stored), {
    code: "VersionGate",
    facts: { missing: "codec 17 version 1, zlib version 2" },
  });
});

test("modules bring further codecs, or a clear fault", async () => {
  const module = (name: string): string =>
    new URL(`../../test/codecs/${name}.ts`, import.meta.url).href;
  const registry = await loadRegistry([module("scan")]);
  assert.equal(registry.byName("scan")?.independent, false);
  await assert.rejects(loadRegistry([module("absent")]), { code: "BadConfig" });
  await assert.rejects(loadRegistry([module("trap")]), { code: "BadConfig" });
});
