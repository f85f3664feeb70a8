/** The document of the format: its example and its tables are what the program does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../core/bytes.ts";
import { FAULTS } from "../core/errors.ts";
import {
  DIVANS_BLOCK_BYTES,
  DIVANS_BLOCKS_MAXIMUM,
  DIVANS_CODED_BYTES,
  DIVANS_HINT_BYTES,
  DIVANS_UNIT_BYTES,
} from "../core/limits.ts";
import { printIr } from "../ir/index.ts";
import { decodeDivans } from "./decode.ts";
import { decodeDivansIr } from "./decode-ir.ts";
import { encodeIr } from "./encode-ir.ts";
import { FileReader } from "./file.ts";
import { LITERAL_PRESETS, RATE_MAXIMUM } from "./parameters.ts";
import { readRecord } from "./unit-decode.ts";
import { RecordReader } from "./unit-record.ts";

const text = readFileSync(new URL("../../docs/formats/divans.md", import.meta.url), "utf8");

/** The document from one heading to the next. */
function section(heading: string): string {
  const from = text.indexOf(`\n## ${heading}\n`);
  assert.ok(from >= 0, heading);
  const end = text.indexOf("\n## ", from + 1);
  return text.slice(from, end < 0 ? text.length : end);
}

function block(heading: string, kind: string): string {
  return new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, "m").exec(section(heading))![1]!;
}

const example = fromHex(block("Example", "hex").replaceAll(/\s/g, ""));

test("the example decodes to its text and its commands", async () => {
  const [, plain] = /"([^"]+)",\n108 bytes/.exec(section("Example"))!;
  assert.equal(new TextDecoder().decode(await decodeDivans(example)), plain);
  assert.equal(plain!.length, 108);
  assert.equal(example.length, 52);
  const commands = printIr((await decodeDivansIr(example)).ir);
  assert.ok(commands.endsWith(`\n${block("Example", "ir")}`), commands);
});

test("the example's header is what the document says of it", async () => {
  const reader = new RecordReader(example, undefined);
  const file = new FileReader(reader, 1000);
  await file.start();
  const header = await file.header();
  assert.equal(header!.plainBytes, 108);
  assert.deepEqual(header!.filter, { kind: "none" });
  const { inputs, stride, ...others } = header!.parameters!;
  assert.deepEqual(inputs, LITERAL_PRESETS[1]);
  assert.equal(stride, 0);
  assert.deepEqual(others, { literalRate: 3, commandRate: 3, rowBits: 13, isPrimed: true });
  const { blocks, sum } = await readRecord(reader, header!);
  assert.equal(blocks.length, 1);
  assert.equal(blocks[0]!.coded.length, 36);
  assert.equal(toHex(blocks[0]!.coded.subarray(0, 8)), "312a0300dc72af6c");
  assert.equal(sum, 0x7a10_da35);
  assert.equal(await file.header(), undefined);
});

test("the limits are those of the program", () => {
  const numbers = [
    DIVANS_UNIT_BYTES,
    DIVANS_BLOCK_BYTES,
    DIVANS_BLOCKS_MAXIMUM,
    DIVANS_CODED_BYTES,
    DIVANS_HINT_BYTES,
  ].map((limit) => limit.toLocaleString("en-US"));
  for (const number of numbers) assert.ok(text.includes(number), number);
  assert.match(section("Record"), new RegExp(`each 0 to ${RATE_MAXIMUM} `));
});

test("the faults are those of the table of faults", () => {
  const named = [...section("Faults").matchAll(/\| (\w+) \|$/gm)].map(([, name]) => name!);
  assert.ok(named.includes("DivansCorrupt"));
  for (const name of named.filter((one) => one !== "fault")) assert.ok(name in FAULTS, name);
});

test("the example's commands give the example's bytes again", async () => {
  // By whatever parameters are tried today; the bytes that they make are for ever.
  const again = await encodeIr((await decodeDivansIr(example)).ir);
  assert.deepEqual(await decodeDivans(again), await decodeDivans(example));
});
