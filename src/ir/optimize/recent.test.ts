import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../../test/random.ts";
import { IrBuilder } from "../build.ts";
import type { IrPrices } from "../command.ts";
import { Outlook, RecentDistances } from "./recent.ts";

test("the list is that of the last four different distances", async () => {
  await forSeeds(20, (random) => {
    const list = new RecentDistances();
    let expected: number[] = [];
    for (let i = 0; i < 200; i++) {
      const distance = 1 + random.upTo(7);
      assert.equal(list.find(distance), expected.indexOf(distance));
      list.use(distance);
      expected = [distance, ...expected.filter((one) => one !== distance)].slice(0, 4);
      assert.deepEqual(
        [0, 1, 2, 3].map((place) => list.at(place)),
        [0, 1, 2, 3].map((place) => expected[place] ?? 0),
      );
    }
    assert.ok(new RecentDistances().become(list).equals(list));
  });
});

test("the outlook is what later copies cost more with another list, until the lists are equal", () => {
  const bytes = new Uint8Array(20);
  const builder = new IrBuilder().insert(bytes).copy(1, 5).insert(bytes).copy(1, 7);
  for (const distance of [8, 9, 10, 11, 5]) builder.copy(1, distance);
  const prices: IrPrices = {
    insert: () => 1000,
    copy: (_length, _distance, recent) => (recent === -1 ? 20 : 2 + recent),
    dict: () => 1000,
  };
  const outlook = new Outlook(builder.finish(), prices);
  const [one, other] = [new RecentDistances(), new RecentDistances()];
  assert.equal(outlook.difference(0, one, other), 0);
  one.use(5);
  assert.equal(outlook.difference(1, one, other), 2 - 20, "5 is recent, and then it is so in both");
  assert.equal(outlook.difference(2, one, other), 0, "5 has been pushed out when it comes again");
  one.use(7);
  assert.equal(outlook.difference(3, one, other), 2 - 20, "from the second copy on");
  assert.equal(outlook.difference(9, one, other), 0, "nothing comes");
});
