/**
 * The S3 door against bytes that no client library would send: wrong lengths, wrong checksums,
 * broken encodings, hostile addresses, and random requests. Every one gets an answer or a closed
 * connection, and the service goes on.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import { crc32 } from "node:zlib";
import { writeChunked } from "../aws-chunked.ts";
import { forSeeds } from "../random.ts";
import { exchangeRaw, parseAnswers, type RawAnswer } from "../raw-http.ts";
import { tryRequest } from "../raw-requests.ts";
import { startTestService, type TestService } from "../service.ts";

const TEXT = Buffer.from("hello, world");
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("base64");
const crc = (bytes: Uint8Array): string => {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value.toString("base64");
};

async function photos(context: TestContext): Promise<TestService> {
  const service = await startTestService(context, { logLevel: "warn" });
  await fetch(`${service.url}/photos`, { method: "PUT" });
  return service;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array | string;
  /** Half-closes after the body. */
  readonly end?: boolean;
}

/** Sends one request as it is told, with nothing added but Host, and gives the answer. */
async function send(service: TestService, request: Sent): Promise<RawAnswer> {
  const { method = "PUT", path = "/photos/k", headers = {}, body = "", end = false } = request;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines.join("")}\r\n`;
  const { received, closed } = await exchangeRaw(service.port, [head, body], { end });
  assert.equal(closed, true);
  const [answer] = parseAnswers(received);
  assert.ok(answer !== undefined, "there is an answer");
  return answer;
}

/** What an answer comes to: its status, and the code of its error. */
function outcome({ status, body }: RawAnswer): string {
  const code = /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1];
  return code === undefined ? String(status) : `${status} ${code}`;
}

async function stored(service: TestService, key = "k"): Promise<string | undefined> {
  const answer = await fetch(`${service.url}/photos/${key}`);
  const text = await answer.text();
  return answer.status === 200 ? text : undefined;
}

const length = TEXT.length;

test("bodies are taken as announced, or not at all", async (t) => {
  const service = await photos(t);
  const chunked = "transfer-encoding";
  const hex = length.toString(16);
  const cases: [expected: string, request: Sent][] = [
    ["411 MissingContentLength", {}],
    ["400 IncompleteBody", { headers: { "content-length": length + 1 }, body: TEXT, end: true }],
    [
      "400 BadDigest",
      { headers: { "content-length": length, "content-md5": md5(Buffer.from("x")) }, body: TEXT },
    ],
    [
      "400 InvalidDigest",
      { headers: { "content-length": length, "content-md5": "?" }, body: TEXT },
    ],
    [
      "400 BadDigest",
      { headers: { "content-length": length, "x-amz-checksum-crc32": "AAAAAA==" }, body: TEXT },
    ],
    [
      "400 InvalidArgument",
      { headers: { "content-length": length, "x-amz-checksum-crc99": "AA==" }, body: TEXT },
    ],
    [
      "400 XAmzContentSHA256Mismatch",
      { headers: { "content-length": length, "x-amz-content-sha256": "0".repeat(64) }, body: TEXT },
    ],
    ["400 EntityTooLarge", { headers: { "content-length": 6 * 2 ** 40 } }],
    [
      "400 IncompleteBody",
      { headers: { [chunked]: "chunked" }, body: `${hex}\r\n${TEXT}`, end: true },
    ],
    [
      "501 NotImplemented",
      { headers: { [chunked]: "gzip, chunked" }, body: `${hex}\r\n${TEXT}\r\n0\r\n\r\n` },
    ],
    [
      "501 NotImplemented",
      { path: "/photos/k?tagging", headers: { "content-length": length }, body: TEXT },
    ],
    ["501 NotImplemented", { headers: { "content-length": 0, "x-amz-copy-source": "/photos/k" } }],
    ["404 NoSuchBucket", { path: "/absent/k", headers: { "content-length": length }, body: TEXT }],
  ];
  for (const [expected, request] of cases) {
    assert.equal(outcome(await send(service, request)), expected, JSON.stringify(request));
    assert.equal(await stored(service), undefined);
  }
  const right: Sent[] = [
    { headers: { "content-length": length }, body: TEXT },
    { headers: { [chunked]: "chunked" }, body: `${hex}\r\n${TEXT}\r\n0\r\n\r\n` },
    { headers: { "content-length": length, "content-md5": md5(TEXT) }, body: TEXT },
    { headers: { "content-length": length, "x-amz-content-sha256": sha256(TEXT) }, body: TEXT },
    { headers: { "content-length": length, "x-amz-checksum-crc32": crc(TEXT) }, body: TEXT },
    { headers: { "content-length": length, expect: "something" }, body: TEXT },
    {
      headers: { "content-length": length, authorization: "AWS4-HMAC-SHA256 nonsense" },
      body: TEXT,
    },
  ];
  for (const [i, request] of right.entries()) {
    assert.equal(outcome(await send(service, { ...request, path: `/photos/k${i}` })), "200");
    assert.equal(await stored(service, `k${i}`), TEXT.toString());
  }
});

test("aws-chunked bodies are decoded and proved, signed or not", async (t) => {
  const service = await photos(t);
  const trailer = { "x-amz-checksum-crc32": crc(TEXT) };
  const parts = [TEXT.subarray(0, 5), TEXT.subarray(5)];
  const unsigned = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "content-encoding": "aws-chunked",
    "x-amz-trailer": "x-amz-checksum-crc32",
    "x-amz-decoded-content-length": length,
  };
  const chunked = (body: Uint8Array | string, headers: object = {}): Sent => ({
    headers: { ...unsigned, ...headers, "content-length": body.length },
    body,
  });
  const good = writeChunked(parts, trailer);
  const signature = `;chunk-signature=${"f".repeat(64)}`;
  const signed = `c${signature}\r\n${TEXT}\r\n0${signature}\r\n\r\n`;
  const signedHeaders = {
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-trailer": "",
    "content-encoding": "aws-chunked,gzip",
  };
  const signedTrailer = `c${signature}\r\n${TEXT}\r\n0${signature}\r\nx-amz-checksum-crc32:${crc(TEXT)}\r\nx-amz-trailer-signature:${"f".repeat(64)}\r\n\r\n`;
  const signedTrailerHeaders = {
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  };
  for (const [i, request] of [
    chunked(good),
    chunked(signed, signedHeaders),
    chunked(signedTrailer, signedTrailerHeaders),
  ].entries()) {
    const answer = await send(service, { ...request, path: `/photos/k${i}` });
    assert.equal(outcome(answer), "200", String(i));
    const back = await send(service, { method: "GET", path: `/photos/k${i}` });
    assert.equal(back.body.toString(), TEXT.toString());
    assert.equal(back.headers.get("content-encoding"), i === 1 ? "gzip" : undefined);
  }
  const wrong: [expected: string, request: Sent][] = [
    ["400 BadDigest", chunked(writeChunked(parts, { "x-amz-checksum-crc32": "AAAAAA==" }))],
    ["400 InvalidDigest", chunked(writeChunked(parts, { "x-amz-checksum-crc32": "x" }))],
    ["400 InvalidRequest", chunked(writeChunked(parts, {}))],
    ["400 InvalidRequest", chunked(good, { "x-amz-trailer": "" })],
    ["400 IncompleteBody", chunked(good, { "x-amz-decoded-content-length": length + 1 })],
    ["400 InvalidRequest", chunked(good, { "x-amz-decoded-content-length": length - 1 })],
    ["400 InvalidArgument", chunked(good, { "x-amz-decoded-content-length": "x" })],
    ["400 IncompleteBody", chunked(good.subarray(0, good.length - 4))],
    ["400 IncompleteBody", chunked(TEXT)],
    ["400 InvalidRequest", chunked(`${TEXT}\r\n`)],
    ["400 IncompleteBody", chunked("")],
  ];
  for (const [expected, request] of wrong) {
    assert.equal(outcome(await send(service, request)), expected);
    assert.equal(await stored(service), undefined);
  }
});

test("hostile addresses are refused or are ordinary keys", async (t) => {
  const service = await photos(t);
  const body = { headers: { "content-length": 1 }, body: "x" };
  const cases: [expected: string, path: string][] = [
    ["200", "/photos/../../../etc/passwd"],
    ["200", `/photos/${"a".repeat(1024)}`],
    ["200", "/photos/%20"],
    ["200", "http://localhost/photos/absolute"],
    ["400 KeyTooLongError", `/photos/${"a".repeat(1025)}`],
    ["400 InvalidArgument", "/photos/%00"],
    ["400 InvalidURI", "/photos/%ff"],
    ["400 InvalidURI", "/photos/%2"],
    ["400", "photos/k"],
    ["400 InvalidBucketName", "//k"],
    ["400 InvalidBucketName", "/a/k"],
    ["400 InvalidBucketName", "/../k"],
    ["400 InvalidBucketName", "/%70hotos%2f/k"],
    ["400 InvalidArgument", "/photos/k?a=1&a=2"],
    ["400", "/photos/a b"],
    ["400", "/photos/a\xc3\xbc"],
  ];
  for (const [expected, path] of cases) {
    const actual = outcome(await send(service, { ...body, path }));
    assert.ok(actual.startsWith(expected), `${path.slice(0, 60)}: ${actual}`);
  }
  assert.equal(
    (await send(service, { method: "GET", path: "/photos/../../../etc/passwd" })).body.toString(),
    "x",
  );
});

test("a request names its host once, unless it is of HTTP/1.0", async (t) => {
  const { port } = await photos(t);
  const own = "Host: localhost\r\n";
  for (const [expected, version, hosts] of [
    ["200", "1.1", own],
    ["200", "1.0", ""],
    ["400 InvalidRequest", "1.1", ""],
    ["400 InvalidRequest", "1.1", own + own],
    ["400 InvalidRequest", "1.1", `${own}Host: evil.example\r\n`],
    ["400 InvalidRequest", "1.0", `${own}hOST: localhost\r\n`],
  ] as const) {
    const head = `GET /photos?list-type=2 HTTP/${version}\r\n${hosts}Connection: close\r\n\r\n`;
    const [answer] = parseAnswers((await exchangeRaw(port, [head])).received);
    assert.ok(answer !== undefined, "there is an answer");
    assert.equal(outcome(answer), expected, JSON.stringify(head));
  }
});

test("batch deletes prove their body, and refuse what is not one", async (t) => {
  const service = await photos(t);
  await send(service, { headers: { "content-length": length }, body: TEXT });
  const xml = "<Delete><Object><Key>k</Key></Object></Delete>";
  const post = (body: string, headers: object = {}): Sent => ({
    method: "POST",
    path: "/photos?delete",
    headers: { "content-length": Buffer.byteLength(body), ...headers },
    body: Buffer.from(body),
  });
  for (const [expected, request] of [
    ["400 BadDigest", post(xml, { "content-md5": md5(TEXT) })],
    ["400 BadDigest", post(xml, { "x-amz-checksum-crc32": "AAAAAA==" })],
    ["400 MalformedXML", post("<Delete>")],
    ["400 MalformedXML", post("")],
    ["400 MalformedXML", post(`<!DOCTYPE x [<!ENTITY a "b">]>${xml}`)],
    ["400 EntityTooLarge", post(xml, { "content-length": 3_000_000 })],
    ["404 NoSuchBucket", { ...post(xml), path: "/absent?delete" }],
    ["403 AccessDenied", post(xml, { origin: "http://evil.example" })],
  ] as const) {
    assert.equal(outcome(await send(service, request)), expected);
    assert.equal(await stored(service), TEXT.toString());
  }
  const mixed =
    "<Delete><Object><Key>k</Key><ETag>0</ETag></Object><Object><Key>v</Key><VersionId>1</VersionId></Object><Object><Key>none</Key></Object></Delete>";
  const answer = await send(service, post(mixed, { "content-md5": md5(Buffer.from(mixed)) }));
  const text = answer.body.toString();
  assert.match(text, /<Error><Key>k<\/Key><Code>PreconditionFailed<\/Code>/);
  assert.match(text, /<Error><Key>v<\/Key><Code>NotImplemented<\/Code>/);
  assert.match(text, /<Deleted><Key>none<\/Key><\/Deleted>/);
  assert.equal(outcome(await send(service, post(xml))), "200");
  assert.equal(await stored(service), undefined);
});

test("errors are XML with the request's id, and none for HEAD", async (t) => {
  const service = await photos(t);
  const answer = await send(service, { method: "GET", path: "/photos/a%26b" });
  assert.equal(answer.headers.get("content-type"), "application/xml");
  const id = answer.headers.get("x-amz-request-id");
  assert.match(id ?? "", /^[0-9A-F]{16}$/);
  const text = answer.body.toString();
  assert.ok(text.includes("<Resource>/photos/a%26b</Resource>"));
  assert.ok(text.includes(`<RequestId>${id}</RequestId>`));
  const head = await send(service, { method: "HEAD" });
  assert.deepEqual([head.status, head.body.length], [404, 0]);
  const patch = await send(service, { method: "PATCH" });
  assert.deepEqual([patch.status, patch.headers.get("allow")], [405, "PUT, GET, HEAD, DELETE"]);
  const range = await send(service, { headers: { "content-length": length }, body: TEXT }).then(
    () => send(service, { method: "GET", headers: { range: "bytes=99-" } }),
  );
  assert.deepEqual([range.status, range.headers.get("content-range")], [416, `bytes */${length}`]);
});

test("random requests get answers, and the service goes on", async (t) => {
  const service = await photos(t);
  await send(service, { headers: { "content-length": length }, body: TEXT, path: "/photos/kept" });
  await forSeeds(150, (random) => tryRequest(service.port, random));
  assert.equal(await stored(service, "kept"), TEXT.toString());
  const health = await fetch(`${service.url}/-/health`);
  assert.equal(health.status, 200, await health.text());
  const alarms = service.log.filter(({ alarm }) => alarm === true);
  assert.deepEqual(alarms, []);
});
