/**
 * Crash safety: a writer under load is killed -9 at random moments, again and again on one folder;
 * no acknowledged object is ever lost. 10 cycles, 50 with PITH_FULL=1; `npm run soak` for more.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCoder } from "../../src/container/index.ts";
import { seeded } from "../random.ts";
import { crashCycle, Ledger } from "./crash-cycle.ts";

const CYCLES = process.env["PITH_FULL"] === "1" ? 50 : 10;
const SEED = Number(process.env["PITH_SEED"] ?? 20_261_121);

test(`no acknowledged object is lost in ${CYCLES} crashes`, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "pith-crash-"));
  const coder = await createCoder({ threads: 1 });
  const ledger = new Ledger();
  const random = seeded(SEED);
  try {
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      try {
        await crashCycle(join(folder, "data"), ledger, random, coder);
      } catch (error) {
        throw new Error(`cycle ${cycle} fails (PITH_SEED=${SEED})`, { cause: error });
      }
    }
    context.diagnostic(`${ledger.acknowledged} operations were acknowledged`);
    assert.ok(ledger.acknowledged > CYCLES, "the writer did something between the crashes");
  } finally {
    await coder.close();
    await rm(folder, { recursive: true });
  }
});
