/** Fuzz: mutated JPEGs come back or are refused; mutated Lepton files give bytes or are refused. */
import { test } from "node:test";
import { checkMutatedJpegs, checkMutatedLeptons } from "../../test/jpeg/mutate.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 100_000 : 10_000;

test("mutated JPEGs", async () => {
  await checkMutatedJpegs(ROUNDS / 2);
});

test("mutated Lepton files", async () => {
  await checkMutatedLeptons(ROUNDS / 2);
});
