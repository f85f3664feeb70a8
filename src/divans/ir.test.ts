/** IR and bits: commands to a file and back, cuts at units, hints, what bits go to, prices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes, toHex } from "../core/bytes.ts";
import { DIVANS_HINT_BYTES, DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { loadFilters, undoFilter } from "../filters/index.ts";
import { type Ir, IrBuilder, IrCursor, mashIr, optimizeIr, parseIr, runIr } from "../ir/index.ts";
import { decodeDivans } from "./decode.ts";
import { decodeDivansIr, generateIr } from "./decode-ir.ts";
import { encodeDivans } from "./encode.ts";
import { encodeIr, measureIr } from "./encode-ir.ts";
import { unitPrices } from "./prices.ts";
import { CONTENTS, randomCommands } from "./suite.ts";
import { cutIr } from "./unit-commands.ts";

const SAMPLES = [
  "alice29",
  "alice29-priors",
  "alice29-q11",
  "alice29-q11-no-prior",
  "asyoulik",
  "ends_with_truncated_dictionary",
  "random_then_unicode",
];

/** What a list of commands says, one a line. */
function linesOf(ir: Ir): string[] {
  const cursor = new IrCursor(ir);
  const lines: string[] = [];
  while (cursor.next()) {
    const { kind, length } = cursor;
    if (kind === "insert" || kind === "rndins") lines.push(`${kind} ${toHex(cursor.literals)}`);
    else if (kind === "prediction") lines.push(JSON.stringify(ir.hints[cursor.operand]));
    else lines.push(`${kind} ${length} ${cursor.operand}`);
  }
  return lines;
}

/** What of an IR a file must keep, in words of its own: see `encodeIr`. */
function keptLines(ir: Ir): string[] {
  const cursor = new IrCursor(ir);
  const kept: string[] = [];
  const recent = [1, 2, 3, 4];
  let insert = "";
  let hints = new Map<string, string>();
  const flush = (): void => {
    if (insert !== "") kept.push(`insert ${insert}`);
    insert = "";
  };
  const flushHints = (): void => {
    if (hints.size > 0) flush();
    kept.push(...hints.values());
    hints = new Map();
  };
  while (cursor.next()) {
    const { kind, length, distance } = cursor;
    if (kind === "prediction") {
      hints.delete(kind);
      hints.set(kind, JSON.stringify(ir.hints[cursor.operand]));
    } else if (kind !== undefined && /type$|^window$/.test(kind)) {
      hints.delete(kind);
      hints.set(kind, `${kind} 0 ${cursor.operand}`);
    } else if (length > 0) {
      flushHints();
      if (kind === "insert") insert += toHex(cursor.literals);
      else if (kind === "rndins") {
        flush();
        kept.push(`rndins ${toHex(cursor.literals)}`);
      } else if (kind === "copy" && length === 1 && !recent.includes(distance)) insert += "??";
      else {
        flush();
        kept.push(`${kind} ${length} ${cursor.operand}`);
        if (kind !== "copy") continue;
        const place = recent.indexOf(distance);
        recent.splice(place < 0 ? 3 : place, 1);
        recent.unshift(distance);
      }
    }
  }
  flush();
  return kept;
}

test("commands come back as they were, and so do the bytes", async () => {
  await forSeeds(60, async (random) => {
    const ir = randomCommands(random, random.upTo(random.pick([5, 300])), 3000);
    const file = await encodeIr(ir);
    const plain = await runIr(ir);
    assert.ok(equalBytes(await decodeDivans(file), plain));
    const { ir: back } = await decodeDivansIr(file);
    assert.ok(equalBytes(await runIr(back), plain));
    // A byte whose copy has no code is an insert: which byte, the plain ones say.
    const expected = keptLines(ir).map((line) => line.replaceAll("??", "[0-9a-f]{2}"));
    const actual = linesOf(back);
    assert.equal(actual.length, expected.length);
    for (const [i, line] of actual.entries()) {
      const wanted = expected[i]!;
      if (wanted.includes("[0-9a-f]")) assert.match(line, new RegExp(`^${wanted}$`));
      else assert.equal(line, wanted);
    }
    assert.ok(equalBytes(await encodeIr(back), file), "the second time nothing changes");
  });
});

