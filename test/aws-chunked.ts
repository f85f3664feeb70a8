/**
 * Random `aws-chunked` bodies for tests: in random cuts they come back, and random damage gives a
 * typed error or other bytes, never more bytes than came in.
 */
import assert from "node:assert/strict";
import { concatenate } from "../src/core/bytes.ts";
import { PithError } from "../src/core/errors.ts";
import { chunkedReader } from "../src/service/s3/chunked.ts";
import type { Random } from "./random.ts";

/** Parts and trailers as a client writes them, without signatures. */
export function writeChunked(
  parts: readonly Uint8Array[],
  trailers: Readonly<Record<string, string>>,
): Uint8Array {
  const text = (line: string): Uint8Array => Buffer.from(line, "latin1");
  const pieces = parts
    .filter((part) => part.length > 0)
    .flatMap((part) => [text(`${part.length.toString(16)}\r\n`), part, text("\r\n")]);
  const lines = Object.entries(trailers).map(([name, value]) => text(`${name}:${value}\r\n`));
  return concatenate([...pieces, text("0\r\n"), ...lines, text("\r\n")]);
}

/** One random body, sound and damaged. */
export function tryChunked(random: Random): void {
  const parts = Array.from({ length: random.upTo(5) }, () => random.bytes(random.upTo(300)));
  const body = writeChunked(parts, random.oneIn(2) ? { "x-amz-checksum-crc32": "AAAAAA==" } : {});
  const [plain] = readCut(body, random);
  assert.deepEqual(plain, concatenate(parts));

  const damaged = Uint8Array.from(body);
  for (let i = random.upTo(4); i >= 0; i--) damaged[random.upTo(damaged.length)] = random.upTo(256);
  try {
    const [other] = readCut(damaged, random);
    assert.ok(other.length <= damaged.length);
  } catch (error) {
    assert.ok(error instanceof PithError && error.kind === "input", String(error));
  }
}

function readCut(body: Uint8Array, random: Random): [Uint8Array, ReadonlyMap<string, string>] {
  const reader = chunkedReader();
  const plain: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    const end = Math.min(body.length, at + 1 + random.upTo(40));
    plain.push(...reader.push(body.subarray(at, end)));
    at = end;
  }
  return [concatenate(plain), reader.finish()];
}
