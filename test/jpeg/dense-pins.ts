/**
 * Pins of the dense model: what each of its tables holds after it has coded the same small JPEGs
 * (dense-pictures.ts), begun from tables that no training has seen. test/vectors/jpeg-dense-tables.json
 * keeps them; who changes the model on purpose writes them anew:
 *
 *   node test/jpeg/dense-pins.ts
 *
 * A parameter is a logit and a rate. A rate tells how often its parameter was used and nothing else:
 * where rates of one table changed, its index did. Logits tell what was learnt, which all tables of a
 * decision share.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { checksumOf } from "../../src/core/checksum.ts";
import {
  FRESH_RATE,
  freshPriors,
  PRIOR_TABLES,
  type PriorTable,
  rateOf,
  unitOf,
} from "../../src/lepton/priors-layout.ts";
import { DenseKernel, placeInKernel } from "../../train/dense-kernel.ts";
import { LANES } from "../../train/reference-inputs.ts";
import { CELLS, type Family, regressionBytes } from "../../train/reference-regressions.ts";
import { type Random, seeded } from "../random.ts";
import { densePictures } from "./dense-pictures.ts";

const PINS_FILE = new URL("../vectors/jpeg-dense-tables.json", import.meta.url);

/** What is pinned of a table. */
export interface TablePin {
  /** How many units some picture has used. */
  readonly used: number;
  /** CRC-32C of rates, of logits, after one picture and the next. */
  readonly rates: string;
  readonly logits: string;
}

/** A pin as the file has it. */
type PinFields = readonly [used: number, rates: string, logits: string];

/** Models as segments have left them, one for each picture and segment. */
export async function modelsAfterPictures(): Promise<Int16Array[]> {
  const kernel = await DenseKernel.open(someRegressions(seeded(1)));
  kernel.priors = freshPriors();
  kernel.setTraining(false);
  const models: Int16Array[] = [];
  for (const jpeg of densePictures().values()) {
    // The first rows of a segment have no rows above.
    for (const part of kernel.store(jpeg, 2)) {
      kernel.code(part);
      models.push(kernel.model);
    }
  }
  return models;
}

/** Weights as good as any: what they make is anywhere, as often near as far. */
function someRegressions(random: Random): Uint8Array {
  const weightsOf = (family: Family): Int16Array => {
    const most = family === "magnitude" ? 700 : 1500;
    const count = CELLS[family] * LANES[family];
    return Int16Array.from({ length: count }, () => random.upTo(2 * most + 1) - most / 2);
  };
  return regressionBytes({
    interior: weightsOf("interior"),
    edge: weightsOf("edge"),
    dc: weightsOf("dc"),
    magnitude: weightsOf("magnitude"),
  });
}

/** Pins by the tables' names. */
export async function pinTables(models: readonly Int16Array[]): Promise<Map<string, TablePin>> {
  const names = await tableNames();
  return new Map(PRIOR_TABLES.map((table, i) => [names[i]!, pinTable(table, models)]));
}

function pinTable(table: PriorTable, models: readonly Int16Array[]): TablePin {
  const { words, lanes } = unitOf(table.kind);
  const units = (table.end - table.at) / words;
  const rates = new Uint8Array(2 * units * lanes);
  const logits = new Uint8Array(2 * units * lanes);
  const [rateWords, logitWords] = [new DataView(rates.buffer), new DataView(logits.buffer)];
  let [rateSum, logitSum] = [0, 0];
  for (const model of models) {
    for (let i = 0; i < units * lanes; i++) {
      const at = table.at + Math.floor(i / lanes) * words + (i % lanes);
      rateWords.setInt16(2 * i, model[rateOf(table.kind, at)]!, true);
      logitWords.setInt16(2 * i, model[at]!, true);
    }
    rateSum = checksumOf(rates, rateSum);
    logitSum = checksumOf(logits, logitSum);
  }
  const used = usedUnits(table, models).length;
  return { used, rates: hex(rateSum), logits: hex(logitSum) };
}

/** Units of a table, counted from its start, that some model has used. */
export function usedUnits({ kind, at, end }: PriorTable, models: readonly Int16Array[]): number[] {
  const { words } = unitOf(kind);
  const units = Array.from({ length: (end - at) / words }, (_, unit) => unit);
  return units.filter((unit) => {
    const rate = rateOf(kind, at + unit * words);
    return models.some((model) => model[rate] !== FRESH_RATE);
  });
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}

/**
 * A name for each table: its number, its class, what the kernel calls it, its shape. The kernel's list is
 * not TypeScript of ours, but its constants are when their types are gone.
 */
async function tableNames(): Promise<string[]> {
  const source = readFileSync(new URL("../../kernels/dense/tables.ts", import.meta.url), "utf8");
  const constants = source.match(/^(export )?const \w+: \w+ = [^;]+;$/gm) ?? [];
  const program = constants.map((line) => line.replaceAll(/: \w+(?= =)|<\w+>/g, "")).join("\n");
  const list = (await import(`data:text/javascript,${encodeURIComponent(program)}`)) as object;
  const named = Object.entries(list as Record<string, number>).filter(
    ([name]) => !/^ROWS?_|_BYTES$|_UPPER$/.test(name),
  );
  const classWords = Math.max(...PRIOR_TABLES.map(({ twin }) => twin));
  return PRIOR_TABLES.map(({ kind, dimensions, at }, i) => {
    const group = at < classWords ? "first" : "second";
    const place = placeInKernel(at);
    const address = 2 * (at < classWords ? place : place - classWords);
    const name = named.find(([, value]) => value === address)?.[0] ?? "column";
    return `${i} ${group} ${name} ${kind} ${dimensions.join("x")}`;
  });
}

/** The frozen pins. */
export function readPins(): Map<string, TablePin> {
  const file = JSON.parse(readFileSync(PINS_FILE, "utf8")) as Record<string, PinFields>;
  return new Map(
    Object.entries(file).map(([name, [used, rates, logits]]) => [name, { used, rates, logits }]),
  );
}

function writePins(pins: ReadonlyMap<string, TablePin>): void {
  const lines = [...pins].map(([name, { used, rates, logits }]) => {
    return `  ${JSON.stringify(name)}: [${used}, "${rates}", "${logits}"]`;
  });
  writeFileSync(PINS_FILE, `{\n${lines.join(",\n")}\n}\n`);
}

if (import.meta.main) writePins(await pinTables(await modelsAfterPictures()));
