/** Fuzz: random requests to a whole service get answers, and it goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../random.ts";
import { tryRequest } from "../raw-requests.ts";
import { startTestService } from "../service.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 20_000 : 1_000;

test("random requests get answers, and the service goes on", async (t) => {
  const service = await startTestService(t, { logLevel: "warn" });
  await fetch(`${service.url}/photos`, { method: "PUT" });
  await forSeeds(ROUNDS, (random) => tryRequest(service.port, random));
  assert.equal((await fetch(`${service.url}/-/health`)).status, 200);
  assert.deepEqual(
    service.log.filter(({ alarm }) => alarm === true),
    [],
  );
});
