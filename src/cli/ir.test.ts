import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { fakeRun } from "../../test/cli-run.ts";
import { seeded } from "../../test/random.ts";
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
  for (const generator of ["runs", "lz"]) {
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
  assert.match(said.toString(), /made\.ir: [\d,]+ commands\n$/);
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

test("an output never takes the place of an input, by whatever name", async () => {
  const text = "window 10\ninsert 2 6162\n";
  const own = file("own.ir", text);
  const other = file("own-other.ir", text);
  const link = join(folder, "own-link.ir");
  symlinkSync(own, link);
  const dotted = join(folder, ".", "..", basename(folder), "own.ir");
  const changes = [
    ["print", own],
    ["from", own],
    ["run", own],
    ["encode", own],
    ["encode", link],
    ["optimize", "--with", "merge-inserts", own],
    ["mash", other, own],
  ];
  for (const words of changes) {
    for (const target of [own, dotted]) {
      const forced = ["ir", ...words, "-f", "-o", target];
      await assertFault("BadUsage", /own(-link)?\.ir: .*it is an input/, forced);
    }
  }
  await assertFault("BadUsage", /it is an input/, ["ir", "encode", link, "-f", "-o", link]);
  await assertFault("FileExists", /own\.ir: /, ["ir", "encode", own, "-o", own]);
  assert.equal(readFileSync(own, "utf8"), text);
  assert.equal(readFileSync(link, "utf8"), text);
});

test("IR is changed by optimizers and mashed, and makes the same bytes", async () => {
  const block = seeded(7).bytes(100);
  const bytes = Buffer.concat([...Array(9).fill(block), Buffer.from("!")]);
  const hex = (from: number, to: number): string => bytes.subarray(from, to).toString("hex");
  const first = file(
    "first.ir",
    `window 10\ninsert 60 ${hex(0, 60)}\ninsert 40 ${hex(60, 100)}\n` +
      "copy 400 from 100\ncopy 400 from 100\ninsert 1 21\n",
  );
  const second = file("second.ir", `window 10\ninsert 901 ${hex(0, 901)}\n`);
  const optimizers = "merge-inserts,merge-copies";
  const merged = await well(["ir", "optimize", first, "--with", optimizers]);
  assert.match(merged.toString(), /^window 10\ninsert 100 .*\ncopy 800 from 100\ninsert 1 /);
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

test("IR becomes bits, bits become IR, and the bits are accounted for", async () => {
  const text = file("coded.ir", await well(["ir", "print", plain]));
  const target = join(folder, "coded.dvn");
  await well(["ir", "encode", text, "-o", target, "-q"]);
  assert.deepEqual(await well(["expand", "-c", target]), PLAIN);
  assert.deepEqual(await well(["ir", "run", "-"], await well(["ir", "from", target])), PLAIN);

  const told = JSON.parse((await well(["ir", "stats", "--json", text])).toString());
  assert.equal(told.plainBytes, PLAIN.length);
  const spent = Object.values(told.bits as Record<string, number>);
  const bytes = spent.reduce((total, each) => total + each, 0) / 8;
  const { size } = statSync(target);
  assert.ok(Math.abs(bytes - size) < 0.05 * size + 50, `${bytes} of ${size} bytes`);
  const said = (await well(["ir", "stats", text])).toString();
  assert.match(said, /coded\.ir: [\d,]+ commands for 15\.0 kB, \d\.\d+ kB as bits\n/);
  assert.match(said, /^ {2}literals +[\d,]+ +\d+\.\d%$/m);
  assert.match(said, /^ {2}all +[\d,]+ +100\.0%$/m);
});

test("hints are kept for others, or left out", async () => {
  const hinted = "window 16\nprediction utf8 lcontextmap 1 2 3\nltype 2 1\ninsert 3 616263\n";
  const hints = file("hints.ir", hinted);
  const kept = await well(["ir", "encode", hints]);
  const bare = await well(["ir", "encode", "--no-hints", hints]);
  assert.ok(bare.length < kept.length);
  for (const [coded, has] of [
    [kept, true],
    [bare, false],
  ] as const) {
    const text = (await well(["ir", "from", "-"], coded)).toString();
    assert.equal(/^prediction utf8 lcontextmap 1 2 3$/m.test(text), has);
    assert.deepEqual(await well(["ir", "run", "-"], Buffer.from(text)), Buffer.from("abc"));
  }
});
