/**
 * Photos through the running service: put, read whole and in ranges across the borders of chunks,
 * and the table that tells an operator what became of them.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { CHUNK_BYTES } from "../../src/core/limits.ts";
import { corpusFile, withoutCorpus } from "../corpus.ts";
import { startTestService, type TestService } from "../service.ts";

interface Stats {
  readonly plainBytes: number;
  readonly storedBytes: number;
  readonly codecs: readonly { name: string; chunks: number }[];
  readonly codecOutcomes: readonly {
    codec: string;
    outcome: string;
    code: string;
    chunks: number;
  }[];
  readonly faults: Readonly<Record<string, number>>;
}

async function photos(context: TestContext): Promise<TestService> {
  const service = await startTestService(context, { logLevel: "warn" });
  const { status } = await fetch(`${service.url}/photos`, { method: "PUT" });
  assert.equal(status, 200);
  return service;
}

async function put({ url }: TestService, key: string, body: Uint8Array): Promise<void> {
  const answer = await fetch(`${url}/photos/${key}`, { method: "PUT", body: new Uint8Array(body) });
  assert.equal(answer.status, 200, await answer.text());
}

async function get({ url }: TestService, key: string, range?: [number, number]) {
  const headers = range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` };
  const answer = await fetch(`${url}/photos/${key}`, { headers });
  assert.equal(answer.status, range === undefined ? 200 : 206);
  return new Uint8Array(await answer.arrayBuffer());
}

async function assertComesBack(service: TestService, key: string, plain: Uint8Array) {
  assert.ok(equalBytes(await get(service, key), plain), key);
  const last = plain.length - 1;
  const ranges: [number, number][] = [
    [0, 0],
    [last, last],
    [last >> 1, (last >> 1) + 999],
  ];
  for (let border = CHUNK_BYTES; border < plain.length; border += CHUNK_BYTES) {
    ranges.push([border - 1, border]);
  }
  for (const [first, end] of ranges) {
    const part = await get(service, key, [first, end]);
    assert.ok(equalBytes(part, plain.subarray(first, end + 1)), `${key}, ${first} to ${end}`);
  }
}

async function statsOf({ url }: TestService): Promise<Stats> {
  return (await (await fetch(`${url}/-/stats`)).json()) as Stats;
}

/** All others of the corpus go the same way in test/full/lepton-service.test.ts. */
const COMING: readonly string[] = [
  "photos/canon-ixus-300.jpg",
  "vectors/iphoneprogressive.jpg",
  "vectors/grayscale.jpg",
  "large/rhythm-baseline-restart.jpg",
];

test("photos shrink in the store and come back, whole and in ranges", {
  skip: withoutCorpus,
}, async (context) => {
  const service = await photos(context);
  for (const name of COMING) {
    const plain = corpusFile(`jpeg/${name}`);
    const key = name.replace("/", "-");
    await put(service, key, plain);
    await assertComesBack(service, key, plain);
  }
  const { plainBytes, storedBytes, faults } = await statsOf(service);
  assert.ok(storedBytes < 0.8 * plainBytes, `${storedBytes} of ${plainBytes}`);
  assert.deepEqual(faults, {});
  const again = await service.restart();
  const name = COMING[3] as string;
  await assertComesBack(again, name.replace("/", "-"), corpusFile(`jpeg/${name}`));
  assert.equal(again.log.filter((line) => line["alarm"] === true).length, 0);
});

test("the service counts what Lepton took and refused, by name, and raises no alarm", {
  skip: withoutCorpus,
}, async (context) => {
  const service = await photos(context);
  const files = [
    "photos/apple-iphone-4.jpg",
    "vectors/androidprogressive.jpg",
    "vectors/fourcolorchannels.jpg",
    "vectors/arithmetic.jpg",
    "hostile/rst-wrong-number.jpg",
    "hostile/sampling-4x1-1x1-1x1.jpg",
    "hostile/text.jpg",
  ];
  for (const [i, name] of files.entries()) await put(service, `k${i}`, corpusFile(`jpeg/${name}`));
  const { codecOutcomes, faults } = await statsOf(service);
  const lepton = codecOutcomes.filter(({ codec }) => codec === "lepton");
  assert.deepEqual(
    lepton.map(({ outcome, code, chunks }) => `${outcome} ${code} ${chunks}`),
    [
      "coded Success 2",
      "refused InvalidResetCode 1",
      "refused SamplingBeyondTwoUnsupported 1",
      "refused Unsupported4Colors 1",
      "refused UnsupportedJpeg 1",
    ],
  );
  assert.deepEqual(faults, {});
  const page = await (await fetch(`${service.url}/-/metrics`)).text();
  const line =
    'pith_codec_events_total{codec="lepton",outcome="refused",code="Unsupported4Colors"} 1';
  assert.ok(page.includes(line));
  assert.equal(service.log.filter((one) => one["alarm"] === true).length, 0);
});
