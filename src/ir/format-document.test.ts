/** The document of the format: its example and tables are what the code does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex } from "../core/bytes.ts";
import {
  IR_COMMANDS_MAXIMUM,
  IR_HINTS_MAXIMUM,
  IR_LITERAL_BYTES_MAXIMUM,
  IR_OUTPUT_BYTES_MAXIMUM,
  IR_TEXT_BYTES_MAXIMUM,
} from "../core/limits.ts";
import { DISTANCE_MAXIMUM } from "./build.ts";
import { COMMAND_KINDS, COMMAND_LENGTH_MAXIMUM } from "./command.ts";
import { MAP_SECTIONS, SPEED_MAXIMUM, SPEED_SECTIONS } from "./hint.ts";
import { parseIr } from "./parse.ts";
import { printIr } from "./print.ts";
import { runIr } from "./run.ts";
import { wordCount } from "./words.ts";

const ROOT = new URL("../../", import.meta.url);
const text = readFileSync(new URL("docs/formats/ir.md", ROOT), "utf8");

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "m").exec(text);
  assert.ok(found, language);
  return found[1]!;
}

/** The cells of each row of a section's table. */
function rows(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!;
  const lines = [...section.matchAll(/^\| (.*) \|$/gm)];
  return lines.map(([, row]) => row!.split(" | ").map((cell) => cell.replaceAll("`", "")));
}

const figure = (words: string): number => Number(words.replaceAll(",", "").match(/\d+/)![0]);

test("the example makes its bytes, is the compact form told, and prints again", async () => {
  const ir = parseIr(block("ir"));
  const made = fromHex(block("hex").replaceAll(/\s/g, ""));
  assert.deepEqual(await runIr(ir), Uint8Array.from(made));
  assert.equal(made.length, 32);
  assert.deepEqual([...ir.words], block("words").trim().split(/\s/).map(Number));
  assert.equal(printIr(ir), block("ir").replace(/^#.*\n/m, ""));
});

test("kinds, sections and words are those of the tables", () => {
  const kinds = rows("Compact form").slice(2);
  assert.deepEqual(
    Object.fromEntries(kinds.map(([number, verb]) => [verb, Number(number)])),
    COMMAND_KINDS,
  );
  const sections = rows("Prediction").slice(2);
  for (const [i, { verb, maximumCount, maximum }] of Object.values(MAP_SECTIONS).entries()) {
    const [name, count, each] = sections[i]!;
    assert.deepEqual([name, figure(count!), each], [verb, maximumCount, `0 to ${maximum}`]);
  }
  const speeds = sections.slice(3);
  assert.deepEqual(
    speeds.flatMap(([names]) => names!.split(" ")),
    Object.values(SPEED_SECTIONS),
  );
  for (const [, , each] of speeds) assert.equal(figure(each!.slice(4)), SPEED_MAXIMUM);
  const [lengths, , bits] = rows("Words");
  for (const [i, cell] of lengths!.entries()) {
    if (i === 0) continue;
    for (const length of cell.split(" ")) {
      assert.equal(wordCount(Number(length)), 2 ** Number(bits![i]), `length ${length}`);
    }
  }
});

test("limits are those of the table", () => {
  const limits = new Map(rows("Limits").map(([what, most]) => [what!, most!]));
  const mebibytes = (what: string): number =>
    Number(/(\d+) MiB/.exec(limits.get(what)!)![1]) * 1024 * 1024;
  assert.equal(mebibytes("text"), IR_TEXT_BYTES_MAXIMUM);
  assert.equal(mebibytes("literal bytes"), IR_LITERAL_BYTES_MAXIMUM);
  assert.equal(mebibytes("output"), IR_OUTPUT_BYTES_MAXIMUM);
  assert.equal(figure(limits.get("commands")!), IR_COMMANDS_MAXIMUM);
  assert.equal(figure(limits.get("prediction lines")!), IR_HINTS_MAXIMUM);
  assert.equal(figure(limits.get("LENGTH")!), COMMAND_LENGTH_MAXIMUM);
  assert.equal(figure(limits.get("DISTANCE")!), DISTANCE_MAXIMUM);
});
