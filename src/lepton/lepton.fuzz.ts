/** Fuzz, with either model: mutated JPEGs come back or are refused; mutated files give bytes or are refused. */
import { test } from "node:test";
import { checkMutatedJpegs, checkMutatedLeptons } from "../../test/jpeg/mutate.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 100_000 : 10_000;

for (const model of ["lepton", "dense"] as const) {
  test(`mutated JPEGs, ${model}`, async () => {
    await checkMutatedJpegs(ROUNDS / 4, model);
  });

  test(`mutated files, ${model}`, async () => {
    await checkMutatedLeptons(ROUNDS / 4, model);
  });
}
