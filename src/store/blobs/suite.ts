/**
 * The suite that every blobs driver passes: the contract of blobs.ts as tests.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../test/random.ts";
import { sha256 } from "../../core/hash.ts";
import type { Blobs } from "./blobs.ts";

/** A driver that holds nothing, with what ends it. */
export interface BlobsUnderTest {
  readonly blobs: Blobs;
  readonly end: () => Promise<void>;
}

/** Registers the tests for one driver. */
export function testBlobs(driver: string, open: () => Promise<BlobsUnderTest>): void {
  const blobTest = (what: string, body: (blobs: Blobs) => Promise<void>): void => {
    test(`${driver} blobs: ${what}`, async () => {
      const { blobs, end } = await open();
      try {
        await body(blobs);
      } finally {
        await blobs.close();
        await end();
      }
    });
  };

  blobTest("what is put comes back, at any length", async (blobs) => {
    const random = seeded(1);
    for (const length of [0, 1, 100, 65_536, 4 * 1024 * 1024 + 113]) {
      const bytes = random.bytes(length);
      const name = sha256(bytes);
      assert.equal(await blobs.size(name), undefined);
      await blobs.put(name, bytes);
      assert.equal(await blobs.size(name), length);
      assert.deepEqual(await blobs.get(name), new Uint8Array(bytes));
    }
  });

  blobTest("a missing blob is a typed error, and deleting it is none", async (blobs) => {
    const name = sha256(new Uint8Array(3));
    await assert.rejects(blobs.get(name), { code: "BlobMissing", kind: "corrupt" });
    await blobs.delete(name);
    await blobs.put(name, new Uint8Array(3));
    await blobs.delete(name);
    assert.equal(await blobs.size(name), undefined);
    await assert.rejects(blobs.get(name), { code: "BlobMissing" });
  });

  blobTest("a second put keeps what is there, unless its length is wrong", async (blobs) => {
    const right = new TextEncoder().encode("the right bytes");
    const name = sha256(right);
    const spoilt = new TextEncoder().encode("the WRONG bytes");
    await blobs.put(name, spoilt);
    await blobs.put(name, right);
    assert.deepEqual(await blobs.get(name), spoilt);
    await blobs.put(name, right, true);
    assert.deepEqual(await blobs.get(name), right);
    await blobs.put(name, right.subarray(0, 5), true);
    await blobs.put(name, right);
    assert.deepEqual(await blobs.get(name), right);
  });

  blobTest("a put that replaces does so beside one that does not", async (blobs) => {
    const right = new TextEncoder().encode("the right bytes");
    const name = sha256(right);
    await blobs.put(name, new TextEncoder().encode("the WRONG bytes"));
    const puts = [blobs.put(name, right), blobs.put(name, right, true), blobs.put(name, right)];
    await Promise.all(puts);
    assert.deepEqual(await blobs.get(name), right);
  });

  blobTest("changing the bytes afterwards changes no blob", async (blobs) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const name = sha256(bytes);
    await blobs.put(name, bytes);
    bytes[0] = 9;
    (await blobs.get(name))[1] = 9;
    assert.deepEqual(await blobs.get(name), Uint8Array.of(1, 2, 3));
  });

  blobTest("many puts at once, of the same and of other names", async (blobs) => {
    const random = seeded(2);
    const contents = Array.from({ length: 40 }, () => random.bytes(random.upTo(3000)));
    const thrice = [...contents, ...contents, ...contents];
    await Promise.all(thrice.map((bytes) => blobs.put(sha256(bytes), bytes)));
    for (const bytes of contents) {
      assert.deepEqual(await blobs.get(sha256(bytes)), new Uint8Array(bytes));
    }
  });

  blobTest("a listing has every blob once, in order, page by page", async (blobs) => {
    assert.deepEqual(await blobs.list("", 10), []);
    const random = seeded(3);
    const sizes = new Map<string, number>();
    for (let i = 0; i < 60; i++) {
      const bytes = random.bytes(i);
      sizes.set(sha256(bytes), i);
      await blobs.put(sha256(bytes), bytes);
    }
    const expected = [...sizes].sort().map(([name, bytes]) => ({ name, bytes }));
    for (const limit of [1, 7, 60, 1000]) {
      const listed = [];
      for (let after = ""; ; ) {
        const page = await blobs.list(after, limit);
        assert.ok(page.length <= limit);
        listed.push(...page);
        const last = page.at(-1);
        if (last === undefined) break;
        after = last.name;
      }
      assert.deepEqual(listed, expected);
    }
    assert.deepEqual(await blobs.list("f".repeat(64), 5), []);
    assert.deepEqual(await blobs.list("", 0), []);
  });
}
