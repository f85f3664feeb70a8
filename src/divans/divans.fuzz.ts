/** Fuzz: mutated units and files give the right bytes or a typed error, in bounded time, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { decodeDivans, decodeDivansIterable } from "./decode.ts";
import { decodeDivansIr } from "./decode-ir.ts";
import { encodeDivans } from "./encode.ts";
import { encodeIr } from "./encode-ir.ts";
import { CONTENTS, randomCommands } from "./suite.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 100_000 : 2_000;

const FAULTS = ["DivansCorrupt", "DivansTruncated", "TrailingBytes", "NotDivans", "CodecUnknown"];

const EMPTY_FILE_BYTES = 6;

interface Seed {
  readonly file: Uint8Array;
  readonly plain: Uint8Array;
}

async function seedFiles(): Promise<Seed[]> {
  const random = seeded(1);
  const seeds: Seed[] = [];
  for (const content of Object.values(CONTENTS)) {
    const plain = content(random, 2000);
    seeds.push({ plain, file: await encodeDivans(plain, { effort: "fast" }) });
  }
  for (let i = 0; i < 4; i++) {
    const file = await encodeIr(randomCommands(random, 200, 300));
    seeds.push({ plain: await decodeDivans(file), file });
  }
  return seeds;
}

test("mutated files give the right bytes or a fault", async () => {
  const seeds = await seedFiles();
  const outcomes = new Map<string, number>();
  await forSeeds(ROUNDS, async (random) => {
    const seed = random.pick(seeds);
    const file = mutated(random, seed.file);
    const outcome = await outcomeOf(random, file, seed.plain);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  // Otherwise the mutations find one door only.
  for (const outcome of ["restored", ...FAULTS, "OutputLimit"]) {
    assert.ok(outcomes.has(outcome), `${outcome} of ${[...outcomes.keys()]}`);
  }
});

function mutated(random: Random, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  for (let i = random.upTo(3); i >= 0; i--) {
    // Headers are short, and most of what a reader checks is about them.
    const at = random.oneIn(2)
      ? random.upTo(Math.min(20, bytes.length))
      : random.upTo(bytes.length);
    if (random.oneIn(2)) bytes[at]! ^= 1 << random.upTo(8);
    else bytes[at] = random.pick([0, 1, 3, 0x7f, 0x80, 0xff, random.upTo(256)]);
  }
  if (random.oneIn(12)) return bytes.subarray(0, random.upTo(bytes.length));
  if (random.oneIn(12)) return Uint8Array.from([...bytes, ...random.bytes(1 + random.upTo(9))]);
  return bytes;
}

async function outcomeOf(random: Random, file: Uint8Array, plain: Uint8Array): Promise<string> {
  try {
    if (random.oneIn(8)) {
      // Commands of a damaged file are told only when its bytes are right.
      await decodeDivansIr(file, { maximumBytes: 5_000_000 });
      return "commands";
    }
    if (random.oneIn(8)) {
      for await (const _ of decodeDivansIterable(file, { early: true, maximumBytes: 5_000_000 }));
      return "early";
    }
    const back = await decodeDivans(file, { maximumBytes: 10_000 });
    // Cut behind a length that has become 0, a file is that of no bytes.
    if (file.length === EMPTY_FILE_BYTES) return "empty";
    assert.ok(equalBytes(back, plain), "wrong bytes");
    return "restored";
  } catch (error) {
    assert.ok(error instanceof PithError, String(error));
    const isRefused = error.code === "OutputLimit";
    assert.ok(isRefused || FAULTS.includes(error.code), error.message);
    return error.code;
  }
}
