import assert from "node:assert/strict";
import { test } from "node:test";
import type { Claim, Codec, Effort } from "../core/codec.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { choose, type Plan } from "./choose.ts";
import { createRegistry } from "./registry.ts";
import { storedCodec } from "./stored-codec.ts";

const ANY = Uint8Array.of(1, 2, 3);

function claiming(id: number, name: string, claim: Claim | undefined, independent = true): Codec {
  return { ...storedCodec, id, name, independent, sniff: () => claim };
}

function plan(
  extra: readonly Codec[],
  wish: {
    effort?: Effort;
    only?: string;
    off?: string;
    first?: Uint8Array;
  } = {},
  failed: (codec: Codec, error: unknown) => void = (_, error) => assert.fail(String(error)),
): Plan {
  const { effort = "default", only, off, first = ANY } = wish;
  const isOff = (name: string): boolean => name === off;
  return choose(createRegistry(extra), first, true, { effort, only }, isOff, failed);
}

const names = (codecs: readonly Codec[]): string[] => codecs.map((codec) => codec.name);

test("without a specialist: general codecs by effort, then stored, cut as usual", () => {
  assert.deepEqual(names(plan([]).general), ["divans", "zlib", "deflate", "stored"]);
  assert.deepEqual(names(plan([], { effort: "fast" }).general), ["zlib", "deflate", "stored"]);
  assert.deepEqual(names(plan([], { effort: "flat" }).general), ["deflate", "zlib", "stored"]);
  assert.deepEqual(plan([]).specialists, []);
  assert.deepEqual(plan([]).claim, { chunkBytes: CHUNK_BYTES, whole: false });
});

test("the first specialist that claims leads; others help if its cut suits them", () => {
  const leader = claiming(100, "leader", { chunkBytes: 1000, whole: false }, false);
  const helper = claiming(101, "helper", { chunkBytes: 2000, whole: false });
  const small = claiming(102, "small", { chunkBytes: 999, whole: false });
  const ordered = claiming(103, "ordered", { chunkBytes: 1000, whole: false }, false);
  const other = claiming(104, "other", undefined);
  const whole = claiming(105, "whole", { chunkBytes: 1000, whole: true }, false);
  const all = [other, leader, helper, small, ordered, whole];
  assert.deepEqual(names(plan(all).specialists), ["leader", "helper", "ordered"]);
  assert.equal(plan(all).claim.chunkBytes, 1000);
  assert.deepEqual(
    names(plan(all, { off: "leader" }).specialists),
    ["helper", "small"].slice(0, 1),
  );
  assert.deepEqual(plan(all, { first: new Uint8Array(0) }).specialists, []);
});

test("a specialist takes part at its efforts, or when it is named", () => {
  const slow: Codec = {
    ...claiming(100, "slow", { chunkBytes: 1000, whole: false }, false),
    efforts: ["dense"],
  };
  const quick = claiming(101, "quick", { chunkBytes: 1000, whole: false }, false);
  const at = (effort: Effort): string[] => names(plan([slow, quick], { effort }).specialists);
  assert.deepEqual(at("dense"), ["slow", "quick"]);
  for (const effort of ["flat", "fast", "default"] as const)
    assert.deepEqual(at(effort), ["quick"]);
  assert.deepEqual(names(plan([slow, quick], { only: "slow" }).specialists), ["slow"]);
  const off = plan([slow, quick], { effort: "dense", off: "slow" });
  assert.deepEqual(names(off.specialists), ["quick"]);
});

test("one codec alone, claimed or not", () => {
  const shy = claiming(100, "shy", undefined);
  const keen = claiming(101, "keen", { chunkBytes: 77, whole: true });
  const alone = plan([shy, keen], { only: "shy" });
  assert.deepEqual(names(alone.specialists), ["shy"]);
  assert.deepEqual(names(alone.general), ["stored"]);
  assert.equal(alone.claim.chunkBytes, CHUNK_BYTES);
  assert.equal(plan([shy, keen], { only: "keen" }).claim.chunkBytes, 77);
  assert.deepEqual(plan([shy], { only: "shy", off: "shy" }).specialists, []);
  assert.deepEqual(plan([shy], { only: "stored" }).specialists, []);
  assert.throws(() => plan([], { only: "none" }), { code: "InvalidArgument" });
  assert.throws(() => plan([], { effort: "most" as "flat" }), { code: "InvalidArgument" });
});

test("a claim outside the limits is that codec's fault, and no claim", () => {
  for (const chunkBytes of [0, -1, 1.5, CHUNK_BYTES_MAXIMUM + 1, Number.NaN]) {
    const blamed: string[] = [];
    const greedy = claiming(100, "greedy", { chunkBytes, whole: false });
    const decided = plan([greedy], {}, (codec, error) => {
      blamed.push(`${codec.name} ${(error as { code: string }).code}`);
    });
    assert.deepEqual(decided.specialists, []);
    assert.deepEqual(blamed, ["greedy ChunkTooLarge"]);
  }
});
