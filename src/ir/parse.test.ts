import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { parseIr } from "./parse.ts";
import { printIr } from "./print.ts";
import { runIr } from "./run.ts";
import { assertGrammar } from "./suite.ts";

const W = "window 22\n";

async function bytesOf(text: string): Promise<string> {
  return Buffer.from(await runIr(parseIr(text))).toString("latin1");
}

const FILES = [
  ["alice29.ir", "alice29"],
  ["alice29-priors.ir", "alice29"],
  ["alice29-q11.ir", "alice29"],
  ["alice29-q11-no-prior.ir", "alice29"],
  ["asyoulik.ir", "asyoulik"],
  ["random_then_unicode.ir", "random_then_unicode"],
  ["ends_with_truncated_dictionary.ir", "ends_with_truncated_dictionary"],
] as const;

for (const [name, rebuilt] of FILES) {
  test(`${name} of dropbox/divans rebuilds its bytes`, { skip: withoutCorpus }, async () => {
    const ir = parseIr(corpusFile(`ir/${name}`));
    assert.ok(Buffer.from(corpusFile(`ir/${rebuilt}`)).equals(await runIr(ir)));
    const printed = printIr(ir);
    assertGrammar(printed);
    assert.deepEqual(parseIr(printed), ir);
  });
}

test("literals: digits of either case, quotes with escapes, raw bytes, or none", async () => {
  assert.equal(await bytesOf(`${W}insert 3 0a0BfF\n`), "\n\x0b\xff");
  assert.equal(await bytesOf(`${W}insert 2 4\t1\t4\r2`), "AB", "blanks between digits");
  assert.equal(await bytesOf(`${W}insert 8 " a  \\"b\\" "\n`), ' a  "b" ');
  assert.equal(await bytesOf(`${W}insert 8 "\\n\\r\\t\\\\\\'\\"\\?\\x4a"`), "\n\r\t\\'\"?J");
  assert.equal(await bytesOf(`${W}rndins 1 "#"\ninsert 0\ninsert 0 \ninsert 0 ""`), "#");
  const raw = Uint8Array.of(...Buffer.from(`${W}insert 3 "`), 0xff, 0x80, 0x0d, 0x22, 0x0a);
  assert.deepEqual(await runIr(parseIr(raw)), Uint8Array.of(0xff, 0x80, 0x0d));
  assert.equal(await bytesOf(`${W}insert 2 "é"`), "\xc3\xa9", "a string counts as UTF-8");
});

test("white space around lines, remarks, empty lines and what others put behind are passed over", async () => {
  const text = [
    "# remark",
    " \twindow 22 len 5 nbltypesl 0\r",
    "",
    "insert 3 616263 ",
    "copy 3 from 3 ctx 3 \r",
    "dict 5 word 5,100 6f6674656e func 0 6f6674656e ctx 3",
    'dict 0 word 5,100 "often" func 0 "often"',
    "prediction utf8 ctx 3",
    "window 16 0 0 0",
    "copy 0 from 1073741824",
  ].join("\n");
  assert.equal(await bytesOf(text), "abcabcoftenoften");
});

test("predictions: sections in any order, each list to the first field that is no number", () => {
  const line =
    "prediction sign mixingvalues 4 8 mxspeedmax 0 16384 lcontextmap 1 255 dcontextmap cmspeedinc 1 2";
  const [hint] = parseIr(`${W}${line}\n`).hints;
  assert.equal(hint?.mode, "sign");
  assert.deepEqual([...hint.mixingValues], [4, 8]);
  assert.deepEqual([...hint.literalContextMap], [1, 255]);
  assert.equal(hint.distanceContextMap.length, 0);
  assert.deepEqual(hint.speeds.mixingLimit, [0, 16_384]);
  assert.deepEqual(hint.speeds.contextMapIncrement, [1, 2]);
  assert.deepEqual(hint.speeds.strideLimit, []);
});

