/**
 * Benchmark of linear-time deflate: `npm run bench -- deflate [--json] [--rounds N] [--only NAME]`.
 *
 *   round 1   input A: pith, node, pako, ..., klauspost   input B: ...
 *   round 2   the same again
 *
 * Samples are interleaved, so that what disturbs one disturbs all; medians of the rounds are
 * compared. CPU seconds on one core, but for the last figures, two worker threads against one, which
 * are wall-clock time and need a quiet machine (deflate/scaling.ts). `--only` keeps inputs whose name contains NAME.
 * About four minutes with all peers.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSON_OPTION, optionsOf } from "./command/options.ts";
import { benchInputs, type Input } from "./deflate/inputs.ts";
import { benchPeers, type Peer, type Sample } from "./deflate/peers.ts";
import { machineNow, printReport, type Result, resultOf, targetsOf } from "./deflate/report.ts";
import { measureScaling } from "./deflate/scaling.ts";

const ROUNDS = 5;

const values = optionsOf({
  name: "deflate",
  says: "Linear-time deflate beside zlib and others. About four minutes.",
  options: {
    json: JSON_OPTION,
    rounds: { kind: "count", value: ROUNDS, says: "rounds of all; medians count" },
    only: { kind: "text", argument: "NAME", says: "inputs whose name contains it" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
try {
  await main(values.rounds, values.only, values.json);
} finally {
  rmSync(folder, { recursive: true });
}

async function main(rounds: number, only: string, json: boolean): Promise<void> {
  const machine = machineNow();
  const inputs = benchInputs(folder).filter(({ name }) => name.includes(only));
  const peers = await benchPeers(folder);
  const results = await measure(inputs, peers, rounds);
  for (const peer of peers) peer.close();
  const scaling = await measureScaling(inputs, rounds);
  const targets = targetsOf(results, inputs, scaling);
  if (json) console.log(JSON.stringify({ machine, results, targets }, null, 2));
  else printReport(machine, results, inputs, targets);
}

async function measure(
  inputs: readonly Input[],
  peers: readonly Peer[],
  rounds: number,
): Promise<Result[]> {
  const samples = new Map<string, Sample[]>();
  const key = (input: Input, peer: Peer): string => `${input.name} ${peer.name}`;
  // Round 0 warms up compilers and caches and is not counted.
  for (let round = 0; round <= rounds; round++) {
    // Each round begins with another peer: nobody always follows the same one.
    const first = (round * 4) % peers.length;
    const order = [...peers.slice(first), ...peers.slice(0, first)];
    for (const input of inputs) {
      for (const peer of order) {
        const sample = await peer.sample(input);
        if (round === 0) samples.set(key(input, peer), []);
        else samples.get(key(input, peer))?.push(sample);
      }
    }
    console.error(`round ${round} of ${rounds}`);
  }
  return inputs.flatMap((input) =>
    peers.map((peer) => resultOf(input, peer, samples.get(key(input, peer)) ?? [])),
  );
}
