/** The IR in a page: text is read, run with words of the dictionary, and written as in Node. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIr, printIr, runIr } from "../../src/ir/index.ts";
import { withoutBrowser, withPage } from "./site.ts";

const TEXT = `window 10
insert 4 "now "
copy 6 from 4
dict 10 word 5,100 func 5
dict 6 word 5,100 func 4
`;

test("a page parses, runs and prints IR as Node does", { skip: withoutBrowser }, async () => {
  const expected = [...(await runIr(parseIr(TEXT)))];
  await withPage(async (page) => {
    const answer = await page.evaluate(async (text) => {
      const door = "/src/ir/index.ts";
      const { parseIr, printIr, runIr } = await import(door);
      const ir = parseIr(text);
      const wrong = await runIr(ir, { maximumBytes: 25 }).catch(
        (error: { code: string }) => error.code,
      );
      return { bytes: [...(await runIr(ir))], printed: printIr(ir) as string, wrong };
    }, TEXT);
    assert.deepEqual(answer, { bytes: expected, printed: TEXT, wrong: "OutputLimit" });
    assert.equal(answer.printed, printIr(parseIr(TEXT)));
  });
});
