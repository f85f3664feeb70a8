import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoreFigures } from "./access.ts";
import { checkPage, statsPage } from "./care.ts";
import { readFigures } from "./figures.ts";

const FIGURES: StoreFigures = {
  buckets: 1,
  objects: 26,
  plainBytes: 34_000_000,
  storedBytes: 44_600_000,
  awaiting: 0,
  codecs: [
    { name: "stored", chunks: 2, plainBytes: 1_300_000, storedBytes: 1_300_000 },
    { name: "zlib", chunks: 1024, plainBytes: 32_700_000, storedBytes: 10_700_000 },
  ],
  disabledCodecs: [],
  outcomes: [],
  faults: {},
  raw: {},
};

test("what is saved is told apart from what waits to be collected", () => {
  assert.equal(
    statsPage("here", FIGURES),
    [
      "here: 26 objects in 1 bucket",
      "34.0 MB take 12.0 MB: 64.7% saved",
      "32.6 MB more wait to be collected",
      "",
      "codec   chunks    plain   stored  saved",
      "stored       2  1.30 MB  1.30 MB   0.0%",
      "zlib     1,024  32.7 MB  10.7 MB  67.3%",
    ].join("\n"),
  );
});

test("what came before a codec stands before its name", () => {
  const [, zlib] = FIGURES.codecs;
  const page = statsPage("here", {
    ...FIGURES,
    codecs: [...FIGURES.codecs, { ...zlib!, filter: "x86", chunks: 1 }],
    outcomes: [{ codec: "zlib", filter: "x86", outcome: "coded", code: "Success", chunks: 1 }],
  });
  assert.match(page, /\nzlib {9}1,024 .*\nx86 \+ zlib {7}1 /);
  assert.match(page, /\nx86 \+ zlib {2}coded /);
});

test("what is kept once is told apart from what codecs saved", () => {
  const page = statsPage("here", { ...FIGURES, plainBytes: 68_000_000 });
  assert.match(
    page,
    /\n68.0 MB take 12.0 MB: 82.4% saved\n34.0 MB of it are repeated chunks, kept once\n/,
  );
});

test("what is out of the ordinary has lines of its own", () => {
  const page = statsPage("here", {
    ...FIGURES,
    storedBytes: 12_000_000,
    awaiting: 1,
    disabledCodecs: ["deflate", "zlib"],
    outcomes: [
      { codec: "lepton", outcome: "coded", code: "Success", chunks: 1200 },
      { codec: "lepton", outcome: "refused", code: "UnsupportedJpeg", chunks: 7 },
    ],
    faults: { NoSuchKey: 1234, StoreIo: 0 },
  });
  const table = [
    "since the start:",
    "codec   outcome  reason           chunks",
    "lepton  coded    Success           1,200",
    "lepton  refused  UnsupportedJpeg       7",
  ];
  assert.ok(page.includes(`\n\n${table.join("\n")}\n\n`), page);
  assert.match(page, /\n1 object waits to be coded\n/);
  assert.match(page, /\nswitched off: deflate, zlib\n/);
  assert.match(page, /\nfaults since the start: NoSuchKey 1,234$/);
  assert.doesNotMatch(page, /collected/);
});

test("a check tells what it looked at, and what was left", () => {
  const report = {
    objects: 2,
    chunks: 1,
    blobs: 3,
    blobsRead: 0,
    problems: [],
    problemCount: 0,
    collectable: { chunks: 0, blobs: 0, bytes: 0 },
    orphans: [],
    orphanCount: 0,
    settled: true,
  };
  assert.equal(checkPage(report), "2 objects, 1 chunk, 3 blobs looked at: all is well");
  const worse = checkPage({
    ...report,
    blobsRead: 3,
    problemCount: 2,
    collectable: { chunks: 1, blobs: 1, bytes: 1000 },
    orphanCount: 1,
    settled: false,
  });
  assert.deepEqual(worse.split("\n"), [
    "2 objects, 1 chunk, 3 blobs looked at, 3 blobs read and decoded: 2 problems",
    "1 blob (1.00 kB) will be collected in time",
    "1 blob on the disk that the metadata does not know",
    "the store changed all the time: references were not counted",
  ]);
});

test("figures of another shape are refused", () => {
  const { raw: _, disabledCodecs, outcomes: __, ...rest } = FIGURES;
  const codecOutcomes = [{ codec: "zlib", outcome: "coded", code: "Success", chunks: 3 }];
  const answer = { ...rest, codecOutcomes, gate: { disabled: ["zlib"] }, faults: { StoreIo: 2 } };
  const read = readFigures(answer);
  assert.deepEqual(read.codecs, FIGURES.codecs);
  assert.deepEqual([read.disabledCodecs, read.faults], [["zlib"], { StoreIo: 2 }]);
  assert.deepEqual(read.outcomes, codecOutcomes);
  assert.deepEqual(readFigures(rest).disabledCodecs, disabledCodecs);
  assert.deepEqual(readFigures(rest).outcomes, []);
  for (const strange of [undefined, null, 7, [], {}, { ...answer, objects: "26" }]) {
    assert.throws(() => readFigures(strange), { code: "ServiceFailed" });
  }
  assert.throws(() => readFigures({ ...answer, codecs: [7] }), { code: "ServiceFailed" });
});
