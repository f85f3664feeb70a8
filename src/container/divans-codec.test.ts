import assert from "node:assert/strict";
import { test } from "node:test";
import { filterableBytes } from "../../test/filterable.ts";
import { seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { type Codec, EFFORTS, type Effort } from "../core/codec.ts";
import { sha256 } from "../core/hash.ts";
import { encodeLinear } from "../deflate/index.ts";
import { codeAlone } from "./code-chunk.ts";
import { zlibCodec } from "./deflate-codecs.ts";
import { divansCodecOf } from "./divans-codec.ts";
import { createRegistry } from "./registry.ts";
import { decodeFrame } from "./verify.ts";

/** Units that deflate stands in for, and that tell what they were asked. */
function standIn(): { codec: Codec; asked: { effort: Effort; bytes: number }[] } {
  const asked: { effort: Effort; bytes: number }[] = [];
  const codec = divansCodecOf({
    async encodeUnit(plain, effort) {
      asked.push({ effort, bytes: plain.length });
      return await encodeLinear(plain);
    },
    async measureUnit(plain) {
      asked.push({ effort: "fast", bytes: plain.length });
      return (await encodeLinear(plain)).length;
    },
    async decodeUnit(coded, plainBytes) {
      const whole = { parameters: new Uint8Array(0), payload: coded };
      return await zlibCodec.decode(whole, 1, plainBytes, 0);
    },
  });
  return { codec: { ...codec, id: 905, name: "stand-in" }, asked };
}

function chunkOf(plain: Uint8Array) {
  return { plain, sha256: sha256(plain), last: true };
}

test("a chunk is one unit of the wished effort, behind a filter that fast units measured", async () => {
  const plain = filterableBytes(60_000);
  for (const effort of EFFORTS) {
    const { codec, asked } = standIn();
    const reply = await codeAlone(codec, { effort, filters: true }, chunkOf(plain));
    assert.ok("frame" in reply);
    assert.deepEqual(asked.at(-1), { effort, bytes: plain.length });
    assert.ok(asked.slice(0, -1).every((each) => each.effort === "fast"));
    assert.equal(asked.length > 1, effort !== "flat");
    assert.equal(reply.filter === undefined, effort === "flat");
    assert.ok(equalBytes(await decodeFrame(createRegistry([codec]), reply.frame), plain));
  }
});

test("what looks packed is refused before a unit is coded, but for the shortest", async () => {
  for (const [size, searches] of [
    [1_000_000, false],
    [10_000, false],
    [3_000, true],
  ] as const) {
    const { codec, asked } = standIn();
    const wish = { effort: "dense", filters: true } as const;
    const reply = await codeAlone(codec, wish, chunkOf(seeded(size).bytes(size)));
    assert.ok("refused" in reply && reply.why === "saves too little");
    assert.equal(asked.length > 0, searches, `${size} bytes`);
  }
});
