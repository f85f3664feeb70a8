/** Fuzz: any cut of an `aws-chunked` body reads the same, any damage gives a typed error. */
import { test } from "node:test";
import { tryChunked } from "../../../test/aws-chunked.ts";
import { forSeeds } from "../../../test/random.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 200_000 : 5_000;

test("aws-chunked bodies come back in any cuts, and damage gives typed errors", () =>
  forSeeds(ROUNDS, tryChunked));
