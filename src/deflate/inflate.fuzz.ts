/** Fuzz: mutated deflate, gzip and zlib are taken and refused as zlib does, by every engine. */
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { forSeeds } from "../../test/random.ts";
import { concatenate } from "../core/bytes.ts";
import type { InflateEngine } from "./inflate-engine.ts";
import { portableEngine } from "./inflate-portable.ts";
import { zlibEngine, zlibWholeEngine } from "./inflate-zlib.ts";
import { compareEngines, compareWithZlib } from "./suite.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 100_000 : 10_000;
const ENGINES = [zlibEngine as InflateEngine, zlibWholeEngine as InflateEngine, portableEngine];

test("portable inflate and zlib agree on mutated streams", async () => {
  await forSeeds(ROUNDS, (random) => compareWithZlib(portableEngine, random));
});

test("the engine over zlib's streams agrees with zlib in one call", async () => {
  await forSeeds(ROUNDS / 10, (random) => compareWithZlib(ENGINES[0] as InflateEngine, random));
});

test("both engines agree on mutated gzip and zlib files", async () => {
  await forSeeds(ROUNDS / 10, async (random) => {
    const plain = random.content(random.upTo(400));
    const gzip = concatenate([gzipSync(plain), gzipSync(plain.subarray(0, 20)), new Uint8Array(3)]);
    await compareEngines(ENGINES, random.oneIn(2) ? gzip : deflateSync(plain), random);
  });
});
