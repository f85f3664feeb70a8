/** DivANS and its filters in a page: the same bytes as in Node, there and back, whole and streamed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDivans, encodeDivans } from "../../src/divans/index.ts";
import { withoutBrowser, withPage } from "./site.ts";

/** Text, then records of eight bytes, which a filter makes smaller. */
function sample(): number[] {
  const text = "A page codes what Node codes, and decodes it. ".repeat(40);
  const bytes = [...new TextEncoder().encode(text)];
  for (let i = 0; i < 4000; i++) bytes.push(i & 255, i >> 8, 7, 0, (i * 37) & 255, 1, 2, 3);
  return bytes;
}

test("a page codes and decodes as Node does", { skip: withoutBrowser }, async () => {
  const plain = sample();
  const file = await encodeDivans(Uint8Array.from(plain));
  await withPage(async (page) => {
    const answer = await page.evaluate(async (bytes) => {
      const door = "/src/divans/index.ts";
      const { decodeDivans, decodeDivansStream, encodeDivans, encodeIr, generateIr } = await import(
        door
      );
      const input = Uint8Array.from(bytes);
      const coded: Uint8Array = await encodeDivans(input);
      const streamed = new Blob([coded as BlobPart]).stream().pipeThrough(decodeDivansStream());
      const parsed = await encodeIr(await generateIr(input, { generator: "lz" }));
      const damaged = coded.slice();
      damaged[damaged.length - 9] = damaged[damaged.length - 9]! ^ 1;
      const wrong = await decodeDivans(damaged).catch((error: { code: string }) => error.code);
      return {
        coded: [...coded],
        back: [...((await decodeDivans(coded)) as Uint8Array)],
        streamed: [...new Uint8Array(await new Response(streamed).arrayBuffer())],
        parsed: [...((await decodeDivans(parsed)) as Uint8Array)],
        wrong,
      };
    }, plain);
    assert.deepEqual(answer.coded, [...file]);
    assert.deepEqual(answer.back, plain);
    assert.deepEqual(answer.streamed, plain);
    assert.deepEqual(answer.parsed, plain);
    assert.equal(answer.wrong, "DivansCorrupt");
  });
  assert.deepEqual([...(await decodeDivans(file))], plain);
});
