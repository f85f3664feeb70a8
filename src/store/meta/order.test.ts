import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../../test/random.ts";
import { afterPrefix, compareUtf8, foldKey } from "./order.ts";

function randomText(random: Random): string {
  const points = [0x61, 0x7f, 0x80, 0x7ff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff];
  const length = random.upTo(4);
  return Array.from({ length }, () => String.fromCodePoint(random.pick(points))).join("");
}

test("keys are compared by their UTF-8 bytes", async () => {
  await forSeeds(2000, (random) => {
    const first = randomText(random);
    const other = randomText(random);
    const expected = Buffer.compare(Buffer.from(first), Buffer.from(other));
    assert.equal(Math.sign(compareUtf8(first, other)), expected, JSON.stringify([first, other]));
  });
});

test("afterPrefix is after every key of the prefix and at or before every other that is", async () => {
  await forSeeds(2000, (random) => {
    const prefix = randomText(random);
    const key = randomText(random);
    const after = afterPrefix(prefix);
    const isAfter = after !== undefined && compareUtf8(key, after) >= 0;
    const expected = !key.startsWith(prefix) && compareUtf8(key, prefix) > 0;
    assert.equal(isAfter, expected, JSON.stringify([prefix, key, after]));
  });
  assert.equal(afterPrefix(""), undefined);
  assert.equal(afterPrefix("\u{10ffff}"), undefined);
  assert.equal(afterPrefix("a\u{10ffff}"), "b");
  assert.equal(afterPrefix("\ud7ff"), "\ue000");
});

test("keys fold up to the first delimiter after the prefix", () => {
  assert.equal(foldKey("a/b/c", "", "/"), "a/");
  assert.equal(foldKey("a/b/c", "a/", "/"), "a/b/");
  assert.equal(foldKey("a/b", "a/", "/"), undefined);
  assert.equal(foldKey("a/b", "", ""), undefined);
  assert.equal(foldKey("a--b", "", "--"), "a--");
});
