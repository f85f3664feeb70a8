/** Fuzz: any text is a batch delete or a typed error. */
import { test } from "node:test";
import { tryDeleteXml } from "../../../test/delete-xml.ts";
import { forSeeds } from "../../../test/random.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 200_000 : 5_000;

test("mutated batch deletes are read or refused", () => forSeeds(ROUNDS, tryDeleteXml));
