import assert from "node:assert/strict";
import { test } from "node:test";
import { tryChunked, writeChunked } from "../../../test/aws-chunked.ts";
import { forSeeds } from "../../../test/random.ts";
import { concatenate } from "../../core/bytes.ts";
import { CHUNKED_LINE_BYTES_MAXIMUM, CHUNKED_TRAILER_BYTES_MAXIMUM } from "../../core/limits.ts";
import { chunkedReader } from "./chunked.ts";

const SIGNATURE = `;chunk-signature=${"a".repeat(64)}`;

function readAll(pieces: Iterable<Uint8Array>): [Uint8Array, ReadonlyMap<string, string>] {
  const reader = chunkedReader();
  const plain: Uint8Array[] = [];
  for (const piece of pieces) plain.push(...reader.push(piece));
  return [concatenate(plain), reader.finish()];
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

test("every cut of a body gives the same bytes and trailers", () => {
  const body = bytes(
    `5${SIGNATURE}\r\nhello\r\n1;x=y\r\n!\r\n0${SIGNATURE}\r\nx-amz-checksum-crc32: AAAAAA==\r\nX-Other:\tb \r\n\r\n`,
  );
  const want = new Map([
    ["x-amz-checksum-crc32", "AAAAAA=="],
    ["x-other", "b"],
  ]);
  for (let first = 0; first <= body.length; first++) {
    for (let second = first; second <= body.length; second += 7) {
      const [plain, trailers] = readAll([
        body.subarray(0, first),
        body.subarray(first, second),
        body.subarray(second),
      ]);
      assert.equal(Buffer.from(plain).toString(), "hello!");
      assert.deepEqual(trailers, want);
    }
  }
});

test("every body that ends early is incomplete", () => {
  const body = bytes("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n");
  for (let length = 0; length < body.length; length++) {
    assert.throws(
      () => readAll([body.subarray(0, length)]),
      { code: "IncompleteBody" },
      `${length}`,
    );
  }
  readAll([body]);
});

test("a body without bytes, without trailers, with bare line feeds", () => {
  assert.deepEqual(readAll([bytes("0\r\n\r\n")]), [new Uint8Array(0), new Map()]);
  const [, trailers] = readAll([bytes("0\r\na:b\n\n")]);
  assert.equal(trailers.get("a"), "b");
});

test("broken encodings are refused", () => {
  const long = "a".repeat(CHUNKED_LINE_BYTES_MAXIMUM + 1);
  const trailer = (i: number): string => `a${i}:${"b".repeat(1000)}\r\n`;
  const trailers = Math.ceil(CHUNKED_TRAILER_BYTES_MAXIMUM / 1000);
  const bodies = [
    "x\r\n",
    "\r\n",
    "-1\r\n",
    "0x5\r\nhello\r\n",
    "5 \r\nhello\r\n",
    "5\r\nhelloX\r\n",
    "5\r\nhello\rX",
    "ffffffffffffffff\r\n",
    "11111111111111111\r\n",
    `5;${long}\r\n`,
    long,
    "0\r\n\r\nx",
    "0\r\nno colon\r\n\r\n",
    "0\r\n: b\r\n\r\n",
    "0\r\na:\x00\r\n\r\n",
    "0\r\na:b\r\nA:c\r\n\r\n",
    `0\r\n${Array.from({ length: trailers }, (_, i) => trailer(i)).join("")}\r\n`,
  ];
  for (const body of bodies) {
    assert.throws(() => readAll([bytes(body)]), { code: "BadRequest" }, body.slice(0, 40));
  }
});

test("bytes are handed out as views, not copies", () => {
  const body = bytes("5\r\nhello\r\n0\r\n\r\n");
  const [view] = chunkedReader().push(body);
  assert.equal(view?.buffer, body.buffer);
});

test("what is written comes back in any cuts, and damage gives typed errors", () =>
  forSeeds(300, tryChunked));

test("writing gives what the protocol shows", () => {
  const text = Buffer.from(writeChunked([bytes("ab")], { a: "b" })).toString();
  assert.equal(text, "2\r\nab\r\n0\r\na:b\r\n\r\n");
});
