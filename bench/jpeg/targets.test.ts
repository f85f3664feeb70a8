import assert from "node:assert/strict";
import { test } from "node:test";
import { machineNow, type Target } from "../deflate/report.ts";
import { DENSE_DEFAULT_SEGMENTS, DENSE_ONE_SEGMENT } from "./coders.ts";
import type { Row } from "./comparison.ts";
import type { FolderSizes, Measured } from "./report.ts";
import type { Attempt } from "./restore-child.ts";
import { isOfUnion, type RestoredFile } from "./restored.ts";
import { targetsOf } from "./targets.ts";

const RESTORED: Attempt = { outcome: "restored", why: "", seconds: 1, codedBytes: 90 };
const REFUSED: Attempt = { outcome: "refused", why: "X", seconds: 1, codedBytes: undefined };

function measured(crossValidated: boolean, more: Partial<Measured> = {}): Measured {
  const priors = { crossValidated, says: "" };
  return { machine: machineNow(), quick: false, priors, ...more };
}

function row(peer: string, percent: number, more: Partial<Row> = {}): Row {
  return {
    peer,
    version: "",
    ours: true,
    files: 1,
    plainBytes: 1000,
    codedBytes: 1000 - 10 * percent,
    bitForBit: true,
    chunked: true,
    refused: 0,
    wrong: 0,
    leftOut: 0,
    encodeSpeed: undefined,
    decodeSpeed: undefined,
    memory: undefined,
    ...more,
  };
}

function folders(photos: number, refused = 0): readonly FolderSizes[] {
  const rows = (percent: number): Row[] => [
    row(DENSE_ONE_SEGMENT, percent, { refused }),
    row(DENSE_DEFAULT_SEGMENTS, percent, { refused }),
  ];
  return [
    { folder: "photos", rows: rows(photos), recorded: [] },
    { folder: "progressive", rows: rows(19.9), recorded: [] },
    { folder: "thumbnails", rows: rows(22), recorded: [] },
  ];
}

function find(targets: readonly Target[], words: string): Target {
  const found = targets.find(({ what }) => what.includes(words));
  assert.ok(found, words);
  return found;
}

function speeds(encodeSpeed: number, decodeSpeed: number): Partial<Measured> {
  const peer = DENSE_DEFAULT_SEGMENTS;
  const rest = { files: 1, plainBytes: 1, encodeNsPerByte: 1, decodeNsPerByte: 1 };
  return { warm: [{ peer, sampling: "all", encodeSpeed, decodeSpeed, ...rest }] };
}

function file(dense: Attempt, lepton: Attempt, others: number | null): RestoredFile {
  const traits = { file: "a.jpg", plainBytes: 100, codecs: [], peakKib: 1 };
  return { ...traits, dense, lepton, auto: RESTORED, recorded: { packJPG: others } };
}

test("the dense model's sizes are held against its targets, folder by folder", () => {
  const targets = targetsOf(measured(true, { folders: folders(27.9) }));
  assert.equal(find(targets, "dense, photos/, one segment").reached, false);
  assert.equal(find(targets, "dense, photos/, default segments").reached, true);
  assert.equal(find(targets, "dense, progressive/").reached, false);
  assert.equal(find(targets, "dense, thumbnails/").reached, true);
});

test("sizes by priors that have seen the files reach nothing", () => {
  const target = find(targetsOf(measured(false, { folders: folders(30) })), "dense, photos/, one");
  assert.match(target.what, /not cross-validated/);
  assert.equal(target.measured, 30);
  assert.equal(target.reached, undefined);
});

test("a folder of which a file was refused has no size", () => {
  const targets = targetsOf(measured(true, { folders: folders(30, 1) }));
  assert.equal(find(targets, "dense, photos/, one").measured, undefined);
});

test("the dense model's speeds: decoding by itself, encoding by that", () => {
  const slow = targetsOf(measured(true, speeds(2.4, 3.6)));
  assert.equal(find(slow, "dense, decoding").reached, true);
  assert.equal(find(slow, "dense, goal").reached, false);
  assert.equal(find(slow, "dense, encoding").reached, false);
  const fast = targetsOf(measured(true, speeds(4.4, 6.1)));
  assert.equal(find(fast, "dense, goal").reached, true);
  assert.equal(find(fast, "dense, encoding").reached, true);
});

test("what any other tool restores is of the union, and missed where dense does not", () => {
  const files = [
    file(RESTORED, RESTORED, 90),
    file(REFUSED, REFUSED, 90),
    file(REFUSED, RESTORED, null),
    file(REFUSED, REFUSED, null),
  ];
  assert.deepEqual(files.map(isOfUnion), [true, true, true, false]);
  const restored = [{ folder: "hostile" as const, files, peakKib: 1 }];
  const target = find(targetsOf(measured(true, { restored })), "not by dense alone");
  assert.equal(target.measured, 2);
  assert.equal(target.reached, false);
});
