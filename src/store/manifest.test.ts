import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { forSeeds, type Random } from "../../test/random.ts";
import { fromHex, toHex, viewOf } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { decodeManifest, encodeManifest, type ManifestChunk } from "./manifest.ts";

const EXAMPLE_CHUNKS: ManifestChunk[] = ["hello", "pith"].map((text) => ({
  sha256: sha256(new TextEncoder().encode(text)),
  bytes: text.length,
}));

function exampleOfDocument(): Uint8Array {
  const address = new URL("../../docs/formats/manifest.md", import.meta.url);
  const hex = readFileSync(address, "utf8").match(/```hex\n([^`]*)```/)?.[1];
  assert.ok(hex !== undefined, "the document holds an example");
  return fromHex(hex.replaceAll(/\s/g, ""));
}

function randomChunks(random: Random): ManifestChunk[] {
  return Array.from({ length: random.upTo(20) }, () => ({
    sha256: toHex(random.bytes(32)),
    bytes: 1 + random.upTo(CHUNK_BYTES_MAXIMUM),
  }));
}

test("the document's example is what we write and read", () => {
  const example = exampleOfDocument();
  assert.deepEqual(toHex(encodeManifest(EXAMPLE_CHUNKS)), toHex(example));
  assert.deepEqual(decodeManifest(example), EXAMPLE_CHUNKS);
});

test("an empty object has a manifest of 24 bytes", () => {
  const manifest = encodeManifest([]);
  assert.equal(manifest.length, 24);
  assert.deepEqual(decodeManifest(manifest), []);
});

test("manifests come back as they were", async () => {
  await forSeeds(100, (random) => {
    const chunks = randomChunks(random);
    assert.deepEqual(decodeManifest(encodeManifest(chunks)), chunks);
  });
});

test("a manifest refuses chunks beyond the limits", () => {
  for (const bytes of [0, -1, CHUNK_BYTES_MAXIMUM + 1]) {
    assert.throws(() => encodeManifest([{ sha256: "00".repeat(32), bytes }]), { kind: "bug" });
  }
  assert.throws(() => encodeManifest([{ sha256: "00".repeat(31), bytes: 1 }]), { kind: "bug" });
});

test("any changed byte and any other length is noticed", async () => {
  await forSeeds(100, (random) => {
    const manifest = encodeManifest(randomChunks(random));
    const cut = manifest.subarray(0, random.upTo(manifest.length));
    assert.throws(() => decodeManifest(cut), { code: "ManifestCorrupt" });
    const at = random.upTo(manifest.length);
    manifest[at] = (manifest[at] as number) ^ (1 + random.upTo(255));
    assert.throws(() => decodeManifest(manifest), { code: "ManifestCorrupt" });
  });
});

test("fields that contradict each other are noticed behind a right CRC-32", () => {
  const spoils: [string, (view: DataView) => void][] = [
    ["total", (view) => view.setBigUint64(12, 10n, true)],
    ["more than an object may have", (view) => view.setBigUint64(12, 2n ** 63n, true)],
    ["reserved", (view) => view.setUint8(5, 1)],
    ["version", (view) => view.setUint8(4, 2)],
    ["magic", (view) => view.setUint8(0, 1)],
    ["count", (view) => view.setUint32(8, 0xffff_ffff, true)],
    ["empty chunk", (view) => view.setUint32(20 + 32, 0, true)],
    ["huge chunk", (view) => view.setUint32(20 + 32, CHUNK_BYTES_MAXIMUM + 1, true)],
  ];
  for (const [what, spoil] of spoils) {
    const manifest = encodeManifest(EXAMPLE_CHUNKS);
    const view = viewOf(manifest);
    spoil(view);
    const end = manifest.length - 4;
    view.setUint32(end, crc32(manifest.subarray(0, end)), true);
    assert.throws(() => decodeManifest(manifest), { code: "ManifestCorrupt" }, what);
  }
});
