/** Vectors: every file that is listed reads as it is listed, by both kernels, and none is left out. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { sha256 } from "../core/hash.ts";
import { decodeDivans } from "./decode.ts";
import { loadDivans } from "./kernels.ts";
import { UnitDecoder } from "./unit-decode.ts";
import { RecordReader } from "./unit-record.ts";

const FOLDER = new URL("../../test/vectors/divans/", import.meta.url);

const listed = [
  ...readFileSync(new URL("README.md", FOLDER), "utf8").matchAll(
    /^\| ([\w-]+) \| (\d+) \| (\d+) \| ([0-9a-f]{64}) \|$/gm,
  ),
].map(([, name, fileBytes, plainBytes, hash]) => ({
  name: name!,
  fileBytes: Number(fileBytes),
  plainBytes: Number(plainBytes),
  hash: hash!,
}));

test("every vector reads, for ever", async () => {
  assert.ok(listed.length > 20);
  for (const { name, fileBytes, plainBytes, hash } of listed) {
    const file = readFileSync(new URL(`${name}.dvn`, FOLDER));
    assert.equal(file.length, fileBytes, name);
    const plain = await decodeDivans(file);
    assert.equal(plain.length, plainBytes, name);
    assert.equal(sha256(plain), hash, name);
  }
});

test("the scalar kernel reads them as the other does", async () => {
  const kernels = [await loadDivans("simd"), await loadDivans("scalar")] as const;
  for (const { name } of listed) {
    const file = readFileSync(new URL(`${name}.dvn`, FOLDER));
    const units: Uint8Array[] = [];
    for (const one of kernels) {
      const reader = new RecordReader(file.subarray(5), undefined);
      const header = await reader.header();
      if (header?.parameters === undefined) continue;
      const instance = one.takeDecoder();
      const decoder = new UnitDecoder(instance);
      decoder.begin(header);
      for (let next = await reader.block(); next !== undefined; next = await reader.block()) {
        decoder.take(next);
      }
      units.push(decoder.bytesFrom(0).slice());
      one.releaseDecoder(instance);
    }
    if (units.length > 0) assert.deepEqual(units[0], units[1], name);
  }
});

test("no vector is left out", () => {
  const there = readdirSync(FOLDER).filter((name) => name.endsWith(".dvn"));
  assert.deepEqual(there.sort(), listed.map(({ name }) => `${name}.dvn`).sort());
});
