/**
 * The Lepton door in a browser: headless Chromium loads the sources, types stripped, codes JPEGs and
 * restores them, in one thread and in worker threads, and what comes out is what Node makes.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { unpackingOf } from "../../src/lepton/decode.ts";
import { encodeJpeg } from "../../src/lepton/encode.ts";
import { readLepton } from "../../src/lepton/file.ts";
import { decodeLepton, encodeLepton } from "../../src/lepton/index.ts";
import { closeIdleThreads } from "../../src/lepton/threads.ts";
import { corpusFile, withoutCorpus } from "../corpus.ts";
import { inPage } from "./lepton-page.ts";
import { withoutBrowser, withPage } from "./site.ts";

const skip = withoutBrowser || withoutCorpus;

/** One scan of a few blocks, a photo, several scans. */
const FILES = [
  "vectors/tiny.jpg",
  "vectors/colorswap.jpg",
  "vectors/iphonecrop.jpg",
  "vectors/iphoneprogressive2.jpg",
];

after(closeIdleThreads);

test("JPEGs go to the page and come back as in Node", { skip }, async () => {
  await withPage(async (page) => {
    for (const file of FILES) {
      const jpeg = corpusFile(`jpeg/${file}`);
      const ours = await encodeLepton(jpeg, { segments: 2 });
      const expected = await readLepton(ours);
      for (const threads of [1, 2]) {
        const options = { segments: 2, threads };
        for (const work of ["encode", "encodeStream"] as const) {
          const theirs = await inPage(page, work, jpeg, options);
          assert.ok(typeof theirs !== "string", `${file}: ${theirs}`);
          const { streams } = await readLepton(theirs);
          // The compressed header may differ with the build of zlib, the segments never.
          assert.deepEqual(streams, expected.streams, `${file}, ${threads} threads`);
          assert.ok(equalBytes(await decodeLepton(theirs), jpeg));
        }
        for (const work of ["decode", "decodeStream"] as const) {
          const restored = await inPage(page, work, ours, { threads });
          assert.ok(typeof restored !== "string", `${file}: ${restored}`);
          assert.ok(equalBytes(restored, jpeg), `${file}, ${threads} threads`);
        }
      }
    }
  });
});

test("the dense model makes the same in a page", { skip }, async () => {
  await withPage(async (page) => {
    for (const file of FILES) {
      const jpeg = corpusFile(`jpeg/${file}`);
      const expected = await readLepton(
        await encodeJpeg(jpeg, { model: "dense", segments: 2 }),
        "dense",
        unpackingOf({}),
      );
      for (const threads of [1, 2]) {
        const theirs = await inPage(page, "encodeDense", jpeg, { segments: 2, threads });
        assert.ok(typeof theirs !== "string", `${file}: ${theirs}`);
        const { streams } = await readLepton(theirs, "dense", unpackingOf({}));
        assert.deepEqual(streams, expected.streams, `${file}, ${threads} threads`);
      }
      const ours = await encodeJpeg(jpeg, { model: "dense", segments: 1 });
      const restored = await inPage(page, "decodeDense", ours, { plainBytes: jpeg.length });
      assert.ok(typeof restored !== "string", `${file}: ${restored}`);
      assert.ok(equalBytes(restored, jpeg), file);
    }
    const part = await inPage(page, "decodeDense", new Uint8Array(100), { plainBytes: 9 });
    assert.equal(part, "BadLeptonFile");
  });
});

test("a page's worker threads really run", { skip }, async () => {
  await withPage(async (page) => {
    let workers = 0;
    page.on("worker", () => {
      workers += 1;
    });
    const jpeg = corpusFile("jpeg/vectors/iphonecrop.jpg");
    await inPage(page, "encode", jpeg, { segments: 3, threads: 3 });
    assert.ok(workers >= 1);
  });
});

test("what a page refuses has the code that Node gives", { skip }, async () => {
  await withPage(async (page) => {
    const noJpeg = new Uint8Array(100);
    const refusal = await encodeLepton(noJpeg).catch((error: { code: string }) => error.code);
    assert.equal(await inPage(page, "encode", noJpeg, {}), refusal);
    assert.equal(await inPage(page, "decode", noJpeg, {}), "BadLeptonFile");
    const four = corpusFile("jpeg/vectors/fourcolorchannels.jpg");
    const colours = await encodeLepton(four).catch((error: { code: string }) => error.code);
    assert.equal(await inPage(page, "encode", four, {}), colours);
    // Its header is in brotli, which pages have no decoder for.
    const brotli = corpusFile("jpeg/vectors/iphonecrop-v2brotli.lep");
    assert.equal(await inPage(page, "decode", brotli, {}), "VersionUnsupported");
    assert.ok((await decodeLepton(brotli)).length > 0);
  });
});
