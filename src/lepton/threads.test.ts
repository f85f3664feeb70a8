/** Threads: the same bytes and the same faults for any number of them, abort, progress, turns. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { equalBytes } from "../core/bytes.ts";
import { decodeLepton } from "./decode.ts";
import { encodeLepton } from "./encode.ts";
import { closeIdleThreads } from "./threads.ts";
import type { LeptonProgress } from "./work.ts";

const skip = withoutCorpus;

/** One scan, restarts, an early end, one component, several scans. */
const FILES = [
  "vectors/iphonecrop",
  "vectors/androidcrop",
  "vectors/grayscale",
  "vectors/trailingrst",
  "vectors/truncatedzerorun",
  "vectors/androidprogressive",
];

after(closeIdleThreads);

function jpegNamed(name: string): Uint8Array {
  return corpusFile(`jpeg/${name}.jpg`);
}

test("any number of threads gives the same file and the same JPEG", { skip }, async () => {
  for (const name of FILES) {
    const jpeg = jpegNamed(name);
    for (const segments of [1, 3, 16]) {
      const alone = await encodeLepton(jpeg, { segments, threads: 1 });
      for (const threads of [2, 4]) {
        const lepton = await encodeLepton(jpeg, { segments, threads });
        assert.ok(equalBytes(lepton, alone), `${name}, ${segments} segments, ${threads} threads`);
        const decoded = await decodeLepton(lepton, { threads });
        assert.ok(equalBytes(decoded, jpeg), `${name}, ${segments} segments, ${threads} threads`);
      }
    }
  }
});

test("a broken segment gives the same fault with any number of threads", { skip }, async () => {
  const lepton = await encodeLepton(jpegNamed("vectors/grayscale"), { segments: 4, threads: 1 });
  let refused = 0;
  for (let at = 0.3; at < 1; at += 0.1) {
    const broken = lepton.slice();
    // Ones in the middle of a packet's body: its segment decodes to something else, or to nothing.
    broken.fill(0xff, Math.floor(at * broken.length), Math.floor(at * broken.length) + 64);
    const outcomes: string[] = [];
    for (const threads of [1, 2, 4]) {
      outcomes.push(await outcomeOf(decodeLepton(broken, { threads })));
    }
    assert.equal(new Set(outcomes).size, 1, outcomes.join(" | "));
    if (outcomes[0]?.startsWith("fault")) refused += 1;
  }
  assert.ok(refused > 0, "some file was refused");
});

async function outcomeOf(decoded: Promise<Uint8Array>): Promise<string> {
  try {
    const bytes = await decoded;
    return `bytes ${bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, bytes.length)}`;
  } catch (error) {
    return `fault ${(error as { code?: string }).code}`;
  }
}

test("an abort ends coding and decoding, with threads and without", { skip }, async () => {
  const jpeg = jpegNamed("vectors/iphone");
  const lepton = await encodeLepton(jpeg, { segments: 4, threads: 1 });
  const reason = new Error("no longer wanted");
  for (const threads of [1, 3]) {
    for (const work of ["encode", "decode"] as const) {
      const before = AbortSignal.abort(reason);
      const run = (signal: AbortSignal): Promise<Uint8Array> =>
        work === "encode"
          ? encodeLepton(jpeg, { segments: 4, threads, signal })
          : decodeLepton(lepton, { threads, signal });
      await assert.rejects(run(before), { code: "Aborted", cause: reason });
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 15);
      await assert.rejects(run(controller.signal), { code: "Aborted", cause: reason }, work);
    }
  }
  // Nothing is left behind that would disturb what comes next.
  assert.ok(equalBytes(await decodeLepton(lepton, { threads: 3 }), jpeg));
});

test("progress grows to its total, and what it throws ends the work", { skip }, async () => {
  for (const name of ["vectors/iphone", "vectors/androidprogressive"]) {
    const jpeg = jpegNamed(name);
    for (const threads of [1, 2]) {
      let seen: LeptonProgress[] = [];
      const onProgress = (progress: LeptonProgress): void => void seen.push(progress);
      const lepton = await encodeLepton(jpeg, { segments: 2, threads, onProgress });
      checkProgress(seen, 2 * jpeg.length);
      seen = [];
      await decodeLepton(lepton, { threads, onProgress });
      checkProgress(seen, jpeg.length);
      const fault = new Error("stop");
      const throwing = {
        threads,
        onProgress: () => {
          throw fault;
        },
      };
      await assert.rejects(encodeLepton(jpeg, throwing), fault);
      await assert.rejects(decodeLepton(lepton, throwing), fault);
    }
  }
});

function checkProgress(seen: readonly LeptonProgress[], totalBytes: number): void {
  assert.ok(seen.length > 2);
  for (const [i, { doneBytes }] of seen.entries()) {
    assert.ok(doneBytes > (seen[i - 1]?.doneBytes ?? 0));
  }
  assert.deepEqual(seen.at(-1), { doneBytes: totalBytes, totalBytes });
}

test("coding and decoding leave their thread to others now and then", { skip }, async () => {
  for (const name of ["vectors/iphone", "progressive/autumn-2560x1600"]) {
    const jpeg = jpegNamed(name);
    const lepton = await encodeLepton(jpeg, { threads: 1 });
    for (const run of [
      () => encodeLepton(jpeg, { threads: 1 }),
      () => decodeLepton(lepton, { threads: 1 }),
    ]) {
      let turns = 0;
      const timer = setInterval(() => {
        turns += 1;
      }, 1);
      await run();
      clearInterval(timer);
      // Work that keeps the thread to itself leaves one or two: before it and behind it.
      assert.ok(turns >= 5, `${turns} turns, ${name}`);
    }
  }
});

test("threads that make no sense are refused", async () => {
  for (const threads of [0, -1, 1.5, 257, Number.NaN]) {
    const refusal = { code: "InvalidArgument" };
    await assert.rejects(encodeLepton(new Uint8Array(10), { threads }), refusal);
    await assert.rejects(decodeLepton(new Uint8Array(10), { threads }), refusal);
  }
});
