/** The reader of pith/deflate in a page: every vector has the outcome that it has in Node. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { withoutBrowser, withPage } from "./site.ts";

const VECTORS = "test/vectors/deflate";
const table = readFileSync(resolve(import.meta.dirname, "../vectors/deflate/README.md"), "utf8");
const names = [...table.matchAll(/^\| ([\w-]+\.\w+) \| \d+ \| ([^|]+) \|/gm)].map((row) => ({
  name: row[1] as string,
  expected: (row[2] as string).trim(),
}));

function described(answer: number[] | string): string {
  if (typeof answer === "string") return answer;
  if (answer.length === 0) return "nothing";
  const bytes = Uint8Array.from(answer);
  if (answer.length < 20) return `\`${new TextDecoder().decode(bytes)}\``;
  return `${answer.length} bytes, CRC-32 ${crc32(bytes).toString(16).padStart(8, "0")}`;
}

test("a page reads and refuses what Node does, and what it writes itself", {
  skip: withoutBrowser,
}, async () => {
  await withPage(async (page) => {
    const answers = await page.evaluate(
      async ({ folder, files }) => {
        const door = "/src/deflate/index.ts";
        const { inflate } = await import(door);
        const found: (number[] | string)[] = [];
        for (const file of files) {
          const bytes = new Uint8Array(await (await fetch(`/${folder}/${file}`)).arrayBuffer());
          const extension = file.split(".")[1];
          const format = extension === "gz" ? "gzip" : extension === "zlib" ? "zlib" : "raw";
          try {
            found.push([...(await inflate(bytes, { format }))]);
          } catch (error) {
            found.push((error as { code: string }).code);
          }
        }
        return found;
      },
      { folder: VECTORS, files: names.map(({ name }) => name) },
    );
    assert.ok(names.length > 70);
    names.forEach(({ name, expected }, i) => {
      assert.equal(described(answers[i] as number[] | string), expected, name);
    });

    const streamed = await page.evaluate(async () => {
      const door = "/src/deflate/index.ts";
      const { inflateStream } = await import(door);
      const lines = "a line of text that a page compresses by itself\n".repeat(50_000);
      const gzip = new Blob([lines]).stream().pipeThrough(new CompressionStream("gzip"));
      const back = await new Response(gzip.pipeThrough(inflateStream())).text();
      const plain = typeof (globalThis as { process?: unknown }).process === "undefined";
      return { same: back === lines, plain };
    });
    assert.deepEqual(streamed, { same: true, plain: true });
  });
});
