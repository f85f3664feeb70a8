/** Fuzz: any bytes give records or a typed fault; any records come back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { packHeader, unpackHeader } from "./dense-header.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 20_000 : 500;
const LIMIT = 100_000;

test("any records come back", async () => {
  await forSeeds(ROUNDS, async (random) => {
    const records = random.content(random.upTo(4000));
    const restoreJpeg = async (coded: Uint8Array) => coded.map((byte) => byte ^ 1);
    const coded = await packHeader(records);
    assert.ok(equalBytes(await unpackHeader(coded, records.length, { restoreJpeg }), records));
  });
});

test("any bytes are read or refused", async () => {
  const restoreJpeg = async (coded: Uint8Array): Promise<Uint8Array> => coded;
  await forSeeds(ROUNDS, async (random) => {
    const coded = random.oneIn(2)
      ? random.bytes(random.upTo(300))
      : Uint8Array.from(await packHeader(random.content(random.upTo(2000))));
    for (let i = random.upTo(4); i > 0 && coded.length > 0; i--) {
      coded[random.upTo(coded.length)] = random.upTo(256);
    }
    try {
      assert.ok((await unpackHeader(coded, LIMIT, { restoreJpeg })).length <= LIMIT);
    } catch (error) {
      assert.ok(error instanceof PithError && ["input", "limit"].includes(error.kind), `${error}`);
    }
  });
});
