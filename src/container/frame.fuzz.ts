/** Fuzz: mutated frames give the chunk that their SHA-256 names, or a typed error. */
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { fuzzFrame } from "./suite.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 100_000 : 10_000;

test("mutated frames give their chunk or a typed error", async () => {
  await forSeeds(ROUNDS, fuzzFrame);
});
