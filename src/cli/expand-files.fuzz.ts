/**
 * Any bytes that are called a .pith, gzip, zlib or Lepton file: `test`, `info` and `expand` end with a fault
 * that is not ours, leave no output, and lose nothing that was there.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { fakeRun } from "../../test/cli-run.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { compress } from "../container/index.ts";
import { FAULTS } from "../core/errors.ts";
import { runCommand } from "./program.ts";

const SEEDS = process.env["PITH_FULL"] === "1" ? 2000 : 60;

const LEPTON = ["tiny", "colorswap"].map((name) =>
  readFileSync(new URL(`../../test/vectors/lepton/${name}.lep`, import.meta.url)),
);

async function anyFile(random: Random): Promise<Uint8Array> {
  const plain = random.content(random.upTo(20_000));
  const kind = random.upTo(4);
  if (kind === 0) return await compress(plain);
  if (kind === 1) return gzipSync(plain, { level: random.upTo(10) });
  return kind === 2 ? deflateSync(plain) : random.pick(LEPTON);
}

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const mutated = Uint8Array.from(bytes);
  for (let changes = 1 + random.upTo(4); changes > 0; changes--) {
    const at = random.upTo(random.oneIn(2) ? Math.min(64, mutated.length) : mutated.length);
    mutated[at] = random.upTo(256);
  }
  if (random.oneIn(4)) return mutated.subarray(0, random.upTo(mutated.length));
  if (random.oneIn(8)) return Buffer.concat([mutated, random.bytes(random.upTo(50))]);
  return mutated;
}

test("damaged files end with a typed fault and leave nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-fuzz-"));
  try {
    await forSeeds(SEEDS, async (random) => {
      const path = join(folder, "a.pith");
      await writeFile(path, mutate(await anyFile(random), random));
      for (const command of ["info", "test", "expand"]) {
        const { run, errors } = fakeRun();
        const words = [command, path, ...(command === "expand" ? ["-f", "-T", "1"] : [])];
        const code = await runCommand(words, run.surroundings);
        const fault = Object.values(FAULTS).find(({ number }) => number === code);
        assert.ok(code === 0 || (fault !== undefined && fault.kind !== "bug"), errors());
        const expected = command === "expand" && code === 0 ? ["a", "a.pith"] : ["a.pith"];
        assert.deepEqual((await readdir(folder)).sort(), expected);
        await rm(join(folder, "a"), { force: true });
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
