/** Fuzz: mutated .pith files give the bytes that went in, or a typed error, read either way. */
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { createCoder } from "./create-coder.ts";
import { fuzzPithFile } from "./suite.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 50_000 : 3_000;

test("mutated .pith files give their bytes or a typed error", async () => {
  const coder = await createCoder({ threads: 0 });
  await forSeeds(ROUNDS, (random) => fuzzPithFile(random, coder));
  await coder.close();
});
