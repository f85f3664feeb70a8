/**
 * Each table of the dense model against its pin: what it holds after some small JPEGs. A change of the
 * model names the tables that it has moved, and is written down on purpose: test/jpeg/dense-pins.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PRIOR_TABLES } from "../src/lepton/priors-layout.ts";
import {
  modelsAfterPictures,
  pinTables,
  readPins,
  type TablePin,
  usedUnits,
} from "./jpeg/dense-pins.ts";

const models = await modelsAfterPictures();

test("each table of the dense model holds what it held", async () => {
  const pins = await pinTables(models);
  const frozen = readPins();
  assert.deepEqual([...pins.keys()], [...frozen.keys()], "other tables");
  const changed = (part: keyof TablePin): string[] =>
    [...pins].filter(([name, pin]) => frozen.get(name)?.[part] !== pin[part]).map(([name]) => name);
  // Rates follow from an index alone; logits from what all tables say that share a decision.
  assert.deepEqual(
    { otherPlaces: changed("rates"), otherLogits: changed("logits"), otherCounts: changed("used") },
    { otherPlaces: [], otherLogits: [], otherCounts: [] },
    "meant? then: node test/jpeg/dense-pins.ts",
  );
});

test("the pictures use every table, and each of several that share one", () => {
  for (const [i, table] of PRIOR_TABLES.entries()) {
    const units = table.dimensions.reduce((product, size) => product * size, 1);
    const shares = table.dimensions[0]! <= 4 ? table.dimensions[0]! : 1;
    const used = new Set(
      usedUnits(table, models).map((unit) => Math.floor((unit * shares) / units)),
    );
    assert.equal(used.size, shares, `table ${i}, ${table.kind} ${table.dimensions.join("x")}`);
  }
});
