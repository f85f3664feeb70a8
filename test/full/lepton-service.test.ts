/**
 * Every JPEG of the corpus through the service: all come back, whole and across each border of chunks,
 * whatever Lepton takes of them, and nothing is told as a fault of ours.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { CHUNK_BYTES } from "../../src/core/limits.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import { startTestService } from "../service.ts";

for (const folder of ["photos", "progressive", "large", "vectors", "hostile"]) {
  test(`${folder} through the service`, { skip: withoutCorpus }, async (context) => {
    const service = await startTestService(context, { logLevel: "warn" });
    const bucket = `${service.url}/${folder}`;
    assert.equal((await fetch(bucket, { method: "PUT" })).status, 200);
    for (const name of readdirSync(corpusPath(`jpeg/${folder}`))) {
      const plain = Uint8Array.from(corpusFile(`jpeg/${folder}/${name}`));
      const put = await fetch(`${bucket}/${name}`, { method: "PUT", body: plain });
      assert.equal(put.status, 200, `${name}: ${await put.text()}`);
      const whole = await (await fetch(`${bucket}/${name}`)).arrayBuffer();
      assert.ok(equalBytes(new Uint8Array(whole), plain), name);
      for (let border = CHUNK_BYTES; border < plain.length; border += CHUNK_BYTES) {
        const headers = { range: `bytes=${border - 1000}-${border + 999}` };
        const part = await (await fetch(`${bucket}/${name}`, { headers })).arrayBuffer();
        const expected = plain.subarray(border - 1000, border + 1000);
        assert.ok(equalBytes(new Uint8Array(part), expected), `${name} at ${border}`);
      }
    }
    assert.equal(service.log.filter((line) => line["alarm"] === true).length, 0);
  });
}
