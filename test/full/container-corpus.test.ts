/**
 * Every file of the corpus as a .pith file and back, at each effort, whole and in a random range.
 */
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { compress, createCoder, expand, openPith } from "../../src/container/index.ts";
import { equalBytes } from "../../src/core/bytes.ts";
import { EFFORTS } from "../../src/core/codec.ts";
import { corpus, corpusFile, withoutCorpus } from "../corpus.ts";
import { seeded } from "../random.ts";

/** What a .pith file may be longer than its plain file. */
const FILE_OVERHEAD_BYTES = 56;
const CHUNK_OVERHEAD_BYTES = 76;
/** A chunk of 4 MiB takes half a minute at "dense"; what is shorter holds the same kinds of content. */
const DENSE_BYTES_MAXIMUM = 2 * 1024 * 1024;

for (const effort of EFFORTS) {
  test(`every corpus file comes back, effort ${effort}`, { skip: withoutCorpus }, async () => {
    const blamed: string[] = [];
    const coder = await createCoder({
      onEvent: (event) => {
        if (event.outcome !== "failed") return;
        blamed.push(`${event.codec} ${event.code} ${event.why}`);
      },
    });
    const random = seeded(EFFORTS.indexOf(effort));
    let files = 0;
    try {
      for (const name of readdirSync(corpus as string, { recursive: true, encoding: "utf8" })) {
        if (!statSync(`${corpus}/${name}`).isFile()) continue;
        const plain = corpusFile(name);
        if (effort === "dense" && plain.length > DENSE_BYTES_MAXIMUM) continue;
        let chunks = 0;
        const file = await compress(plain, { coder, effort, onChunk: () => void chunks++ });
        const most = plain.length + FILE_OVERHEAD_BYTES + chunks * CHUNK_OVERHEAD_BYTES;
        assert.ok(file.length <= most, `${name}: ${plain.length} became ${file.length}`);
        assert.ok(equalBytes(await expand(file, { coder }), plain), name);
        const from = random.upTo(plain.length + 1);
        const to = from + random.upTo(plain.length + 1 - from);
        let at = from;
        for await (const piece of (await openPith(file, { coder })).read(from, to)) {
          assert.ok(equalBytes(piece, plain.subarray(at, at + piece.length)), name);
          at += piece.length;
        }
        assert.equal(at, to);
        files += 1;
      }
      assert.ok(files > 200, `${files} files`);
      assert.deepEqual(blamed, [], "no codec was at fault");
    } finally {
      await coder.close();
    }
  });
}
