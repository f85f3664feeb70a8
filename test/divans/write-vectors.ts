/**
 * Writes the vectors of DivANS, test/vectors/divans: one small file for each thing that a reader must do. Run by hand,
 * when the format is new; once a release has written it, files are added and never changed.
 *
 *   node test/divans/write-vectors.ts
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { concatenate } from "../../src/core/bytes.ts";
import { checksumOf } from "../../src/core/checksum.ts";
import { sha256 } from "../../src/core/hash.ts";
import { CHUNK_BYTES } from "../../src/core/limits.ts";
import { END_OF_FILE, START_OF_FILE } from "../../src/divans/file.ts";
import { decodeDivans, encodeDivans, encodeIr } from "../../src/divans/index.ts";
import { loadDivans } from "../../src/divans/kernels.ts";
import { LITERAL_PRESETS, type UnitParameters } from "../../src/divans/parameters.ts";
import { CONTENTS, randomCommands } from "../../src/divans/suite.ts";
import { UnitCoder } from "../../src/divans/unit-coder.ts";
import { writeCodedUnit } from "../../src/divans/unit-record.ts";
import { Work } from "../../src/divans/work.ts";
import { applyFilter, type Filter, loadFilters } from "../../src/filters/index.ts";
import { IrBuilder } from "../../src/ir/index.ts";
import { seeded } from "../random.ts";

const FOLDER = new URL("../vectors/divans/", import.meta.url);

const STANDARD: UnitParameters = {
  inputs: LITERAL_PRESETS[0]!,
  stride: 0,
  literalRate: 3,
  commandRate: 3,
  rowBits: 16,
  isPrimed: false,
};

const random = seeded(1);
const text = CONTENTS["text"]!(random, 1500);
const table = CONTENTS["table"]!(random, 1500);

/** A file of one unit, by these parameters and a quick search. */
async function fileOf(
  plain: Uint8Array,
  parameters: Partial<UnitParameters>,
  filter: Filter = { kind: "none" },
): Promise<Uint8Array> {
  const all = { ...STANDARD, ...parameters };
  const unit = filter.kind === "none" ? plain : applyFilter(await loadFilters(), filter, plain);
  const kernels = await loadDivans();
  const instance = kernels.takeEncoder();
  const coder = new UnitCoder(instance, unit);
  const { blocks } = await new Work().run(
    (function* () {
      yield* coder.findMatches(16, 128);
      yield* coder.firstPrices();
      return yield* coder.encode(yield* coder.parse(2, 128, unit.length), all);
    })(),
  );
  kernels.releaseEncoder(instance);
  const header = { plainBytes: plain.length, filter, parameters: all };
  const record = writeCodedUnit(header, blocks, checksumOf(plain));
  return concatenate([START_OF_FILE, ...record, END_OF_FILE]);
}

if (import.meta.main) await write(await makeFiles());

/** The files by their names. */
async function makeFiles(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  files.set("empty", await encodeDivans(new Uint8Array(0)));
  files.set("stored", await encodeDivans(random.bytes(100)));
  for (const preset of LITERAL_PRESETS.keys()) {
    files.set(`preset-${preset}`, await fileOf(text, { inputs: LITERAL_PRESETS[preset]! }));
  }
  for (let rate = 0; rate < 15; rate++) {
    const rates = { literalRate: rate, commandRate: (rate + 7) % 15 };
    files.set(`rates-${rate}`, await fileOf(rate % 2 === 0 ? text : table, rates));
  }
  for (const rowBits of [10, 13, 15]) files.set(`rows-${rowBits}`, await fileOf(text, { rowBits }));
  files.set("primed", await fileOf(text, { isPrimed: true }));
  const inputs = [
    { history: 1, others: 0 },
    { history: 0x81, others: 2 },
    { history: 0, others: 7 },
    { history: 5, others: 0x2c },
  ] as const;
  files.set("masks", await fileOf(table, { inputs, stride: 24 }));
  files.set("masks-primed", await fileOf(text, { inputs, stride: 1024, isPrimed: true }));
  files.set("filter", await fileOf(table, {}, { kind: "delta", distance: 3 }));
  files.set("everybyte", await fileOf(CONTENTS["everyByte"]!(random, 600), {}));
  files.set("commands", await encodeIr(randomCommands(random, 120, 500)));
  files.set("hints", await encodeIr(randomCommands(random, 40, 60)));
  // Three symbols a command: a block has 131,072.
  const several = new IrBuilder().insert(text);
  for (let i = 0; i < 45_000; i++) several.copy(1, 1);
  files.set("blocks", await encodeIr(several.insert(table).finish()));
  const units = new IrBuilder().insert(text).copy(CHUNK_BYTES, 700).copy(900, 3).finish();
  files.set("units", await encodeIr(units));
  return files;
}

async function write(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const lines = ["# Vectors of DivANS", ""];
  lines.push(
    "Written by `test/divans/write-vectors.ts`, read by `src/divans/vectors.test.ts`.",
    "",
  );
  lines.push(
    "| file | bytes | plain bytes | SHA-256 of the plain bytes |",
    "| --- | --- | --- | --- |",
  );
  for (const [name, file] of files) {
    const plain = await decodeDivans(file);
    writeFileSync(new URL(`${name}.dvn`, FOLDER), file);
    lines.push(`| ${name} | ${file.length} | ${plain.length} | ${sha256(plain)} |`);
  }
  writeFileSync(new URL("README.md", FOLDER), `${lines.join("\n")}\n`);
}