test("hints are left out when nobody wants them", async () => {
  const ir = new IrBuilder().literalType(3, 1).insert(Uint8Array.of(1, 2)).window(20).finish();
  assert.deepEqual(linesOf((await decodeDivansIr(await encodeIr(ir))).ir), [
    "ltype 0 259",
    "insert 0102",
  ]);
  const without = await encodeIr(ir, { hints: false });
  assert.deepEqual(linesOf((await decodeDivansIr(without)).ir), ["insert 0102"]);
  const nothing = new IrBuilder().window(20).copy(0, 1).finish();
  assert.equal((await encodeIr(nothing)).length, 6);
});

test("hints beyond what a unit may have are left out", async () => {
  const builder = new IrBuilder();
  const hint = {
    mode: "utf8",
    literalContextMap: new Uint8Array(16_384),
    distanceContextMap: new Uint8Array(0),
    mixingValues: new Uint8Array(0),
    speeds: {
      contextMapIncrement: [],
      contextMapLimit: [],
      strideIncrement: [],
      strideLimit: [],
      mixingIncrement: [],
      mixingLimit: [],
    },
  } as const;
  for (let i = 0; i < 100; i++) builder.prediction(hint).insert(Uint8Array.of(i));
  const { ir: back } = await decodeDivansIr(await encodeIr(builder.finish()));
  assert.equal(back.hints.length, Math.floor(DIVANS_HINT_BYTES / (16_384 + 6 + 16)));
});

test("an IR longer than a unit is cut, and makes the same", async () => {
  const random = seeded(2);
  const start = random.bytes(1000);
  const ir = new IrBuilder()
    .insert(start)
    .copy(DIVANS_UNIT_BYTES - 1002, 1000)
    .dict(8, 100, 3)
    .copy(1, 1000)
    .copy(5000, 3_000_000)
    .insert(start)
    .copy(DIVANS_UNIT_BYTES, 700)
    .finish();
  const plain = await runIr(ir);
  const units = [...cutIr(ir, true)].map(({ plainBytes }) => plainBytes);
  assert.deepEqual(units, [DIVANS_UNIT_BYTES, DIVANS_UNIT_BYTES, plain.length % DIVANS_UNIT_BYTES]);
  const file = await encodeIr(ir);
  assert.ok(file.length < 25_000, `${file.length} bytes`);
  assert.ok(equalBytes(await decodeDivans(file), plain));
  assert.ok(equalBytes(await runIr((await decodeDivansIr(file)).ir), plain));
});

test("what is no IR, or makes too much, is refused", async () => {
  const words = Uint32Array.of((5 << 4) | 1, 1);
  const wrong = { words, literals: new Uint8Array(0), hints: [] };
  await assert.rejects(encodeIr(wrong), { code: "IrInvalid" });
  const large = new IrBuilder().insert(Uint8Array.of(0)).copy(1e6, 1).finish();
  await assert.rejects(encodeIr(large, { maximumBytes: 1000 }), { code: "OutputLimit" });
  await assert.rejects(encodeIr(large, { signal: AbortSignal.abort() }), { code: "Aborted" });
});

test("stored units become inserts", async () => {
  const noise = CONTENTS["noise"]!(seeded(3), 9000);
  const { ir, filters } = await decodeDivansIr(await encodeDivans(noise));
  assert.deepEqual(linesOf(ir), [`rndins ${toHex(noise)}`]);
  assert.deepEqual(filters, [{ kind: "none" }]);
});

test("commands behind filters come with the filters, and both make the file again", async () => {
  const ramp = Uint8Array.from({ length: 60_000 }, (_, i) => (i & 1 ? (i * 5) >> 8 : i * 5));
  const noise = seeded(8).bytes(DIVANS_UNIT_BYTES); // is stored
  const plain = concatenate([noise, ramp]);
  const file = await encodeDivans(plain, { effort: "fast" });
  const { ir, filters } = await decodeDivansIr(file);
  assert.equal(filters.length, 2);
  assert.deepEqual(filters[0], { kind: "none" });
  const [, filter] = filters;
  assert.notEqual(filter!.kind, "none");
  const made = await runIr(ir);
  const kernel = await loadFilters();
  assert.ok(equalBytes(made.subarray(0, DIVANS_UNIT_BYTES), noise));
  assert.ok(equalBytes(undoFilter(kernel, filter!, made.subarray(DIVANS_UNIT_BYTES)), ramp));

  const again = await encodeIr(ir, { filters });
  assert.ok(equalBytes(await decodeDivans(again), plain));
  assert.deepEqual((await decodeDivansIr(again)).filters, filters);
  assert.ok(equalBytes(await decodeDivans(await encodeIr(ir)), made), "without: what the IR makes");

  const few = { option: "filters", value: 1, units: 2 };
  const refused = encodeIr(ir, { filters: [filter!] });
  await assert.rejects(refused, { code: "InvalidArgument", facts: few });
  const impossible = [filter!, { kind: "delta", distance: 0 }] as const;
  await assert.rejects(encodeIr(ir, { filters: impossible }), { code: "InvalidArgument" });
});

