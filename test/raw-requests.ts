/**
 * Random requests for tests: they begin sensibly and go wrong somewhere. Each one gets well-formed
 * answers, none of them a 500, and then its connection ends.
 */
import assert from "node:assert/strict";
import type { Random } from "./random.ts";
import { exchangeRaw, parseAnswers } from "./raw-http.ts";

const METHODS = [
  "GET",
  "GET",
  "PUT",
  "PUT",
  "HEAD",
  "POST",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "get",
  "",
] as const;
const PATHS = [
  "/",
  "/photos",
  "/photos/k",
  "/photos/a%2Fb",
  "/photos/%",
  "/photos?delete",
  "/photos?list-type=2",
  "/photos?list-type=2&max-keys=x",
  "/photos/k?uploads",
  "/-/stats",
  "/-/gate/disable/x",
  "//",
  "*",
  "",
  "/absent/k",
  "/photos/\xff",
  "/photos?list-type=2&continuation-token=AAAA&delimiter=%2F",
] as const;
const HEADERS = [
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: 50",
  "Content-Length: -5",
  "Content-Length: 5, 5",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip",
  "Expect: 100-continue",
  "Range: bytes=0-3",
  "Range: bytes=-",
  "If-Match: *",
  "If-None-Match: *",
  "If-Modified-Since: never",
  "Content-MD5: AAAA",
  "x-amz-checksum-crc32: AAAAAA==",
  "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "x-amz-decoded-content-length: 5",
  "x-amz-trailer: x-amz-checksum-crc32c",
  "Content-Encoding: aws-chunked",
  "x-amz-meta-: x",
  "x-amz-meta-__proto__: x",
  "Host: other",
  "Connection: upgrade\r\nUpgrade: websocket",
  "x-pith-admin: 1",
  "Bad Header: x",
  ": x",
] as const;
const BODIES = [
  "",
  "hello",
  "5\r\nhello\r\n0\r\n\r\n",
  "5\r\nhel",
  "<Delete><Object><Key>k</Key></Object></Delete>",
  "\0\0\0\0\0\0\0\0",
] as const;

/** Sends one random request and checks what comes back. */
export async function tryRequest(port: number, random: Random): Promise<void> {
  const method = random.pick(METHODS);
  const headers = Array.from({ length: random.upTo(5) }, () => random.pick(HEADERS));
  const first = `${method} ${random.pick(PATHS)} HTTP/1.${random.upTo(2)}`;
  let text = [first, "Host: localhost", ...headers, "", random.pick(BODIES)].join("\r\n");
  for (let i = random.upTo(4); i > 0; i--) {
    const at = random.upTo(text.length);
    const scrap = random.pick(["", "\r\n", " ", "\0", "%", ":", "\xff", "x"]);
    text = text.slice(0, at) + scrap + text.slice(at + random.upTo(3));
  }
  const { received, closed } = await exchangeRaw(port, [text], { end: true });
  assert.equal(closed, true, JSON.stringify(text));
  for (const { status } of parseAnswers(received)) {
    const told = `${status} for ${JSON.stringify(text)}`;
    assert.ok(status < 500 || status === 501, told);
  }
}
