/** Fuzz: many objects at once over few threads, good and bad codecs, aborts, a switch that is thrown
 * to and fro: what is yielded always decodes to the object's bytes, and nothing stays behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scanObject } from "../../test/codecs/scan.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { CodedChunk, Coder } from "./coder.ts";
import { createCoder } from "./create-coder.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 400 : 25;
const OBJECTS = 8;
const MODULES = [
  new URL("../../test/codecs/misbehaving.ts", import.meta.url),
  new URL("../../test/codecs/scan.ts", import.meta.url),
];
const BAD = ["liar", "trapper", "trapping-reader", "thrower", "refuser", "giant", "scribbler"];

function someObject(random: Random): Uint8Array {
  const kind = random.upTo(10);
  if (kind < 3) return random.content(random.upTo(300_000));
  if (kind < 6) {
    const name = random.pick(["scan", "moody-scan", "big-scan", "choosy-scan"]);
    return scanObject(name, 20 + random.upTo(600_000), random.upTo(9));
  }
  const name = random.pick(BAD) + random.pick(["", "-in-line"]);
  const object = random.content(100 + random.upTo(200_000));
  const hangs = kind === 9 && random.oneIn(4);
  object.set(new TextEncoder().encode(`${(hangs ? "hanger" : name).toUpperCase()}!`));
  return object;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function putAndGet(coder: Coder, object: Uint8Array, random: Random): Promise<void> {
  const abort = new AbortController();
  const leaves = random.oneIn(6);
  const effort = random.pick(["flat", "fast"] as const);
  const chunks: CodedChunk[] = [];
  const known = async (): Promise<boolean> => random.oneIn(4);
  const source = inPieces(object, 1 + random.upTo(90_000));
  try {
    for await (const chunk of coder.encode(source, { effort, known, signal: abort.signal })) {
      chunks.push(chunk);
      if (leaves && random.oneIn(3)) return;
      if (leaves && random.oneIn(3)) abort.abort();
    }
  } catch (error) {
    assert.ok(error instanceof PithError && error.code === "Aborted" && leaves, String(error));
    return;
  }
  let at = 0;
  for (const [i, chunk] of chunks.entries()) {
    const plain = object.subarray(at, at + chunk.plainBytes);
    assert.equal(chunk.index, i);
    assert.equal(chunk.sha256, sha256(plain));
    if (chunk.frame !== undefined) {
      assert.ok(equalBytes(await coder.decode(chunk.frame, chunk.sha256), plain));
    }
    at += chunk.plainBytes;
  }
  assert.equal(at, object.length);
}

test("many objects at once come back whatever the codecs do", async () => {
  const coder = await createCoder({ threads: 2, codecModules: MODULES, timeoutMs: 2_000 });
  try {
    await forSeeds(ROUNDS, async (random) => {
      const puts = Array.from({ length: OBJECTS }, () =>
        putAndGet(coder, someObject(random), seeded(random.upTo(2 ** 31))),
      );
      const name = random.pick(["scan", "zlib", "deflate"]);
      await coder.gate.disable(name);
      await Promise.race(puts);
      await coder.gate.enable(name);
      await Promise.all(puts);
    });
    const { busy, waiting } = coder.stats();
    assert.ok(busy <= 2 && waiting <= OBJECTS, "only what was left behind is still running");
  } finally {
    await coder.close();
  }
});
