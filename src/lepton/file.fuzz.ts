/** Fuzz: mutated Lepton files give a header and streams or a typed error, however they are cut; what
 * is read and written anew is read the same. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import { forSeeds, type Random } from "../../test/random.ts";
import { concatenate, toHex, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { type LeptonHeader, LeptonReader, readLepton, writeLepton } from "./file.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 50_000 : 2_000;

const START_BYTES = 28;

const SEEDS = ["tiny", "colorswap"].map((name) => {
  const file = readFileSync(new URL(`../../test/vectors/lepton/${name}.lep`, import.meta.url));
  const end = START_BYTES + file.readUInt32LE(24);
  const start = Uint8Array.from(file.subarray(0, START_BYTES));
  const body = Uint8Array.from(file.subarray(end + 3, -4));
  return { start, header: Uint8Array.from(inflateSync(file.subarray(START_BYTES, end))), body };
});

test("mutated Lepton files are read or refused, in one piece or in many", async () => {
  const kinds = new Map<string, number>();
  await forSeeds(ROUNDS, async (random) => {
    const file = mutated(random);
    const whole = await outcome(file, [file.length]);
    const cuts = Array.from({ length: 5 }, () => random.upTo(file.length)).sort((a, b) => a - b);
    assert.deepEqual(await outcome(file, [...cuts, file.length]), whole);
    kinds.set(whole.what, (kinds.get(whole.what) ?? 0) + 1);
    if (whole.what === "read") await writeAnew(file);
  });
  // Otherwise the mutations find one door only.
  for (const kind of ["read", "BadLeptonFile", "VersionUnsupported"]) {
    assert.ok(kinds.has(kind), kind);
  }
});

async function writeAnew(file: Uint8Array): Promise<void> {
  const { header, streams } = await readLepton(file);
  if (header.isLegacy) return;
  const { flavour, outputBytes, records } = header;
  const again = await readLepton(await writeLepton({ flavour, outputBytes, records, streams }));
  assert.deepEqual(again.header.records, records);
  assert.deepEqual(again.streams.map(toHex), streams.map(toHex));
}

/** Mutates the inflated header, the rest, or the bytes as they are stored. */
function mutated(random: Random): Uint8Array {
  const seed = random.pick(SEEDS);
  const parts = {
    start: seed.start.slice(),
    header: concatenate([seed.header, ...more(random)]),
    body: concatenate([seed.body, ...more(random)]),
  };
  for (let i = random.upTo(3); i > 0; i--) {
    const part = random.pick([parts.start, parts.header, parts.header, parts.body]);
    // Records begin behind the JPEG's segments, and are what this is about.
    const from = part === parts.header && !random.oneIn(4) ? part.length - 60 : 0;
    part[Math.max(0, from) + random.upTo(Math.min(60, part.length))] = random.pick([
      ...[0, 1, 2, 4, 0x10, 0x48, 0x7f, 0xff],
      random.upTo(256),
    ]);
  }
  const file = assembled(parts.start, deflateSync(parts.header), parts.body);
  if (random.oneIn(8)) file[random.upTo(file.length)] = random.upTo(256);
  return random.oneIn(8) ? file.subarray(0, random.upTo(file.length)) : file;
}

/** A record or a packet, or nothing. */
function more(random: Random): Uint8Array[] {
  if (random.oneIn(2)) return [];
  const texts = ["CRS", "FRS", "EEE", "GRB", "PGR", "PGE", "SIZ", "PTH", "CMP", "CNT", "HH", "PAD"];
  const tag = Buffer.from(random.pick(texts));
  const size = random.upTo(40);
  return [tag, Uint8Array.of(size, 0, 0, 0), random.bytes(random.oneIn(4) ? 4 * size : size)];
}

function assembled(start: Uint8Array, coded: Uint8Array, body: Uint8Array): Uint8Array {
  const file = concatenate([start, coded, Buffer.from("CMP"), body, new Uint8Array(4)]);
  viewOf(file).setUint32(24, coded.length, true);
  viewOf(file).setUint32(file.length - 4, file.length, true);
  return file;
}

async function outcome(
  file: Uint8Array,
  ends: readonly number[],
): Promise<{ what: string; header?: LeptonHeader | undefined; streams?: string[] }> {
  let read: LeptonHeader | undefined;
  const streams: string[] = [];
  const reader = new LeptonReader({
    header: (header) => {
      read = header;
    },
    segment: (index, bytes) => {
      assert.ok(read !== undefined && index < read.segments.length);
      streams[index] = (streams[index] ?? "") + toHex(bytes);
    },
  });
  try {
    let at = 0;
    for (const end of ends) {
      await reader.feed(file.subarray(at, end));
      at = end;
    }
    reader.finish();
  } catch (error) {
    assert.ok(error instanceof PithError, String(error));
    assert.ok(error.kind === "input" || error.kind === "limit", error.code);
    return { what: error.code };
  }
  return { what: "read", header: read, streams };
}
