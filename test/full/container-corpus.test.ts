/**
 * Every file of the corpus as a .pith file and back, at each effort, whole and in a random range. Where
 * another test has done the long work on every file, a share of the large files is drawn.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { compress, createCoder, expand, openPith } from "../../src/container/index.ts";
import { equalBytes } from "../../src/core/bytes.ts";
import { EFFORTS, type Effort } from "../../src/core/codec.ts";
import { corpus, corpusFile, withoutCorpus } from "../corpus.ts";
import { seeded } from "../random.ts";

/** What a .pith file may be longer than its plain file. */
const FILE_OVERHEAD_BYTES = 56;
const CHUNK_OVERHEAD_BYTES = 76;
/** A chunk of 4 MiB takes half a minute at "dense"; what is shorter holds the same kinds of content. */
const DENSE_BYTES_MAXIMUM = 2 * 1024 * 1024;
/** Up to this size every file is taken at every effort. */
const SMALL_BYTES = 200_000;

/**
 * Whether a file is taken at this effort. Lepton makes the same of a picture at "flat", "fast" and "default",
 * so only the last one takes them all; what the dense model makes of each is in lepton-corpus.test.ts.
 */
function isTaken(name: string, size: number, effort: Effort): boolean {
  if (size <= SMALL_BYTES || effort === "default") return true;
  if (effort === "dense" && size > DENSE_BYTES_MAXIMUM) return false;
  const share = name.endsWith(".jpg") ? 4 : effort === "dense" ? 2 : 1;
  const drawn = createHash("sha256").update(name).digest().readUInt32BE();
  return drawn % share === EFFORTS.indexOf(effort) % share;
}

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
        if (!isTaken(name, plain.length, effort)) continue;
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
