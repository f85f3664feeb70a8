/**
 * Mash-ups: two parses of one unit, of each span the cheaper one, and whether the whole is smaller
 * than both that it was made from.
 */
import type { Target } from "../deflate/report.ts";
import { bytes, heading, table } from "../jpeg/tables.ts";
import { atLeast } from "../jpeg/targets.ts";
import { mash } from "./doors.ts";
import { codedBytes, type Parse, parsers, parsesOf } from "./parses.ts";
import { signed } from "./report.ts";
import type { Unit } from "./units.ts";

/** What is smaller has too few spans to choose from. */
const BYTES_MINIMUM = 100_000;

export interface MashUp {
  readonly first: string;
  readonly second: string;
  readonly codedBytes: number;
  /** The smaller of its parents. */
  readonly parentBytes: number;
}

export interface MashedUnit {
  readonly unit: string;
  readonly plainBytes: number;
  /** What our codec makes of each parse as it is. */
  readonly parents: readonly { readonly by: string; readonly codedBytes: number }[];
  readonly mashed: readonly MashUp[];
}

export async function mashUps(units: readonly Unit[], folder: string): Promise<MashedUnit[]> {
  const programs = parsers();
  const results: MashedUnit[] = [];
  for (const unit of units.filter(({ bytes: { length } }) => length > BYTES_MINIMUM)) {
    const parses = await parsesOf(unit, programs, folder);
    const parents: { parse: Parse; by: string; codedBytes: number }[] = [];
    for (const parse of parses) {
      parents.push({ parse, by: parse.by, codedBytes: await codedBytes(parse.ir, unit) });
    }
    const mashed: MashUp[] = [];
    for (const [i, first] of parents.entries()) {
      for (const second of parents.slice(i + 1)) {
        const cheaper = second.codedBytes < first.codedBytes ? second : first;
        const ir = await mash(first.parse.ir, second.parse.ir, unit.bytes, cheaper.parse.ir);
        mashed.push({
          first: first.by,
          second: second.by,
          codedBytes: await codedBytes(ir, unit),
          parentBytes: Math.min(first.codedBytes, second.codedBytes),
        });
      }
    }
    results.push({
      unit: unit.name,
      plainBytes: unit.bytes.length,
      parents: parents.map(({ by, codedBytes: size }) => ({ by, codedBytes: size })),
      mashed,
    });
    console.error(`mashed: ${unit.name}`);
  }
  return results;
}

/** On how many units each pair's mash-up is smaller than both its parents. */
export function mashTargets(results: readonly MashedUnit[]): Target[] {
  const pairs = results[0]?.mashed ?? [];
  return pairs.map(({ first, second }, i) => {
    const smaller = results.filter(({ mashed }) => mashed[i]!.codedBytes < mashed[i]!.parentBytes);
    return atLeast(
      `${first} with ${second}: smaller than both, of ${results.length} units`,
      Math.ceil(results.length / 2),
      smaller.length,
    );
  });
}

export function printMashUps(results: readonly MashedUnit[]): void {
  const [head] = results;
  if (head === undefined) {
    console.log(`\nMash-ups: no unit has more than ${bytes(BYTES_MINIMUM)} bytes.`);
    return;
  }
  heading(
    "Mash-ups: our codec's bytes of each parse, of each pair, and in % of its smaller parent",
  );
  table(
    [
      "unit",
      ...head.parents.map(({ by }) => by),
      ...head.mashed.map(({ first, second }) => `${first} with ${second}`),
    ],
    results.map(({ unit, parents, mashed }) => [
      unit,
      ...parents.map(({ codedBytes: size }) => bytes(size)),
      ...mashed.map(({ codedBytes: size, parentBytes }) => {
        return `${bytes(size)}, ${signed(100 * (size / parentBytes - 1))} %`;
      }),
    ]),
  );
}