test("commands of a file whose filter is another one are not told", async () => {
  const plain = Uint8Array.from({ length: 60_000 }, (_, i) => (i & 1 ? (i * 5) >> 8 : i * 5));
  const file = await encodeDivans(plain, { effort: "fast" });
  assert.equal(file[8]! & 2, 2, "it went through a filter");
  const other = file.slice();
  other[11]! ^= 1; // the first parameter
  await assert.rejects(decodeDivansIr(other), { code: "DivansCorrupt" });
});

test("generators make the bytes", async () => {
  await forSeeds(14, async (random, seed) => {
    const content = Object.values(CONTENTS)[seed % Object.keys(CONTENTS).length]!;
    const plain = content(random, random.upTo(30_000));
    for (const options of [{ effort: "fast" }, { generator: "runs" }] as const) {
      assert.ok(equalBytes(await runIr(await generateIr(plain, options)), plain));
    }
  });
  const generator = "best" as "lz";
  await assert.rejects(generateIr(new Uint8Array(3), { generator }), { code: "InvalidArgument" });
});

test("the commands of a file are those of the search that coded it", async () => {
  const plain = CONTENTS["text"]!(seeded(4), 40_000);
  const searched = await generateIr(plain);
  const { ir: coded } = await decodeDivansIr(await encodeDivans(plain, { filters: false }));
  assert.deepEqual(linesOf(coded), linesOf(searched));
});

test("bits by what they are spent on add up to the file", async () => {
  const ir = await generateIr(CONTENTS["text"]!(seeded(5), 60_000));
  const bits = await measureIr(ir);
  const sum = Object.values(bits).reduce((total, one) => total + one, 0);
  const file = await encodeIr(ir);
  assert.ok(Math.abs(sum / 8 - file.length) < 80, `${sum / 8} of ${file.length}`);
  assert.equal(bits.hints, 0);
  const hinted = new IrBuilder().commandType(7).insert(Uint8Array.of(1)).finish();
  assert.ok((await measureIr(hinted)).hints > 0);
});

test("prices are near what the commands that they were taken from cost", async () => {
  const plain = CONTENTS["text"]!(seeded(6), 60_000);
  const ir = await generateIr(plain, { effort: "fast" });
  const prices = await unitPrices(plain, ir);
  const cursor = new IrCursor(ir);
  const recent = [1, 2, 3, 4];
  let sum = 0;
  while (cursor.next()) {
    const { kind, position, length, distance } = cursor;
    if (kind === "insert") sum += prices.insert(position, length);
    else if (kind === "dict") sum += prices.dict(cursor.wordLength, cursor.transform);
    else {
      const place = recent.indexOf(distance);
      sum += prices.copy(length, distance, place);
      recent.splice(place < 0 ? 3 : place, 1);
      recent.unshift(distance);
    }
  }
  const bits = Object.values(await measureIr(ir)).reduce((total, one) => total + one, 0);
  assert.ok(sum > 0.8 * bits && sum < 1.25 * bits, `${sum} of ${bits}`);
  await assert.rejects(unitPrices(plain.subarray(1), ir), { code: "InvalidArgument" });
});

test("optimizers and mash-ups take these prices", async () => {
  const plain = CONTENTS["text"]!(seeded(7), 20_000);
  const ir = await generateIr(plain, { effort: "fast" });
  const other = await generateIr(plain, { generator: "runs" });
  const prices = await unitPrices(plain, ir);
  const optimized = await optimizeIr(ir, plain, ["short-copies"], prices);
  assert.ok(equalBytes(await runIr(optimized), plain));
  const mashed = await mashIr(ir, other, plain, prices);
  assert.ok(equalBytes(await runIr(mashed), plain));
});

test("the sample files of the original come back", { skip: withoutCorpus }, async () => {
  for (const name of SAMPLES) {
    const ir = parseIr(new TextDecoder().decode(corpusFile(`ir/${name}.ir`)));
    const file = await encodeIr(ir);
    const plain = await runIr(ir);
    assert.ok(equalBytes(await decodeDivans(file), plain), name);
    assert.ok(equalBytes(await runIr((await decodeDivansIr(file)).ir), plain), name);
  }
});
