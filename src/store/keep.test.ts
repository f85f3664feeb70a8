import assert from "node:assert/strict";
import { test } from "node:test";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { Keeper } from "./keep.ts";
import { memoryMeta } from "./meta/memory.ts";
import type { Meta } from "./meta/meta.ts";
import { handClock } from "./suite.ts";

const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** A keeper over a driver that only notes what is claimed. */
function watched(claim: (count: number) => void = () => {}) {
  const clock = handClock();
  const claims: { sha256s: readonly string[]; keepUntilMs: number }[] = [];
  const alarms: PithError[] = [];
  const meta: Meta = {
    ...memoryMeta(),
    claimChunks: async (sha256s, keepUntilMs) => {
      claim(claims.length);
      claims.push({ sha256s, keepUntilMs });
      return [];
    },
  };
  const alarm = (error: PithError): void => void alarms.push(error);
  const keeper = new Keeper({ meta, clock, graceMs: 900, alarm });
  return { keeper, clock, claims, alarms };
}

test("what is held is claimed at every third of the grace time, until it is let go", async () => {
  const { keeper, clock, claims } = watched();
  const holding = keeper.hold();
  holding.add("a");
  holding.add("b");
  holding.add("a");
  clock.turn(299);
  await turns();
  assert.deepEqual(claims, []);
  clock.turn(1);
  await turns();
  assert.deepEqual(claims, [{ sha256s: ["a", "b"], keepUntilMs: clock.nowMs() + 900 }]);
  clock.turn(300);
  await turns();
  assert.equal(claims.length, 2);
  holding.end();
  clock.turn(300);
  await turns();
  assert.equal(claims.length, 2);
  await keeper.close();
});

test("many chunks are claimed in short transactions", async () => {
  const { keeper, claims } = watched();
  const holding = keeper.hold();
  for (let i = 0; i < 1201; i++) holding.add(sha256(new TextEncoder().encode(String(i))));
  await holding.renew();
  assert.deepEqual(
    claims.map((claim) => claim.sha256s.length),
    [500, 500, 201],
  );
  holding.end();
  await keeper.close();
});

test("a renewal that fails is alarmed, and the next one tried", async () => {
  const { keeper, clock, claims, alarms } = watched((count) => {
    if (count === 0 && alarms.length === 0) throw new PithError("DiskFull");
  });
  const holdings = [keeper.hold(), keeper.hold()];
  for (const holding of holdings) holding.add("a");
  clock.turn(300);
  await turns();
  assert.deepEqual([alarms.map((alarm) => alarm.code), claims.length], [["DiskFull"], 1]);
  clock.turn(300);
  await turns();
  assert.deepEqual([alarms.length, claims.length], [1, 3]);
  await keeper.close();
  clock.turn(900);
  await turns();
  assert.equal(claims.length, 3);
});
