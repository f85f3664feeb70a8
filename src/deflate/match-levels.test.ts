import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { type MatchCoder, openMatchCoder, openPortableCoder } from "./match-levels.ts";

async function codeAll(coder: MatchCoder, jobs: readonly Uint8Array[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const [i, job] of jobs.entries()) {
    parts.push(...(await coder.code(job, i === jobs.length - 1)));
  }
  coder.close();
  return concatenate(parts);
}

test("both coders give raw deflate of the same bytes", async () => {
  await forSeeds(12, async (random) => {
    const jobs = Array.from({ length: random.upTo(3) }, () => random.content(random.upTo(200_000)));
    jobs.push(random.content(random.upTo(2000)));
    const plain = concatenate(jobs);
    const level = random.pick([1, 5, 9]);
    for (const coder of [await openMatchCoder(level), await openPortableCoder(level)]) {
      assert.ok(equalBytes(inflateRawSync(await codeAll(coder, jobs)), plain));
    }
  });
});

test("closing the platform's coder ends a wait for it", async () => {
  const coder = await openMatchCoder(9);
  const waiting = coder.code(new Uint8Array(4_000_000), true);
  coder.close();
  await assert.rejects(waiting, { code: "Aborted" });
});

test("a coder can be closed in the middle and twice", async () => {
  for (const coder of [await openMatchCoder(6), await openPortableCoder(6)]) {
    await coder.code(new Uint8Array(100_000), false);
    coder.close();
    coder.close();
  }
});
