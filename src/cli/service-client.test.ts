import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { FAULTS, type FaultCode } from "../core/errors.ts";
import type { PutBody } from "./access.ts";
import { readBuckets, readListing } from "./listing-xml.ts";
import { faultOfAnswer, ServiceClient, type ServiceRequest } from "./service-client.ts";

type Handler = (asked: IncomingMessage, answer: ServerResponse) => void;

/** A service that answers as `handler` says, for as long as `work` runs. */
async function withService(
  handler: Handler,
  work: (client: ServiceClient) => Promise<void>,
  onExpect?: Handler,
): Promise<void> {
  const server = createServer(handler);
  if (onExpect !== undefined) server.on("checkContinue", onExpect);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new ServiceClient(`http://127.0.0.1:${port}`, 2);
  try {
    await work(client);
  } finally {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function bodyOf(pieces: readonly Uint8Array[], bytes?: number): PutBody & { opened: number } {
  const sum = pieces.reduce((total, piece) => total + piece.length, 0);
  return {
    opened: 0,
    bytes: bytes ?? sum,
    async *open() {
      this.opened += 1;
      yield* pieces;
    },
  };
}

async function bytesIn(asked: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const piece of asked) bytes += (piece as Buffer).length;
  return bytes;
}

const xmlOf = (code: FaultCode): string =>
  `<?xml version="1.0"?><Error><Code>${FAULTS[code].s3}</Code>` +
  `<Message>${FAULTS[code].says} (a detail)</Message></Error>`;

const PUT: ServiceRequest = { method: "PUT", path: "/bucket/key" };

test("a fault of the service is the same fault here", () => {
  for (const code of ["NoSuchKey", "BucketNotEmpty", "BlobCorrupt", "DiskFull"] as const) {
    assert.equal(faultOfAnswer(FAULTS[code].http, xmlOf(code), PUT).code, code);
  }
  const detailed = faultOfAnswer(
    400,
    "<Error><Code>InvalidBucketName</Code><Message>not a valid bucket name " +
      "(bucket &quot;A, b&quot;, length 3)</Message></Error>",
    PUT,
  );
  assert.equal(detailed.message, 'not a valid bucket name (bucket "A, b", length 3)');
  const admin = JSON.stringify({ error: "InvalidArgument", message: "x" });
  assert.equal(faultOfAnswer(400, admin, PUT).code, "InvalidArgument");
  const strange = faultOfAnswer(502, "<html>", PUT);
  assert.equal(strange.code, "ServiceFailed");
  assert.equal(strange.facts["status"], 502);
});

test("bodies are streamed with their length, small ones at once, large ones after an answer", async () => {
  const seen: [string | undefined, number][] = [];
  const take: Handler = async (asked, answer) => {
    seen.push([asked.headers.expect, await bytesIn(asked)]);
    answer.end();
  };
  await withService(
    take,
    async (client) => {
      await client.text({ ...PUT, body: bodyOf([]) });
      await client.text({ ...PUT, body: bodyOf([Buffer.alloc(10), Buffer.alloc(5)]) });
      await client.text({ ...PUT, body: bodyOf(Array(3).fill(Buffer.alloc(1 << 20))) });
    },
    (asked, answer) => {
      answer.writeContinue();
      take(asked, answer);
    },
  );
  assert.deepEqual(seen, [
    [undefined, 0],
    [undefined, 15],
    ["100-continue", 3 << 20],
  ]);
});

test("a large body that is refused is never sent", async () => {
  const body = bodyOf([Buffer.alloc(2 << 20)]);
  await withService(
    () => assert.fail("the body was sent"),
    async (client) => {
      await assert.rejects(client.send({ ...PUT, body }), { code: "NoSuchBucket" });
    },
    (_, answer) => answer.writeHead(404).end(xmlOf("NoSuchBucket")),
  );
  assert.equal(body.opened, 0);
});

test("a small body that is refused before it was read is no error of the connection", async () => {
  await withService(
    (asked, answer) => {
      asked.resume();
      answer.writeHead(404).end(xmlOf("NoSuchBucket"));
    },
    async (client) => {
      for (let i = 0; i < 5; i++) {
        const body = bodyOf(Array(8).fill(Buffer.alloc(100_000)));
        await assert.rejects(client.send({ ...PUT, body }), { code: "NoSuchBucket" });
      }
    },
  );
});

test("a busy service is asked again, with the body from its beginning", async () => {
  let tries = 0;
  const body = bodyOf([Buffer.alloc(1000)]);
  await withService(
    async (asked, answer) => {
      assert.equal(await bytesIn(asked), 1000);
      tries += 1;
      if (tries < 3) answer.writeHead(503).end(xmlOf("Overloaded"));
      else answer.end("taken");
    },
    async (client) => assert.equal(await client.text({ ...PUT, body }), "taken"),
  );
  assert.equal(tries, 3);
  assert.equal(body.opened, 3);
});

test("what will not change is not asked again", async () => {
  let tries = 0;
  await withService(
    (_, answer) => {
      tries += 1;
      answer.writeHead(507).end(xmlOf("DiskFull"));
    },
    async (client) => {
      await assert.rejects(client.text({ method: "GET", path: "/" }), { code: "DiskFull" });
    },
  );
  assert.equal(tries, 1);
});

test("bytes that are not as many as announced are an error, also when more come", async () => {
  await withService(
    (asked, answer) => {
      asked.on("error", () => undefined);
      asked.resume().on("end", () => answer.end());
    },
    async (client) => {
      for (const bytes of [10, 30]) {
        const body = bodyOf([Buffer.alloc(20)], bytes);
        await assert.rejects(client.send({ ...PUT, body }), { code: "IncompleteBody" });
      }
    },
  );
});

test("nobody there is said in one line, and addresses are checked", async () => {
  const client = new ServiceClient("http://127.0.0.1:1", 1);
  await assert.rejects(client.text({ method: "GET", path: "/" }), {
    code: "ServerUnreachable",
    message: /nobody listens there/,
  });
  client.close();
  for (const server of ["", "127.0.0.1:7484", "ftp://a", "https://a"]) {
    assert.throws(() => new ServiceClient(server, 1), { code: "BadUsage" });
  }
});

test("listings keep every key, whatever is in it", () => {
  const keys = ["a b+c", "x\u0001\n", "<&>\"'", "写真/1 %2F.jpg", "0012", "true", " lead "];
  const xml =
    `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    keys
      .map(
        (key) =>
          `<Contents><Key>${encodeURIComponent(key)}</Key><Size>7</Size>` +
          `<ETag>&quot;abc&quot;</ETag><LastModified>2026-11-21T08:00:00.000Z</LastModified></Contents>`,
      )
      .join("") +
    `<CommonPrefixes><Prefix>p%20q/</Prefix></CommonPrefixes>` +
    `<IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1</NextContinuationToken></ListBucketResult>`;
  const listing = readListing(xml);
  assert.deepEqual(
    listing.objects.map(({ key }) => key),
    keys,
  );
  assert.deepEqual(listing.objects[0], {
    key: "a b+c",
    bytes: 7,
    etag: "abc",
    modifiedMs: Date.UTC(2026, 10, 21, 8),
  });
  assert.deepEqual(listing.prefixes, ["p q/"]);
  assert.equal(listing.next, "t&1");
  const empty = readListing(
    "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
  );
  assert.deepEqual(empty, { objects: [], prefixes: [], next: undefined });
  assert.throws(() => readListing("<html></html>"), { code: "ServiceFailed" });
  assert.throws(() => readListing("not XML"), { code: "ServiceFailed" });
});

test("buckets are read, none and several", () => {
  const one = (name: string): string =>
    `<Bucket><Name>${name}</Name><CreationDate>2026-11-21T08:00:00.000Z</CreationDate></Bucket>`;
  const xml = (buckets: string): string =>
    `<ListAllMyBucketsResult><Buckets>${buckets}</Buckets></ListAllMyBucketsResult>`;
  assert.deepEqual(readBuckets(xml("")), []);
  const names = readBuckets(xml(one("a") + one("0b"))).map(({ name }) => name);
  assert.deepEqual(names, ["a", "0b"]);
});
