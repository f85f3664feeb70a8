/**
 * Every JPEG of the corpus in headless Chromium: coded to the segments that Node makes, or refused with
 * the same code, and what Node has made comes back.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { PithError } from "../../src/core/errors.ts";
import { readLepton } from "../../src/lepton/file.ts";
import { encodeLepton } from "../../src/lepton/index.ts";
import { closeIdleThreads } from "../../src/lepton/threads.ts";
import { inPage } from "../browser/lepton-page.ts";
import { withoutBrowser, withPage } from "../browser/site.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";

const skip = withoutBrowser || withoutCorpus;

after(closeIdleThreads);

for (const folder of ["photos", "progressive", "large", "vectors", "hostile"]) {
  test(`${folder} in a page as in Node`, { skip }, async (context) => {
    const names = readdirSync(corpusPath(`jpeg/${folder}`)).filter((name) => name.endsWith(".jpg"));
    let coded = 0;
    await withPage(async (page) => {
      for (const name of names) {
        const jpeg = corpusFile(`jpeg/${folder}/${name}`);
        const ours = await encodeLepton(jpeg).catch((error: unknown) => {
          if (error instanceof PithError) return error.code;
          throw error;
        });
        const theirs = await inPage(page, "encode", jpeg, {});
        if (typeof ours === "string" || typeof theirs === "string") {
          assert.equal(theirs, ours, name);
          continue;
        }
        // The compressed header may differ with the build of zlib, the segments never.
        const [here, there] = [await readLepton(ours), await readLepton(theirs)];
        assert.deepEqual(there.streams, here.streams, name);
        const restored = await inPage(page, "decode", ours, {});
        assert.ok(typeof restored !== "string" && equalBytes(restored, jpeg), name);
        coded += 1;
      }
    });
    context.diagnostic(`${coded} of ${names.length} coded`);
    assert.ok(coded > 0);
  });
}
