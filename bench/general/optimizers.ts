/**
 * Optimizers: what each saves by itself, and all of them together, on parses by several programs.
 */
import { sum } from "../jpeg/comparison.ts";
import { bytes, heading, table } from "../jpeg/tables.ts";
import { optimize, optimizerNames } from "./doors.ts";
import { codedBytes, parsers, parsesOf } from "./parses.ts";
import { signed } from "./report.ts";
import type { Unit } from "./units.ts";

const ALL = "all, in this order";

/** One optimizer on one parse of one unit. */
export interface Gain {
  readonly optimizer: string;
  readonly by: string;
  readonly unit: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export async function optimizerGains(units: readonly Unit[], folder: string): Promise<Gain[]> {
  const programs = parsers();
  const names = await optimizerNames();
  const gains: Gain[] = [];
  for (const unit of units) {
    for (const { by, ir } of await parsesOf(unit, programs, folder)) {
      const bytesBefore = await codedBytes(ir, unit);
      for (const optimizer of [...names, ALL]) {
        const chosen = optimizer === ALL ? [...names] : [optimizer];
        const bytesAfter = await codedBytes(await optimize(ir, unit.bytes, chosen), unit);
        gains.push({ optimizer, by, unit: unit.name, bytesBefore, bytesAfter });
      }
    }
    console.error(`optimized: ${unit.name}`);
  }
  return gains;
}

export function printGains(gains: readonly Gain[]): void {
  const parses = [...new Set(gains.map(({ by }) => by))];
  const units = new Set(gains.map(({ unit }) => unit)).size;
  heading(`Optimizers: what they change in our codec's bytes of ${units} units, by whose parse`);
  const before = parses.map((by) => {
    const own = gains.filter((gain) => gain.by === by && gain.optimizer === ALL);
    return bytes(sum(own.map(({ bytesBefore }) => bytesBefore)));
  });
  table(
    ["optimizer", ...parses],
    [
      ["none, bytes", ...before],
      ...[...new Set(gains.map(({ optimizer }) => optimizer))].map((optimizer) => [
        optimizer,
        ...parses.map((by) => change(gains, optimizer, by)),
      ]),
    ],
  );
}

/** In bytes over all units and in % of them, and of how many units it makes less, and more. */
function change(gains: readonly Gain[], optimizer: string, by: string): string {
  const own = gains.filter((gain) => gain.optimizer === optimizer && gain.by === by);
  const before = sum(own.map(({ bytesBefore }) => bytesBefore));
  const difference = sum(own.map(({ bytesAfter }) => bytesAfter)) - before;
  const smaller = own.filter(({ bytesAfter, bytesBefore }) => bytesAfter < bytesBefore).length;
  const larger = own.filter(({ bytesAfter, bytesBefore }) => bytesAfter > bytesBefore).length;
  const percent = signed((100 * difference) / before);
  return `${bytes(difference)}, ${percent} %; ${smaller} smaller, ${larger} larger`;
}