/** Text behind `window 22`, with the line and the column of its fault. */
const WRONG: readonly (readonly [string, "IrSyntax" | "IrInvalid", number, number])[] = [
  ["fetch 1", "IrSyntax", 2, 1],
  ["Insert 1 61", "IrSyntax", 2, 1],
  ["insert", "IrSyntax", 2, 7],
  ["insert x 61", "IrSyntax", 2, 8],
  ["insert +1 61", "IrSyntax", 2, 8],
  ["insert  1 61", "IrSyntax", 2, 8],
  ["insert 268435456 61", "IrSyntax", 2, 8],
  ["insert 1", "IrSyntax", 2, 9],
  ["insert 1 6", "IrSyntax", 2, 11],
  ["insert 1 6162", "IrSyntax", 2, 8],
  ["insert 2 61", "IrSyntax", 2, 8],
  ["insert 1 6g", "IrSyntax", 2, 11],
  ["insert 1 61 0102030405060708", "IrSyntax", 2, 12],
  ['insert 1 "a', "IrSyntax", 2, 12],
  ['insert 1 "a" 1', "IrSyntax", 2, 13],
  ['insert 1 "\\a"', "IrSyntax", 2, 11],
  ['insert 1 "\\x4"', "IrSyntax", 2, 13],
  ['insert 1 "\\x"', "IrSyntax", 2, 11],
  ['insert 1 "a\\"', "IrSyntax", 2, 14],
  ['insert 1 "a\\', "IrSyntax", 2, 13],
  ["insert 1 61\n\n# remark\n  copy 2 from 2", "IrInvalid", 5, 15],
  ["copy 1 from 1", "IrInvalid", 2, 13],
  ["copy 0 from 0", "IrInvalid", 2, 13],
  ["copy 0 from 1073741825", "IrInvalid", 2, 13],
  ["copy 1 to 1", "IrSyntax", 2, 8],
  ["copy 1 from 4294967296", "IrSyntax", 2, 13],
  ["dict 4 word 4 func 0", "IrSyntax", 2, 13],
  ["dict 4 word 4,1024 func 0", "IrInvalid", 2, 13],
  ["dict 4 word 3,0 func 0", "IrInvalid", 2, 13],
  ["dict 4 word 25,0 func 0", "IrInvalid", 2, 13],
  ["dict 4 word 4,1023 func 121", "IrInvalid", 2, 25],
  ["dict 4 word 4,1023", "IrSyntax", 2, 19],
  ["dict 4 word 4,1023 func", "IrSyntax", 2, 24],
  ["dict 5 word 4,1023 func 0", "IrInvalid", 2, 6],
  ["ltype 1", "IrSyntax", 2, 8],
  ["ltype 1 9", "IrSyntax", 2, 9],
  ["ltype 256 0", "IrSyntax", 2, 7],
  ["ctype 1 1", "IrSyntax", 2, 9],
  ["dtype -1", "IrSyntax", 2, 7],
  ["window 9", "IrSyntax", 2, 8],
  ["window 31", "IrSyntax", 2, 8],
  ["prediction", "IrSyntax", 2, 11],
  ["prediction utf9", "IrSyntax", 2, 12],
  ["prediction utf8 lcontextmap 256", "IrSyntax", 2, 29],
  ["prediction utf8 mixingvalues 9", "IrSyntax", 2, 30],
  ["prediction utf8 cmspeedinc 1", "IrSyntax", 2, 29],
  ["prediction utf8 cmspeedinc 1 16385", "IrSyntax", 2, 30],
  [`prediction utf8 dcontextmap${" 0".repeat(1025)}`, "IrSyntax", 2, 2077],
];

test("what breaks the grammar or could not be run is named by line and column", () => {
  for (const [text, code, line, column] of WRONG) {
    assert.throws(
      () => parseIr(`${W}${text}\n`),
      (error: { code: string; facts: Record<string, unknown> }) => {
        assert.deepEqual(
          [error.code, error.facts["line"], error.facts["column"]],
          [code, line, column],
          text,
        );
        assert.equal(typeof error.facts["why"], "string");
        return true;
      },
      text,
    );
  }
});

test("a text begins with its window", () => {
  for (const text of ["", "\n\n", "# remark only", "insert 1 61\nwindow 22"]) {
    assert.throws(() => parseIr(text), { code: "IrSyntax" }, text);
  }
});
