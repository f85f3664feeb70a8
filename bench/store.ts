/**
 * Benchmark of the store through HTTP: `npm run bench -- store [--json] [--rounds N] [--only NAME]`.
 *
 *   for each size and number of clients
 *     round 1   pith: puts, gets    pith-async: ...    node-fsync: ...    node: ...
 *     round 2   the same again
 *
 * Every server is a process of its own; the clients are here, on the same machine and the same cores,
 * as plain as node:http allows. The peers are node:http with files: `node-fsync` promises what Pith
 * promises (bytes and name are on the disk before the answer), `node` promises nothing. Samples
 * are interleaved, medians of the rounds are compared. `--only` keeps cases whose name contains
 * NAME. About eight minutes on a quiet machine.
 */
import { JSON_OPTION, optionsOf } from "./command/options.ts";
import { machineNow } from "./deflate/report.ts";
import { cases, type Operation } from "./store/cases.ts";
import { startClients } from "./store/clients.ts";
import { printReport, type Sample, summaryOf } from "./store/report.ts";
import { SERVERS, startServer } from "./store/servers.ts";

const values = optionsOf({
  name: "store",
  says: "The store through HTTP beside files behind node:http. About eight minutes.",
  options: {
    json: JSON_OPTION,
    rounds: { kind: "count", value: 3, says: "rounds of all; medians count" },
    only: { kind: "text", argument: "NAME", says: "cases whose name contains it" },
  },
});

const machine = machineNow();
const samples: Sample[] = [];
const { rounds } = values;
for (const each of cases().filter(({ name }) => name.includes(values.only))) {
  for (let round = 1; round <= rounds; round++) {
    for (const kind of SERVERS) {
      const server = await startServer(kind);
      try {
        const clients = startClients(server.port, each, round);
        await clients.warmUp();
        for (const operation of ["put", "get"] satisfies Operation[]) {
          const before = await server.cpuSeconds();
          const run = await clients.run(operation);
          const cpuSeconds = (await server.cpuSeconds()) - before;
          samples.push({ server: kind, case: each.name, operation, cpuSeconds, ...run });
        }
        clients.close();
      } finally {
        await server.close();
      }
    }
    console.error(`${each.name}: round ${round} of ${rounds}`);
  }
}
const summaries = summaryOf(samples);
if (values.json) console.log(JSON.stringify({ machine, summaries }, null, 2));
else printReport(machine, summaries);
