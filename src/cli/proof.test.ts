import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { sha256 } from "../core/hash.ts";
import { inflateIterable } from "../deflate/index.ts";
import { type Decode, Proof, proven } from "./proof.ts";

const gunzip: Decode = (coded) => inflateIterable(coded, { format: "gzip" });

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("a decoder that makes other bytes is a failure of the round trip", async () => {
  async function* other(coded: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of coded) yield piece.map((byte) => byte ^ 1);
  }
  const same = (plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => plain;
  const plain = Buffer.from("to be or not to be");
  const bytesProven = async (decode: Decode): Promise<number> => {
    let bytes = 0;
    for await (const piece of proven(inPieces(plain, 5), same, decode)) bytes += piece.length;
    return bytes;
  };
  assert.equal(await bytesProven((coded) => coded), plain.length);
  await assert.rejects(bytesProven(other), { code: "RoundTripFailure" });
});

test("the proof tells what the stream really says", async () => {
  const plain = Buffer.alloc(2_000_000, "something else");
  const proof = new Proof(gunzip);
  for await (const piece of inPieces(gzipSync(plain), 700)) await proof.take(piece);
  assert.equal(await proof.finish(), sha256(plain));
  await proof.abandon();
});

test("the proof of a damaged stream fails, at the latest at its end", async () => {
  const coded = gzipSync(Buffer.from("to be or not to be, ".repeat(50_000)));
  const cut = coded.subarray(0, coded.length - 9);
  const flipped = Buffer.from(coded);
  flipped[coded.length - 6] = (flipped[coded.length - 6] as number) ^ 1;
  for (const [bytes, code] of [
    [cut, "DeflateTruncated"],
    [flipped, "GzipChecksum"],
    [Buffer.concat([coded, Buffer.from("x")]), "TrailingBytes"],
    [deflateRawSync("x"), "GzipHeader"],
  ] as const) {
    const proof = new Proof(gunzip);
    const proving = async (): Promise<string> => {
      for await (const piece of inPieces(bytes, 100)) await proof.take(piece);
      return proof.finish();
    };
    await assert.rejects(proving(), { code });
    await proof.abandon();
  }
});

test("a proof that is given up lets go", async () => {
  const proof = new Proof((coded) => inflateIterable(coded, { format: "zlib" }));
  await proof.take(Uint8Array.of(0x78, 0x9c));
  await proof.abandon();
  await proof.abandon();
});
