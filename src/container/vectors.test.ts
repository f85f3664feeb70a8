import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sha256 } from "../core/hash.ts";
import { expand, openPith } from "./pith-file.ts";
import { createRegistry } from "./registry.ts";

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i}: every byte comes back\n`).join("");

function vector(name: string): Uint8Array {
  return readFileSync(new URL(`../../test/vectors/pith/${name}.pith`, import.meta.url));
}

test("every codec and version that was ever written still reads", async () => {
  for (const { id, name, readableVersions } of createRegistry().codecs) {
    for (const version of readableVersions) {
      const file = vector(`${name}-${version}`);
      assert.equal(new TextDecoder().decode(await expand(file)), LINES, name);
      const opened = await openPith(file);
      for await (const frame of opened.frames()) {
        assert.deepEqual(frame.codec, { id, version });
        assert.equal(frame.sha256, sha256(new TextEncoder().encode(LINES)));
      }
    }
  }
});

test("an empty file and kept metadata still read", async () => {
  assert.equal((await expand(vector("empty"))).length, 0);
  const { metadata } = await openPith(vector("zlib-1"));
  assert.deepEqual(metadata, { name: "lines.txt", modifiedMs: 1_790_000_000_000, mode: 0o644 });
});
