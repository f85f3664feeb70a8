import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { fakeRun } from "../../test/cli-run.ts";
import { FAULTS, type FaultCode } from "../core/errors.ts";
import { runCommand } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "pith-ir-"));
after(() => rmSync(folder, { recursive: true }));

/** Prose with words of the dictionary in it, that repeats itself. */
const PLAIN = Buffer.from(
  Array.from({ length: 400 }, (_, i) => `Government number ${i % 37} of ${i * i} things. `).join(
    "",
  ),
);

/** Writes a file of the folder and gives its path. */
function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

interface Ended {
  readonly code: number;
  readonly output: Buffer;
  readonly errors: string;
}

async function pith(words: readonly string[], input?: Uint8Array): Promise<Ended> {
  const { run, outputBytes, errors } = fakeRun(input);
  const code = await runCommand(words, run.surroundings);
  return { code, output: outputBytes(), errors: errors() };
}

/** What a command prints that goes well. */
async function well(words: readonly string[], input?: Uint8Array): Promise<Buffer> {
  const { code, output, errors } = await pith(words, input);
  assert.deepEqual([code, errors], [0, ""], words.join(" "));
  return output;
}

async function assertFault(
  code: FaultCode,
  says: RegExp,
  words: readonly string[],
  input?: Uint8Array,
): Promise<void> {
  const ended = await pith(words, input);
  assert.equal(ended.code, FAULTS[code].number, `${words.join(" ")}: ${ended.errors}`);
  assert.match(ended.errors, says);
  assert.equal(ended.output.length, 0);
}

const plain = file("plain.txt", PLAIN);

test("IR of a file goes through text and is the file again", async () => {
  for (const generator of ["runs"]) {
    const text = await well(["ir", "print", "--generator", generator, plain]);
    assert.match(text.toString(), /^window \d+/);
    assert.equal(/^copy /m.test(text.toString()), generator === "lz");
    assert.deepEqual(await well(["ir", "run", file("text.ir", text)]), PLAIN);
    assert.deepEqual(await well(["ir", "run", "-"], text), PLAIN);
  }
  const empty = await well(["ir", "print", "-"], new Uint8Array());
  assert.equal((await well(["ir", "run", "-"], empty)).length, 0);
});

test("the parse of other programs is read from their files", async () => {
  const streams = { gz: gzipSync(PLAIN), br: brotliCompressSync(PLAIN), zz: deflateSync(PLAIN) };
  for (const [ending, bytes] of Object.entries(streams)) {
    const text = await well(["ir", "from", file(`coded.${ending}`, bytes)]);
    assert.match(text.toString(), /^copy \d+ from \d+$/m);
    assert.deepEqual(await well(["ir", "run", "-"], text), PLAIN);
  }
  const raw = file("coded.deflate", deflateRawSync(PLAIN));
  const text = await well(["ir", "from", "--format", "deflate", raw]);
  assert.deepEqual(await well(["ir", "run", "-"], text), PLAIN);
  const cut = file("cut.gz", streams.gz.subarray(0, -1));
  await assertFault("DeflateTruncated", /cut\.gz: /, ["ir", "from", cut]);
});

test("outputs appear whole, and replace nothing without -f", async () => {
  const target = join(folder, "made.ir");
  const said = await well(["ir", "print", plain, "-o", target]);
  assert.match(said.toString(), /made\.ir: \d+ commands?\n$/);
  assert.deepEqual(
    await well(["ir", "run", target, "-o", join(folder, "made.txt"), "-q"]),
    Buffer.of(),
  );
  assert.deepEqual(readFileSync(join(folder, "made.txt")), PLAIN);
  const before = statSync(target).mtimeMs;
  await assertFault("FileExists", /plain\.txt: /, ["ir", "print", plain, "-o", target]);
  assert.equal(statSync(target).mtimeMs, before);
  const told = await well(["ir", "print", "--json", plain, "-f", "-o", target]);
  assert.equal(JSON.parse(told.toString()).output, target);
  await assertFault("IrSyntax", /bad\.ir: .*line 2/, [
    "ir",
    "run",
    file("bad.ir", "window 10\ncopi"),
    "-o",
    join(folder, "never"),
  ]);
  assert.deepEqual(
    readdirSync(folder).filter((name) => /never|part/.test(name)),
    [],
  );
});

test("IR is changed by optimizers and mashed, and makes the same bytes", async () => {
  const bytes = Buffer.from(`${"abc".repeat(300)}!`);
  const first = file(
    "first.ir",
    "window 10\ninsert 2 6162\ninsert 1 63\ncopy 897 from 3\ninsert 1 21\n",
  );
  const second = file("second.ir", `window 10\ninsert 901 ${bytes.toString("hex")}\n`);
  const merged = await well(["ir", "optimize", first, "--with", "drop-empty,merge-inserts"]);
  assert.match(merged.toString(), /^window 10\ninsert 3 "abc"\ncopy 897 from 3\n/);
  assert.deepEqual(await well(["ir", "run", "-"], merged), bytes);
  const mashed = await well(["ir", "mash", second, first]);
  assert.deepEqual(await well(["ir", "run", "-"], mashed), bytes);
  assert.match(mashed.toString(), /^copy /m);

  const unknown = ["ir", "optimize", first, "--with", "better"];
  await assertFault("InvalidArgument", /first\.ir: .*merge-inserts/, unknown);
  const other = file("other.ir", "window 10\ninsert 1 61\n");
  await assertFault("InvalidArgument", /first\.ir, .*other\.ir: /, ["ir", "mash", first, other]);
  const bad = file("bad.ir", "window 10\ncopi");
  await assertFault("IrSyntax", /: the text is not IR \(line 2/, ["ir", "mash", first, bad]);
});
