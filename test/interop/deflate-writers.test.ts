/**
 * We read what other programs write, with both engines: names and times in headers, optional
 * fields, many members, their own ways to cut blocks. In the short run gzip alone writes;
 * PITH_FULL=1 has every program write. A program that is missing is a visible skip, with CI=true a
 * failure.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { concatenate, equalBytes } from "../../src/core/bytes.ts";
import type { InflateEngine } from "../../src/deflate/inflate-engine.ts";
import { portableEngine } from "../../src/deflate/inflate-portable.ts";
import { zlibEngine } from "../../src/deflate/inflate-zlib.ts";
import { readWith } from "../../src/deflate/read.ts";
import { seeded } from "../random.ts";

const FULL = process.env["PITH_FULL"] === "1";
const CI = process.env["CI"] === "true";
const ENGINES = [zlibEngine as InflateEngine, portableEngine];

/** A program that writes a file, compressed, to its output. */
interface Writer {
  readonly program: string;
  readonly arguments: readonly string[];
}

const PYTHON = `import sys, gzip, zlib
plain = open(sys.argv[1], "rb").read()
half = len(plain) // 2
out = sys.stdout.buffer
`;

const SHORT_WRITERS: readonly Writer[] = [
  { program: "gzip", arguments: ["-c"] },
  { program: "gzip", arguments: ["-cN1"] },
];
const FULL_WRITERS: readonly Writer[] = [
  ...SHORT_WRITERS,
  { program: "gzip", arguments: ["-cn9", "--rsyncable"] },
  { program: "pigz", arguments: ["-c"] },
  { program: "pigz", arguments: ["-c", "-9", "-C", "a comment"] },
  { program: "pigz", arguments: ["-cH", "-i", "-b", "128"] },
  { program: "pigz", arguments: ["-cz"] },
  { program: "igzip", arguments: ["-c", "-0"] },
  { program: "igzip", arguments: ["-c", "-3"] },
  { program: "libdeflate-gzip", arguments: ["-c", "-1"] },
  { program: "libdeflate-gzip", arguments: ["-c", "-12"] },
  { program: "7zz", arguments: ["a", "-tgzip", "-so", "-mx9", "-bd", "x.gz"] },
  {
    program: "python3",
    arguments: [
      "-c",
      `${PYTHON}out.write(gzip.compress(plain[:half]) + gzip.compress(b"") + gzip.compress(plain[half:]))`,
    ],
  },
  { program: "python3", arguments: ["-c", `${PYTHON}out.write(zlib.compress(plain, 9))`] },
];

const folder = mkdtempSync(join(tmpdir(), "pith-writers-"));
after(() => rmSync(folder, { recursive: true }));

/** Why a writer cannot be asked, for `skip`; in CI it must be there. */
function missing(program: string): string | false {
  if (CI) return false;
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return false;
  } catch {
    return `no ${program} on this machine`;
  }
}

const contents: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(0x61),
  new Uint8Array(300_000),
  seeded(21).bytes(100_000),
  seeded(22).content(900_000),
];

for (const { program, arguments: words } of FULL ? FULL_WRITERS : SHORT_WRITERS) {
  const told = words.map((word) => (word.includes("\n") ? "..." : word)).join(" ");
  test(`reads what ${program} ${told} writes`, { skip: missing(program) }, async () => {
    for (const [index, plain] of contents.entries()) {
      const file = join(folder, `content-${index}.bin`);
      writeFileSync(file, plain);
      const coded = execFileSync(program, [...words, file], { maxBuffer: 1 << 26 });
      for (const engine of ENGINES) {
        const pieces: Uint8Array[] = [];
        for await (const piece of readWith(engine, coded, {})) pieces.push(piece);
        const what = `${engine.name}, ${plain.length} bytes`;
        assert.ok(equalBytes(concatenate(pieces), plain), what);
      }
    }
  });
}
