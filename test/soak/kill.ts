/**
 * Soak: crashes without end. Like test/system/crash.test.ts, for PITH_SOAK_MINUTES (`npm run soak --
 * --minutes 60 test/soak/kill.ts`), each seed on a folder of its own for a hundred crashes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCoder } from "../../src/container/index.ts";
import { seeded } from "../random.ts";
import { crashCycle, Ledger } from "../system/crash-cycle.ts";

const MINUTES = Number(process.env["PITH_SOAK_MINUTES"] ?? 10);
const FIRST_SEED = Number(process.env["PITH_SEED"] ?? 1);
const CYCLES_OF_FOLDER = 100;

test(`crashes for ${MINUTES} minutes`, async (context) => {
  const endMs = Date.now() + MINUTES * 60_000;
  const coder = await createCoder({ threads: 1 });
  let crashes = 0;
  let acknowledged = 0;
  try {
    for (let seed = FIRST_SEED; Date.now() < endMs; seed++) {
      const folder = await mkdtemp(join(tmpdir(), "pith-soak-"));
      const ledger = new Ledger();
      const random = seeded(seed);
      for (let cycle = 0; cycle < CYCLES_OF_FOLDER && Date.now() < endMs; cycle++) {
        try {
          await crashCycle(join(folder, "data"), ledger, random, coder);
        } catch (error) {
          // The folder stays for looking at.
          const where = `cycle ${cycle} of PITH_SEED=${seed} fails; its folder is ${folder}`;
          throw new Error(where, { cause: error });
        }
        crashes += 1;
      }
      acknowledged += ledger.acknowledged;
      await rm(folder, { recursive: true });
    }
  } finally {
    await coder.close();
    context.diagnostic(`${crashes} crashes, ${acknowledged} acknowledged operations`);
  }
});
