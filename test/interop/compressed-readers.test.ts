/**
 * `readIr` reads what other programs write: xz, lzma, brotli and gzip, each with the corpus.
 *
 * In the short run a few small files; PITH_FULL=1 takes all of the general corpus, at the densest
 * settings, and what several threads and large windows make. A program that is missing is a visible
 * skip, with CI=true a failure.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { equalBytes } from "../../src/core/bytes.ts";
import { readIr, runIr } from "../../src/ir/index.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";

const FULL = process.env["PITH_FULL"] === "1";
const CI = process.env["CI"] === "true";

/** A program that compresses its input to its output. */
interface Writer {
  readonly program: string;
  readonly format: string;
  readonly arguments: readonly string[];
}

const SHORT_WRITERS: readonly Writer[] = [
  { program: "xz", format: "xz", arguments: ["-6c"] },
  { program: "xz", format: "lzma", arguments: ["-6c", "--format=lzma"] },
  { program: "brotli", format: "brotli", arguments: ["-cq", "5"] },
  { program: "gzip", format: "gzip", arguments: ["-9c"] },
];
const FULL_WRITERS: readonly Writer[] = [
  ...SHORT_WRITERS,
  { program: "xz", format: "xz", arguments: ["-9ec", "--check=sha256"] },
  {
    program: "xz",
    format: "xz",
    arguments: ["-0c", "-T2", "--block-size=300000", "--check=crc32"],
  },
  { program: "xz", format: "xz", arguments: ["-c", "--lzma2=preset=6,lc=0,lp=2,pb=3,dict=64KiB"] },
  { program: "xz", format: "lzma", arguments: ["-9ec", "--format=lzma"] },
  { program: "brotli", format: "brotli", arguments: ["-cq", "11", "-w", "24"] },
  { program: "brotli", format: "brotli", arguments: ["-cq", "9", "--large_window=30"] },
  { program: "brotli", format: "brotli", arguments: ["-cq", "1", "-w", "10"] },
];

const FOLDER = "general";
const SHORT_FILES = ["fields.c", "cp.html", "urls.10K"];

/** Why a writer cannot be asked, for `skip`; in CI it must be there. */
function missing(program: string): string | false {
  if (withoutCorpus !== false) return withoutCorpus;
  if (CI) return false;
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return false;
  } catch {
    return `no ${program} here`;
  }
}

function inputs(): string[] {
  if (!FULL) return SHORT_FILES;
  const files = readdirSync(corpusPath(FOLDER));
  return files.filter((name) => !/\.(md|csv)$/.test(name));
}

for (const { program, format, arguments: options } of FULL ? FULL_WRITERS : SHORT_WRITERS) {
  const told = [program, ...options].join(" ");
  test(`reads the parse of ${told}`, { skip: missing(program), timeout: 900_000 }, async () => {
    for (const name of inputs()) {
      const plain = corpusFile(`${FOLDER}/${name}`);
      const file = execFileSync(program, options, { input: plain, maxBuffer: 2 ** 26 });
      const read = await readIr(file);
      assert.equal(read.format, format, name);
      assert.ok(equalBytes(read.plain, plain), `${name} comes back`);
      assert.ok(equalBytes(await runIr(read.ir), plain), `${name}: the commands make it`);
    }
  });
}
