import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { expand, openPith } from "./pith-file.ts";
import { createRegistry } from "./registry.ts";

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i}: every byte comes back\n`).join("");

function vector(name: string, extension = "pith"): Uint8Array {
  return readFileSync(new URL(`../../test/vectors/pith/${name}.${extension}`, import.meta.url));
}

/** What a codec's vectors hold: a specialist's its own content. */
function plainOf(codec: string): Uint8Array {
  return codec === "lepton" || codec === "jpeg-dense"
    ? vector("lepton", "jpg")
    : new TextEncoder().encode(LINES);
}

test("every codec and version that was ever written still reads", async () => {
  for (const { id, name, readableVersions } of createRegistry().codecs) {
    for (const version of readableVersions) {
      const file = vector(`${name}-${version}`);
      const plain = plainOf(name);
      assert.ok(equalBytes(await expand(file), plain), name);
      const opened = await openPith(file);
      for await (const frame of opened.frames()) {
        assert.deepEqual(frame.codec, { id, version });
        assert.equal(frame.sha256, sha256(plain));
      }
    }
  }
});

/** Text, and what looks like code of x86 and of ARM64. */
function codeLike(): Uint8Array {
  const code: number[] = [];
  for (let i = 0; i < 64; i++) code.push(0xe8, i, 1, 0, i % 2 === 0 ? 0 : 0xff);
  for (let i = 0; i < 64; i++) code.push(0x48, 0x8d, 0x05, i, 0, 0, 0);
  for (let i = 0; i < 64; i++) code.push(i, 0, 0, 0x94);
  return concatenate([Uint8Array.from(code), new TextEncoder().encode(LINES)]);
}

test("a frame of every filter that was ever written still reads", async () => {
  const file = vector("filters-2");
  const plain = codeLike();
  const opened = await openPith(file);
  const ids: number[] = [];
  for await (const { filter, codec, sha256: hash } of opened.frames()) {
    ids.push(filter?.id ?? 0);
    assert.deepEqual(codec, { id: 3, version: 1 });
    assert.equal(hash, sha256(plain));
  }
  assert.deepEqual(
    ids,
    Array.from({ length: 14 }, (_, i) => i + 1),
  );
  const whole = concatenate(ids.map(() => plain));
  assert.ok(equalBytes(await expand(file), whole));
});

test("an empty file and kept metadata still read", async () => {
  assert.equal((await expand(vector("empty"))).length, 0);
  const { metadata } = await openPith(vector("zlib-1"));
  assert.deepEqual(metadata, { name: "lines.txt", modifiedMs: 1_790_000_000_000, mode: 0o644 });
});
