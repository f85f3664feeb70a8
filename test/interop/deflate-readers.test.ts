/**
 * Other programs read what we write: bytes are compared, not only the exit status.
 *
 * In the short run gzip alone reads a few files; PITH_FULL=1 has every program read every corpus
 * file. A program that is missing is a visible skip, with CI=true a failure.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { concatenate, equalBytes } from "../../src/core/bytes.ts";
import { deflate } from "../../src/deflate/index.ts";
import { closeIdleThreads } from "../../src/deflate/threads.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import { seeded } from "../random.ts";

const FULL = process.env["PITH_FULL"] === "1";
const CI = process.env["CI"] === "true";

/** A program that writes the plain bytes of a file to its output. */
interface Reader {
  readonly program: string;
  readonly format: "gzip" | "zlib" | "raw";
  readonly arguments: (file: string) => string[];
}

const python = (expression: string) => (file: string) => [
  "-c",
  `import sys, zlib, gzip; sys.stdout.buffer.write(${expression})`,
  file,
];
const READ = "open(sys.argv[1], 'rb').read()";

const SHORT_READERS: readonly Reader[] = [
  { program: "gzip", format: "gzip", arguments: (file) => ["-dc", file] },
];
const FULL_READERS: readonly Reader[] = [
  ...SHORT_READERS,
  { program: "pigz", format: "gzip", arguments: (file) => ["-dc", file] },
  { program: "pigz", format: "zlib", arguments: (file) => ["-dc", file] },
  { program: "igzip", format: "gzip", arguments: (file) => ["-dc", file] },
  { program: "libdeflate-gunzip", format: "gzip", arguments: (file) => ["-c", file] },
  { program: "7zz", format: "gzip", arguments: (file) => ["e", "-so", "-bd", file] },
  { program: "python3", format: "gzip", arguments: python(`gzip.decompress(${READ})`) },
  { program: "python3", format: "zlib", arguments: python(`zlib.decompress(${READ})`) },
  { program: "python3", format: "raw", arguments: python(`zlib.decompress(${READ}, -15)`) },
];
const EXTENSIONS = { gzip: "gz", zlib: "zz", raw: "deflate" };

const folder = mkdtempSync(join(tmpdir(), "pith-readers-"));
after(async () => {
  rmSync(folder, { recursive: true });
  await closeIdleThreads();
});

/** Why a reader cannot be asked, for `skip`; in CI it must be there. */
function missing(program: string): string | false {
  if (CI) return false;
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return false;
  } catch {
    return `no ${program} here`;
  }
}

function inputs(): Map<string, Uint8Array> {
  const random = seeded(1);
  const made = new Map<string, Uint8Array>([
    ["empty", new Uint8Array(0)],
    ["one byte", Uint8Array.of(65)],
    ["zeros of 3 MB", new Uint8Array(3_000_000)],
    ["content of three jobs", random.content(2_500_000)],
    ["random bytes of two jobs", random.bytes(1_500_000)],
  ]);
  const wanted = FULL ? ["data", "edge"] : ["edge"];
  for (const kind of withoutCorpus ? [] : wanted) {
    for (const name of readdirSync(corpusPath(`deflate/${kind}`))) {
      made.set(name, corpusFile(`deflate/${kind}/${name}`));
    }
  }
  // All of the above as one input, on threads: sync markers between many kinds of blocks.
  if (FULL) made.set("all together", concatenate([...made.values()]));
  return made;
}

for (const reader of FULL ? FULL_READERS : SHORT_READERS) {
  const { program, format } = reader;
  test(`${program} reads our ${format}`, { skip: missing(program) }, async () => {
    for (const [name, plain] of inputs()) {
      for (const level of FULL ? (["huffman", 6] as const) : (["huffman"] as const)) {
        const file = join(folder, `case.${EXTENSIONS[format]}`);
        writeFileSync(file, await deflate(plain, { format, level, workers: 2 }));
        const output = execFileSync(program, reader.arguments(file), {
          maxBuffer: 64 * 1024 * 1024,
          stdio: ["ignore", "pipe", "inherit"],
        });
        assert.ok(equalBytes(output, plain), `${name}, level ${level}`);
      }
    }
  });
}

test("the corpus is among the inputs", { skip: withoutCorpus }, () => {
  assert.ok(inputs().size >= (FULL ? 40 : 26));
});
