/**
 * Fuzz: units put together from parts of others. Blocks and headers that are sound by themselves come past
 * the checks at which random damage ends (divans.fuzz.ts), so what the kernel checks is met here.
 *
 * Both builds of the kernel read every unit, each with one instance for all of them: what a unit leaves
 * must not change what the next one gives.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { encodeIr } from "./encode-ir.ts";
import { FileReader } from "./file.ts";
import { loadDivans } from "./kernels.ts";
import { LITERAL_PRESETS, type LiteralInput, type UnitParameters } from "./parameters.ts";
import { CONTENTS, randomCommands } from "./suite.ts";
import { decodeUnitWith, readRecord, type UnitRecord } from "./unit-decode.ts";
import { encodeUnit } from "./unit-encode.ts";
import { type Block, RecordReader, writeCodedUnit } from "./unit-record.ts";
import { Work } from "./work.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 10_000 : 300;

async function seedRecords(): Promise<UnitRecord[]> {
  const random = seeded(1);
  const records: UnitRecord[] = [];
  for (const content of Object.values(CONTENTS)) {
    const reader = new RecordReader(await encodeUnit(content(random, 3000), "fast"), undefined);
    records.push(await readRecord(reader, (await reader.header())!));
  }
  // Long enough for hints and raw bytes, and one for more than one block.
  for (const commands of [100, 100, 300, 3000]) {
    const file = await encodeIr(randomCommands(random, commands, 300));
    const reader = new RecordReader(file, undefined);
    const units = new FileReader(reader, Number.POSITIVE_INFINITY);
    await units.start();
    for (let unit = await units.header(); unit !== undefined; unit = await units.header()) {
      records.push(await readRecord(reader, unit));
    }
  }
  return records.filter(({ header }) => header.parameters !== undefined);
}

test("units put together from others give a fault or, unchanged, their bytes", async () => {
  const kernels = [await loadDivans("simd"), await loadDivans("scalar")] as const;
  const records = await seedRecords();
  assert.ok(records.some(({ blocks }) => blocks.length > 1));
  const outcomes = new Map<string, number>();
  await forSeeds(ROUNDS, async (random) => {
    const { header, blocks, sum } = changed(random, random.pick(records), records);
    const unit = concatenate(writeCodedUnit(header, blocks, sum));
    const results: (Uint8Array | string)[] = [];
    for (const one of kernels) {
      const work = decodeUnitWith(one, unit, header.plainBytes, new Work());
      results.push(await work.catch(faultOf));
    }
    const [first, other] = results;
    if (typeof first === "string") assert.equal(first, other);
    else assert.ok(typeof other !== "string" && equalBytes(first!, other!));
    const outcome = typeof first === "string" ? first : "bytes";
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  for (const outcome of ["bytes", "DivansCorrupt"]) {
    assert.ok(outcomes.has(outcome), `${outcome} of ${[...outcomes.keys()]}`);
  }
});

function faultOf(error: unknown): string {
  assert.ok(error instanceof PithError, String(error));
  assert.notEqual(error.kind, "bug", error.message);
  return error.code;
}

function changed(random: Random, record: UnitRecord, others: readonly UnitRecord[]): UnitRecord {
  const { header, sum } = record;
  const blocks = record.blocks.map(({ plainBytes, coded }) => ({ plainBytes, coded }));
  const other = random.pick(random.pick(others).blocks);
  const at = random.upTo(blocks.length);
  const block = blocks[at]!;
  const kind = random.upTo(8);
  if (kind === 0) return { header, sum, blocks: [...blocks, ...blocks] };
  if (kind === 1) blocks.splice(at, random.upTo(2), other);
  if (kind === 2) blocks[at] = { ...block, coded: spliced(random, block.coded, other.coded) };
  if (kind === 3) blocks[at] = { ...block, coded: flipped(random, block.coded) };
  if (kind === 4) blocks[at] = { ...block, plainBytes: block.plainBytes + 1 - random.upTo(3) };
  if (kind === 5) blocks.splice(at, 1, ...halves(random, block));
  if (kind === 6) return { header: { ...header, parameters: anyParameters(random) }, sum, blocks };
  if (kind === 7) {
    const lie = random.pick([1, header.plainBytes + 1, 1 + random.upTo(70_000), 4 << 20]);
    return { header: { ...header, plainBytes: lie }, sum, blocks };
  }
  return { header, sum, blocks };
}

/** The beginning of one block and the end of another. */
function spliced(random: Random, first: Uint8Array, second: Uint8Array): Uint8Array {
  const head = first.subarray(0, random.upTo(first.length + 1));
  const tail = second.subarray(random.upTo(second.length + 1));
  return concatenate([head, tail]);
}

function flipped(random: Random, coded: Uint8Array): Uint8Array {
  const bytes = coded.slice();
  for (let i = random.upTo(3); i >= 0; i--) {
    bytes[random.upTo(random.pick([8, bytes.length]))]! ^= 1 << random.upTo(8);
  }
  return bytes;
}

/** Two blocks in the place of one, of whose coded bytes each has a part. */
function halves(random: Random, { plainBytes, coded }: Block): Block[] {
  const plainCut = random.upTo(plainBytes + 1);
  const cut = random.upTo(coded.length + 1);
  const states = coded.subarray(0, 8);
  return [
    { plainBytes: plainCut, coded: coded.subarray(0, cut) },
    { plainBytes: plainBytes - plainCut, coded: concatenate([states, coded.subarray(cut)]) },
  ];
}

function anyParameters(random: Random): UnitParameters {
  const input = (): LiteralInput => ({ history: random.upTo(256), others: random.upTo(256) });
  const inputs = [input(), input(), input(), input()] as const;
  return {
    inputs: random.oneIn(2) ? random.pick(LITERAL_PRESETS) : inputs,
    stride: random.pick([0, 1, 3, 255, 1024, 1025]),
    literalRate: random.upTo(16),
    commandRate: random.upTo(16),
    rowBits: 9 + random.upTo(9),
    isPrimed: random.oneIn(8),
  };
}
