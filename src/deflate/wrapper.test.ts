import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { listBlocks } from "../../test/deflate-blocks.ts";
import { fromHex, toHex } from "../core/bytes.ts";
import { deflate } from "./deflate.ts";
import type { DeflateLevel } from "./options.ts";
import { headerOf, trailerOf } from "./wrapper.ts";

const DOCUMENT = new URL("../../docs/formats/deflate-output.md", import.meta.url);

/** The hexadecimal examples of the document, in order. */
function examples(): Uint8Array[] {
  const text = readFileSync(DOCUMENT, "utf8");
  return [...text.matchAll(/```hex\n([^`]*)```/g)].map((match) =>
    fromHex((match[1] as string).replaceAll(/\s/g, "")),
  );
}

test("the document's examples are what is written", async () => {
  const [pith, zeros] = examples() as [Uint8Array, Uint8Array];
  const text = new TextEncoder().encode("pith pith pith\n");
  assert.equal(toHex(await deflate(text)), toHex(pith));
  assert.equal(gunzipSync(pith).toString(), "pith pith pith\n");
  assert.equal(toHex(await deflate(new Uint8Array(600), { format: "raw" })), toHex(zeros));
  const { blocks, plain } = listBlocks(zeros);
  assert.equal(plain.length, 600);
  assert.deepEqual(
    blocks.map(({ kind, matches }) => [kind, matches]),
    [["fixed", 3]],
  );
});

test("zlib headers are multiples of 31 and name the level as zlib does", () => {
  const levels: DeflateLevel[] = ["huffman", 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const flags = levels.map((level) => {
    const header = headerOf("zlib", level);
    assert.equal(((header[0] as number) * 256 + (header[1] as number)) % 31, 0);
    return toHex(header);
  });
  const expected = ["7801", "7801", "785e", "785e", "785e", "785e", "789c", "78da", "78da", "78da"];
  assert.deepEqual(flags, expected);
});

test("a length beyond 4 GiB wraps in the gzip trailer", () => {
  assert.equal(toHex(trailerOf("gzip", 0x01020304, 2 ** 32 + 5)), "0403020105000000");
  assert.equal(toHex(trailerOf("zlib", 0x01020304, 2 ** 32 + 5)), "01020304");
  assert.equal(trailerOf("raw", 1, 2).length, 0);
});
