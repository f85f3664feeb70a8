import assert from "node:assert/strict";
import { test } from "node:test";
import type { FaultCode } from "../core/errors.ts";
import { openMetrics, type Readings } from "./metrics.ts";

const NOTHING: Readings = {
  totals: {
    buckets: 0,
    objects: 0,
    objectBytes: 0,
    chunks: 0,
    chunkBytes: 0,
    blobs: 0,
    blobBytes: 0,
    awaiting: 0,
    codecs: [],
  },
  recoding: undefined,
  nameStored: ({ codec, codecVersion }) => ({
    codec: `codec ${codec}`,
    version: 1,
    filter: codecVersion > 256 ? "x86" : undefined,
  }),
  disabledCodecs: [],
  knownCodecs: [],
  jobsRunning: 0,
  jobsWaiting: 0,
  workersReplaced: 0,
  transfers: { puts: { running: 0, waiting: 0 }, gets: { running: 0, waiting: 0 } },
};

test("how far a recoding is can be read", async () => {
  const metrics = openMetrics("1.2.3");
  const counts = { objects: 9, objectBytes: 900, chunks: 12, rewritten: 4, kept: 2, skipped: 5 };
  const bytes = { plainBytes: 600, bytesBefore: 300, bytesAfter: 200 };
  const recoding = {
    state: "running",
    wish: { effort: "dense" },
    pace: { bytesPerSecond: undefined, idle: true },
    dryRun: false,
    background: true,
    after: undefined,
    counts: { ...counts, ...bytes, failed: { BlobCorrupt: 1 } },
    startedMs: 1,
    notedMs: 2,
  } as const;
  const { text } = await metrics.page({ ...NOTHING, recoding });
  for (const line of [
    "pith_recode_running 1",
    "pith_recode_objects 9",
    'pith_recode_chunks{outcome="rewritten"} 4',
    'pith_recode_chunks{outcome="skipped"} 5',
    'pith_recode_failed_objects{code="BlobCorrupt"} 1',
    'pith_recode_bytes{when="before"} 300',
    'pith_recode_bytes{when="after"} 200',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
  const ended = { ...recoding, state: "done", counts: { ...recoding.counts, failed: {} } } as const;
  const after = (await metrics.page({ ...NOTHING, recoding: ended })).text;
  assert.ok(after.includes("\npith_recode_running 0\n") && !after.includes("BlobCorrupt"));
});

test("a codec that lies counts as a fault of kind bug, one that refuses does not", async () => {
  const metrics = openMetrics("1.2.3");
  const events: [codec: string, outcome: "refused" | "failed", code: FaultCode][] = [
    ["zlib", "refused", "CodecRefused"],
    ["zlib", "failed", "RoundTripFailure"],
    ["zlib", "failed", "RoundTripFailure"],
    ["lepton", "refused", "UnsupportedJpeg"],
    ["lepton", "refused", "RoundTripFailure"],
    ["lepton", "refused", "TooMuchMemoryNeeded"],
  ];
  for (const [codec, outcome, code] of events) {
    metrics.codecEvent({ codec, outcome, code, why: "" });
  }
  metrics.codecEvent({ codec: "lepton", outcome: "coded" });
  metrics.fault("NoSuchKey");
  assert.deepEqual(metrics.faults(), { RoundTripFailure: 2, NoSuchKey: 1 });
  const { text } = await metrics.page(NOTHING);
  for (const line of [
    'pith_codec_events_total{codec="zlib",outcome="refused",code="CodecRefused"} 1',
    'pith_codec_events_total{codec="zlib",outcome="failed",code="RoundTripFailure"} 2',
    'pith_codec_events_total{codec="lepton",outcome="refused",code="RoundTripFailure"} 1',
    'pith_codec_events_total{codec="lepton",outcome="coded",code="Success"} 1',
    'pith_faults_total{code="RoundTripFailure",kind="bug"} 2',
    'pith_faults_total{code="NoSuchKey",kind="input"} 1',
    'pith_build_info{version="1.2.3"} 1',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
  assert.ok(!/pith_faults_total.*(CodecRefused|TooMuchMemoryNeeded)/.test(text));
  assert.deepEqual(
    metrics.codecOutcomes().map((line) => Object.values(line).join(" ")),
    [
      "lepton coded Success 1",
      "lepton refused RoundTripFailure 1",
      "lepton refused TooMuchMemoryNeeded 1",
      "lepton refused UnsupportedJpeg 1",
      "zlib failed RoundTripFailure 2",
      "zlib refused CodecRefused 1",
    ],
  );
});

test("what came before a codec is a label of its own, and no label where nothing did", async () => {
  const metrics = openMetrics("1.2.3");
  metrics.codecEvent({ codec: "zlib", outcome: "coded", filter: "x86" });
  metrics.codecEvent({ codec: "zlib", outcome: "coded", filter: undefined });
  metrics.codecEvent({ codec: "zlib", outcome: "coded", filter: "x86" });
  const sums = { chunks: 2, plainBytes: 100, storedBytes: 30 };
  const codecs = [1, 257, 513].map((codecVersion) => ({ codec: 3, codecVersion, ...sums }));
  const { text } = await metrics.page({ ...NOTHING, totals: { ...NOTHING.totals, codecs } });
  for (const line of [
    'pith_codec_events_total{codec="zlib",outcome="coded",code="Success"} 1',
    'pith_codec_events_total{codec="zlib",outcome="coded",code="Success",filter="x86"} 2',
    'pith_chunks{codec="codec 3"} 2',
    'pith_chunk_stored_bytes{codec="codec 3",filter="x86"} 60',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
  assert.deepEqual(metrics.codecOutcomes(), [
    { codec: "zlib", outcome: "coded", code: "Success", chunks: 1 },
    { codec: "zlib", outcome: "coded", code: "Success", filter: "x86", chunks: 2 },
  ]);
});
