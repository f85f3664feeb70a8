/** The document of the format: its example, lists and tables are what the code does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatenate, fromHex, toHex } from "../core/bytes.ts";
import { FAULTS } from "../core/errors.ts";
import { LEPTON_SEGMENT_SCAN_BYTES_MINIMUM, LEPTON_SEGMENTS_DEFAULT } from "../core/limits.ts";
import { decodeLepton } from "./decode.ts";
import { encodeLepton } from "./encode.ts";
import { readLepton } from "./file.ts";
import { readRecords } from "./records.ts";

const ROOT = new URL("../../", import.meta.url);
const text = readFileSync(new URL("docs/formats/lepton.md", ROOT), "utf8");

const vector = (name: string): Uint8Array =>
  readFileSync(new URL(`test/vectors/lepton/${name}`, ROOT));

/** The document from one heading to the next of the same depth. */
function section(heading: string): string {
  const depth = heading.indexOf(" ");
  const from = text.indexOf(`\n${heading}\n`);
  assert.ok(from >= 0, heading);
  const rest = text.slice(from + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${depth}} `, "m"));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The cells of a section's tables, without heads. */
function rows(heading: string): string[][] {
  const lines = section(heading).matchAll(/^\| (.*) \|$/gm);
  const cells = [...lines].map(([, row]) => row!.split(" | ").map((cell) => cell.trim()));
  return cells.filter((row, i) => !/^-+$/.test(row[0]!) && !/^-+$/.test(cells[i + 1]?.[0] ?? ""));
}

test("the example in hex is the vector, and what the document says of it holds", async () => {
  const blocks = [...section("### A whole file").matchAll(/^```hex\n([\s\S]*?)^```/gm)];
  const example = fromHex(blocks.map(([, hex]) => hex!.replaceAll(/\s/g, "")).join(""));
  assert.equal(toHex(example), toHex(vector("colorswap.lep")));
  const { header, streams } = await readLepton(example);
  assert.deepEqual([header.version, header.flavour, header.outputBytes], [1, "Z", 308]);
  assert.deepEqual([header.codedHeaderBytes, header.records.jpegHeader.length], [204, 299]);
  assert.deepEqual([header.records.padding, header.segments[0]!.scanBytes], [0x7f, 5]);
  assert.equal(streams[0]!.length, 13);
  const jpeg = toHex(await decodeLepton(example));
  assert.equal(jpeg, toHex(vector("colorswap.jpg")));
  assert.ok(jpeg.endsWith("aa6000003fffd9"), "the scan data and EOI that the document has");
});

test("a file of ours begins and ends as the document says", async () => {
  const ours = await encodeLepton(vector("colorswap.jpg"));
  const written = new Map(rows("## What we write").map(([part, what]) => [part!, what!]));
  assert.equal(String(ours[2]), written.get("version"));
  const letters = /`([0-9a-f ]+)` \(Pith\) and eight zeros/.exec(written.get("writer")!)![1]!;
  assert.equal(toHex(ours.subarray(8, 20)), letters.replaceAll(" ", "") + "00".repeat(8));
  const least = LEPTON_SEGMENT_SCAN_BYTES_MINIMUM / 1024;
  const segments = `at most ${LEPTON_SEGMENTS_DEFAULT}, each with ${least} KiB of scan data or more`;
  assert.match(written.get("segments")!, new RegExp(segments));
  const { header, streams } = await readLepton(ours);
  assert.equal(toHex(header.records.tail), "ffd9");
  assert.deepEqual([header.records.restarts, header.records.earlyEnd], [undefined, undefined]);
  const theirs = await readLepton(vector("colorswap.lep"));
  assert.deepEqual(streams.map(toHex), theirs.streams.map(toHex));
});

test("the zigzag order is the standard's", () => {
  const numbers = /```text\n([\d\s]+)```/.exec(section("## Terms"))![1]!.trim().split(/\s+/);
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    const places = Array.from({ length: 8 }, (_, v) => [v, diagonal - v] as const);
    const inside = places.filter(([, u]) => u >= 0 && u < 8).map(([v, u]) => 8 * v + u);
    order.push(...(diagonal % 2 === 0 ? inside.reverse() : inside));
  }
  assert.deepEqual(numbers.map(Number), order);
});

test("the arrays of branches add up to what the document says", () => {
  const sum = rows("### Branches").reduce((total, [name, sizes]) => {
    const arrays = name!.split(", ").length;
    return total + arrays * sizes!.match(/\d+/g)!.reduce((size, n) => size * Number(n), 1);
  }, 0);
  const said = /([\d,]+) branches in all/.exec(section("### Branches"))![1]!;
  assert.equal(sum, Number(said.replaceAll(",", "")));
});

test("the reader knows every record that the document has, and no other", () => {
  const tags = [...rows("### Records"), ...rows("## Extensions")].map(([tag]) => tag!.slice(1, -1));
  assert.equal(tags.length, 14);
  const before = fromHex("4844520000000050304400"); // HDR of no bytes, P0D
  const answer = (tag: string): string => {
    try {
      const letters = Uint8Array.from(tag.padEnd(3, "\x01"), (letter) => letter.charCodeAt(0));
      readRecords(concatenate([before, letters, new Uint8Array(64)]));
      return "taken";
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const tag of tags) assert.notEqual(answer(tag), unknown(tag), tag);
  for (const tag of ["XYZ", "PTI", "hdr"]) assert.equal(answer(tag), unknown(tag));

  function unknown(tag: string): string {
    return `${FAULTS.BadLeptonFile.says} (why "an unknown record", tag "${tag}")`;
  }
});

test("the faults are those of the table of faults", () => {
  const named = rows("## Faults");
  assert.ok(named.length >= 15);
  for (const [numbers, names] of named) {
    const codes = names!.split(", ");
    assert.equal(numbers!.split(", ").length, codes.length, names);
    for (const [i, code] of codes.entries()) {
      const fault = FAULTS[code as keyof typeof FAULTS];
      assert.equal(String(fault?.number), numbers!.split(", ")[i], code);
    }
  }
});
