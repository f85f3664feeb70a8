/**
 * Hostile: files made to cost more than they are worth, and what a failed decoding leaves behind. Random
 * damage is in divans.fuzz.ts and blocks.fuzz.ts.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { DIVANS_BLOCKS_MAXIMUM, DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { IrBuilder } from "../ir/index.ts";
import { decodeDivans } from "./decode.ts";
import { decodeDivansIr } from "./decode-ir.ts";
import { START_OF_FILE } from "./file.ts";
import { loadDivans } from "./kernels.ts";
import { LITERAL_PRESETS } from "./parameters.ts";
import { CONTENTS } from "./suite.ts";
import { closeIdleThreads } from "./threads.ts";
import { cutIr } from "./unit-commands.ts";
import { decodeUnit, readRecord } from "./unit-decode.ts";
import { encodeUnit, encodeUnitWith } from "./unit-encode.ts";
import { writeUnitHeader } from "./unit-header.ts";
import { RecordReader } from "./unit-record.ts";
import { Work } from "./work.ts";

after(closeIdleThreads);

const PARAMETERS = {
  inputs: LITERAL_PRESETS[0]!,
  stride: 0,
  literalRate: 3,
  commandRate: 3,
  rowBits: 16,
  isPrimed: false,
} as const;

/** A unit of 4 MiB in so many blocks, each of one byte but the last, and none of them right. */
function unitOfBlocks(blocks: number): Uint8Array {
  const states = [0, 0, 1, 0, 0, 0, 1, 0];
  const header = { plainBytes: DIVANS_UNIT_BYTES, filter: { kind: "none" } } as const;
  const parts = [writeUnitHeader({ ...header, parameters: PARAMETERS })];
  for (let i = 1; i < blocks; i++) parts.push(Uint8Array.of(1, 8, ...states));
  parts.push(Uint8Array.of(0, 8, ...states), new Uint8Array(4));
  return concatenate(parts);
}

test("a unit of more blocks than any writer makes is refused before they are kept", async () => {
  const read = async (blocks: number) => {
    const reader = new RecordReader(unitOfBlocks(blocks), undefined);
    const header = await reader.header();
    return await readRecord(reader, header!);
  };
  assert.equal((await read(DIVANS_BLOCKS_MAXIMUM)).blocks.length, DIVANS_BLOCKS_MAXIMUM);
  await assert.rejects(read(DIVANS_BLOCKS_MAXIMUM + 1), /more blocks than a unit has/);
});

test("units in many small blocks are refused, in any number of threads", async () => {
  const unit = unitOfBlocks(20_000);
  const file = concatenate([START_OF_FILE, unit, unit]);
  for (const threads of [1, 2]) {
    await assert.rejects(decodeDivans(file, { threads }), { code: "DivansCorrupt" });
  }
  await assert.rejects(decodeDivansIr(file), { code: "DivansCorrupt" });
});

test("hints that are not kept are not written", () => {
  let reads = 0;
  const hint = {
    mode: "utf8",
    literalContextMap: new Uint8Array(16_384),
    distanceContextMap: new Uint8Array(1024),
    get mixingValues(): Uint8Array {
      reads++;
      return new Uint8Array(8192);
    },
    speeds: {
      contextMapIncrement: [],
      contextMapLimit: [],
      strideIncrement: [],
      strideLimit: [],
      mixingIncrement: [],
      mixingLimit: [],
    },
  } as const;
  const builder = new IrBuilder();
  builder.prediction(hint).insert(Uint8Array.of(1));
  const once = [...cutIr(builder.finish(), true)];
  const readsOfOne = reads;
  for (let i = 0; i < 1000; i++) builder.prediction(hint).prediction(hint).insert(Uint8Array.of(i));
  const ir = builder.finish();
  reads = 0;
  const [unit] = [...cutIr(ir, true)];
  // A mebibyte of hints has 40 of these; a look at how long each is costs two reads.
  assert.equal(unit!.hintBytes.length, 40 * once[0]!.hintBytes.length);
  assert.ok(reads <= 2 * 2001 + 40 * readsOfOne, `${reads} reads`);
});

test("what failed decodings leave changes nothing that comes after", async () => {
  const random = seeded(20);
  const kernels = await loadDivans();
  const choices = { effort: "fast", filters: true } as const;
  const plain = CONTENTS["mixed"]!(random, 60_000);
  const record = await encodeUnitWith(kernels, plain, choices, new Work());
  for (let round = 0; round < 40; round++) {
    const broken = record.slice();
    for (let i = random.upTo(4); i >= 0; i--) broken[random.upTo(broken.length)]! ^= 1 + round;
    const hasFailed = await decodeUnit(broken, plain.length).then(
      () => false,
      () => true,
    );
    const file = concatenate([START_OF_FILE, broken, Uint8Array.of(0)]);
    assert.equal(
      await decodeDivansIr(file).then(
        () => false,
        () => true,
      ),
      hasFailed,
    );
    assert.ok(equalBytes(await decodeUnit(record, plain.length), plain), `round ${round}`);
  }
  assert.ok(equalBytes(await encodeUnitWith(kernels, plain, choices, new Work()), record));
});

test("work that was ended leaves nothing to what comes after", async () => {
  const plain = CONTENTS["text"]!(seeded(21), 300_000);
  const small = plain.subarray(0, 5000);
  const record = await encodeUnit(small, "default");
  for (const waitMs of [1, 20, 60]) {
    const gone = new AbortController();
    setTimeout(() => gone.abort(), waitMs);
    await encodeUnit(plain, "default", gone.signal).catch(() => undefined);
    assert.ok(equalBytes(await encodeUnit(small, "default"), record), `${waitMs} ms`);
  }
});
