/**
 * The command over files, as its users run it: every format there and back, pipes, folders, times
 * and modes, silence, JSON, exit codes, and nothing left behind where it fails.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync, gzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { FAULTS } from "../../src/core/errors.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import { seeded } from "../random.ts";
import {
  MAIN,
  newFolder,
  pith,
  pithHere,
  pithHereWell,
  pithWell,
  removeFolders,
  startPith,
} from "./cli-process.ts";

after(removeFolders);

const random = seeded(7);
/** A little of everything, more than one chunk, and no text. */
const LARGE = random.content(4_500_000);
LARGE[0] = 0;
const SMALL = Buffer.from("to be or not to be, ".repeat(500));
const MODIFIED = new Date("2024-02-29T12:34:56Z");

/** What is coded here says nothing of codecs, so it need not take seconds. */
const FAST = ["--effort", "fast"];

/** A folder with files of several kinds, times and modes. */
async function makeTree(): Promise<string> {
  const folder = join(await newFolder(), "tree");
  await mkdir(join(folder, "sub/deep"), { recursive: true });
  await mkdir(join(folder, "empty"));
  await writeFile(join(folder, "large.bin"), LARGE);
  await writeFile(join(folder, "small.txt"), SMALL, { mode: 0o640 });
  await writeFile(join(folder, "sub/nothing"), "");
  await writeFile(join(folder, "sub/deep/Größe 写真"), random.bytes(5000), { mode: 0o755 });
  for (const name of ["large.bin", "small.txt", "sub/nothing", "sub/deep/Größe 写真"]) {
    await utimes(join(folder, name), MODIFIED, MODIFIED);
  }
  return folder;
}

/** Every file below a folder: relative path to bytes, time and mode. */
async function readTree(folder: string): Promise<Map<string, [string, number, number]>> {
  const found = new Map<string, [string, number, number]>();
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const stats = await lstat(join(folder, name));
    if (!stats.isFile()) continue;
    const bytes = (await readFile(join(folder, name))).toString("base64");
    found.set(name, [bytes, Math.round(stats.mtimeMs), stats.mode & 0o777]);
  }
  return found;
}

test("--version and help", async () => {
  assert.match((await pithWell(["--version"])).toString(), /^pith \d+\.\d+\.\d+\n$/);
  assert.match((await pithWell(["help"])).toString(), /^Usage: pith /);
  assert.match((await pithWell(["put", "--help"])).toString(), /^Usage: pith put /);
});

test("a folder survives every format, with times and modes", async () => {
  const tree = await makeTree();
  const before = await readTree(tree);
  const top = await newFolder();
  for (const format of ["pith", "gz", "zlib", "deflate"]) {
    // The real command for one format; what differs for the others is below it.
    const ends = format === "pith" ? pithWell : pithHereWell;
    const packed = join(top, format);
    const back = join(top, `${format}-back`);
    await ends(["compress", ...FAST, tree, "-o", packed, "--format", format, "-q"]);
    assert.equal((await readTree(packed)).size, before.size);
    const { mode, mtimeMs } = await stat(
      join(packed, `small.txt.${format === "zlib" ? "zz" : format}`),
    );
    assert.equal(mode & 0o777, 0o640);
    assert.equal(mtimeMs, MODIFIED.getTime());
    await ends(["test", packed, "-q"]);
    await ends(["expand", packed, "-o", back, "-q"]);
    assert.deepEqual(await readTree(back), before, format);
  }
  assert.deepEqual(await readTree(tree), before, "inputs are kept");
});

test("what is written is what others read, and the format follows the name", async () => {
  const top = await newFolder();
  const source = join(top, "small.txt");
  await writeFile(source, SMALL);
  const packed = async (...words: string[]): Promise<Buffer> => {
    const target = words[0] as string;
    await pithHereWell(["compress", source, "-o", join(top, target), ...words.slice(1)]);
    return readFile(join(top, target));
  };
  assert.deepEqual(gunzipSync(await packed("a.gz")), SMALL);
  assert.deepEqual(gunzipSync(await packed("a.tgz", "--level", "9")), SMALL);
  assert.deepEqual(gunzipSync(await packed("b.gz", "--level", "huffman")), SMALL);
  assert.deepEqual(gunzipSync(await packed("c.gz", "--codec", "deflate")), SMALL);
  assert.deepEqual(inflateSync(await packed("a.zz")), SMALL);
  assert.deepEqual(inflateSync(await packed("a.zlib")), SMALL);
  assert.deepEqual(inflateRawSync(await packed("a.deflate")), SMALL);
  assert.deepEqual(gunzipSync(await packed("a.bin", "--format", "gz")), SMALL);
  assert.equal((await packed("a.bin2"))[0], 0xf0);
  assert.deepEqual(
    await packed("huffman.gz", "--level", "huffman"),
    await packed("flat.gz", "--effort", "flat"),
  );
});

test("equal content gives equal .pith files when metadata are left out, on any threads", async () => {
  const tree = await makeTree();
  const one = await pithWell([
    "compress",
    "--effort",
    "fast",
    "-c",
    "-n",
    "-T",
    "1",
    join(tree, "large.bin"),
  ]);
  const other = await pithWell(["compress", "--effort", "fast", "-T", "3"], { input: LARGE });
  assert.ok(one.equals(other));
});

test("bytes go through pipes", async () => {
  const cases: [string, Uint8Array, ...string[]][] = [
    ["pith", new Uint8Array()],
    ["pith", SMALL],
    ["pith", LARGE, ...FAST],
    ["gz", new Uint8Array()],
    ["gz", LARGE, ...FAST],
    ["zlib", SMALL],
    ["deflate", SMALL],
  ];
  for (const [format, plain, ...words] of cases) {
    // What is more than a pipe holds goes through real ones.
    const ends = plain === LARGE ? pithWell : pithHereWell;
    const coded = await ends(["compress", "--format", format, ...words], { input: plain });
    const hint = format === "deflate" ? ["--format", "deflate"] : [];
    const back = await ends(["expand", "-", ...hint], { input: coded });
    assert.ok(back.equals(plain), `${format} ${plain.length}`);
  }
  const top = await newFolder();
  await pithWell(["compress", "-o", join(top, "a.gz")], { input: SMALL });
  assert.deepEqual(await pithWell(["expand", "-c", join(top, "a.gz")]), SMALL);
  await pithWell(["expand", "-", "-o", join(top, "a")], { input: gzipSync(SMALL) });
  assert.deepEqual(await readFile(join(top, "a")), SMALL);
});

test("several gzip files may share stdout, .pith files may not", async () => {
  const tree = await makeTree();
  const files = [join(tree, "small.txt"), join(tree, "sub/deep/Größe 写真")];
  const both = Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
  assert.deepEqual(
    gunzipSync(await pithHereWell(["compress", "-c", "--format", "gz", ...files])),
    both,
  );
  const refused = await pithHere(["compress", "-c", ...files]);
  assert.equal(refused.code, FAULTS.BadUsage.number);
  assert.equal(refused.stdout.length, 0);
  await pithHereWell(["compress", ...files, "-q"]);
  const packed = files.map((file) => `${file}.pith`);
  assert.deepEqual(await pithHereWell(["expand", "-c", ...packed]), both);
});

test("content counts, not its name", async () => {
  const top = await newFolder();
  await writeFile(join(top, "a.pith"), gzipSync(SMALL));
  await writeFile(join(top, "b.gz"), await pithHereWell(["compress"], { input: SMALL }));
  await writeFile(join(top, "plain.gz"), SMALL);
  await pithHereWell(["expand", join(top, "a.pith"), join(top, "b.gz"), "-q"]);
  assert.deepEqual(await readFile(join(top, "a")), SMALL);
  assert.deepEqual(await readFile(join(top, "b")), SMALL);
  const refused = await pithHere(["expand", join(top, "plain.gz")]);
  assert.equal(refused.code, FAULTS.FormatUnknown.number);
  assert.match(refused.stderr, /^pith: .*plain\.gz: the file is neither/);
  // In a folder, what is nothing of ours is left alone.
  await pithHereWell(["expand", top, "-f", "-q"]);
  assert.ok(!existsSync(join(top, "plain")));
});

test("-q prints nothing, whatever happens", async () => {
  const tree = await makeTree();
  const words: [string[], number][] = [
    [["compress", ...FAST, "-q", tree], 0],
    [["expand", "-q", join(tree, "none")], FAULTS.FileIo.number],
    [["compress", ...FAST, "-q", join(tree, "small.txt")], FAULTS.FileExists.number],
    [["test", "-q", tree], 0],
    [["expand", "-q", "-f", tree], 0],
  ];
  for (const [i, [line, code]] of words.entries()) {
    const ended = await (i < 2 ? pith : pithHere)(line);
    assert.deepEqual([ended.code, ended.stdout.toString(), ended.stderr], [code, "", ""], line[0]);
  }
});

test("--json tells one object a file", async () => {
  const tree = await makeTree();
  const out = join(await newFolder(), "out");
  const lines = (await pithWell(["compress", ...FAST, "--json", tree, "-o", out]))
    .toString()
    .trim()
    .split("\n");
  const results = lines.map((line) => JSON.parse(line));
  assert.equal(results.length, 4);
  for (const result of results) {
    assert.deepEqual(Object.keys(result), [
      "name",
      "output",
      "codec",
      "bytesIn",
      "bytesOut",
      "savedPercent",
      "seconds",
      "verified",
    ]);
    assert.equal(result.verified, true);
    assert.equal(result.bytesIn, (await stat(result.name)).size);
    assert.equal(result.bytesOut, (await stat(result.output)).size);
  }
  const small = results.find(({ name }) => name.endsWith("small.txt"));
  assert.equal(small.codec, "zlib");
  assert.equal(small.savedPercent, Math.round((1 - small.bytesOut / SMALL.length) * 1000) / 10);

  const piped = await pith(["compress", "--json", "-c", join(tree, "small.txt")]);
  assert.equal(JSON.parse(piped.stderr).output, undefined);
  assert.deepEqual(await pithWell(["expand"], { input: piped.stdout }), SMALL);

  const tested = await pithWell(["test", "--json", join(out, "small.txt.pith")]);
  const { codec, bytesOut, verified } = JSON.parse(tested.toString());
  assert.deepEqual([codec, bytesOut, verified], ["zlib", SMALL.length, true]);
});

test("several files end in a table, one in a line", async () => {
  const tree = await makeTree();
  const table = (await pithHereWell(["compress", ...FAST, tree])).toString();
  assert.match(table, /^file +codec +plain +coded +saved\n/);
  assert.match(table, /\n4 files +4\.5\d MB +\S+ MB +\d+\.\d%\n$/);
  const line = (
    await pithHereWell(["compress", ...FAST, "-f", join(tree, "small.txt")])
  ).toString();
  assert.match(line, /small\.txt -> .*small\.txt\.pith: 10\.0 kB -> \d+ B, 9\d\.\d% saved by zlib/);
});

test("a second run over a folder codes nothing twice", async () => {
  const tree = await makeTree();
  await pithHereWell(["compress", ...FAST, "-q", tree]);
  const again = await pithHere(["compress", ...FAST, tree]);
  assert.equal(again.stderr.match(/skipped, it is compressed already/g)?.length, 4);
  assert.equal(again.code, FAULTS.FileExists.number);
  const names = await readdir(tree, { recursive: true });
  assert.ok(!names.some((name) => name.endsWith(".pith.pith")));
});

test("--rm removes inputs, and only those whose output is proven", async () => {
  const tree = await makeTree();
  const before = await readTree(tree);
  await pithHereWell(["compress", ...FAST, "--rm", "-q", tree]);
  const packed = [...(await readTree(tree)).keys()];
  assert.equal(packed.length, 4);
  assert.ok(packed.every((name) => name.endsWith(".pith")));

  const damaged = join(tree, "large.bin.pith");
  const bytes = await readFile(damaged);
  const whole = Buffer.from(bytes);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] as number) ^ 1;
  await writeFile(damaged, bytes);
  const ended = await pithHere(["expand", "--rm", "-q", tree]);
  assert.equal(ended.code, FAULTS.FrameCorrupt.number);
  const left = await readTree(tree);
  assert.ok(left.has("large.bin.pith"), "the damaged input is kept");
  assert.ok(!left.has("large.bin"), "and gives no output");
  assert.ok(!left.has("small.txt.pith") && left.has("small.txt"), "the others are done");

  await writeFile(damaged, whole);
  await pithHereWell(["expand", "--rm", "-q", tree]);
  assert.deepEqual(await readTree(tree), before);
});

test("--rm keeps the input where the output cannot be written or be proven", async () => {
  const top = await newFolder();
  const source = join(top, "a");
  await writeFile(source, SMALL);
  await writeFile(`${source}.pith`, "precious");
  const cases: [string[], number][] = [
    [["compress", "--rm", source], FAULTS.FileExists.number],
    [["compress", "--rm", source, "-o", join(top, "none/a.pith")], FAULTS.FileIo.number],
    [["compress", "--rm", source, "-o", join(source, "a.pith")], FAULTS.FileIo.number],
    [["compress", "--rm", "-c", source], FAULTS.BadUsage.number],
  ];
  for (const [words, code] of cases) {
    assert.equal((await pithHere(words)).code, code, words.join(" "));
    assert.deepEqual(await readFile(source), SMALL);
  }
  assert.equal(await readFile(`${source}.pith`, "utf8"), "precious");
  await pithHereWell(["compress", source, "-o", join(top, "b.deflate")]);
  const raw = await pithHere(["expand", "--rm", join(top, "b.deflate")]);
  assert.equal(raw.code, FAULTS.BadUsage.number);
  assert.deepEqual((await readdir(top)).sort(), ["a", "a.pith", "b.deflate"]);
});

test("what exists is kept without -f, and never written through with it", async () => {
  const top = await newFolder();
  const source = join(top, "a");
  await writeFile(source, SMALL);
  await writeFile(join(top, "precious"), "precious");
  await symlink(join(top, "precious"), `${source}.pith`);
  const refused = await pithHere(["compress", source]);
  assert.equal(refused.code, FAULTS.FileExists.number);
  assert.match(refused.stderr, /^pith: .*\/a: the output exists already; -f overwrites it .*\n$/);
  assert.equal(await readlink(`${source}.pith`), join(top, "precious"));
  await pithHereWell(["compress", "-f", source]);
  assert.equal(await readFile(join(top, "precious"), "utf8"), "precious");
  assert.ok((await lstat(`${source}.pith`)).isFile());
  await pithHereWell(["test", `${source}.pith`]);
});

test("two inputs never share an output, also not with -f", async () => {
  const top = await newFolder();
  for (const name of ["x", "y"]) {
    await mkdir(join(top, name));
    await writeFile(join(top, name, "a"), name);
  }
  const out = join(top, "out");
  const ended = await pithHere(["compress", "-f", join(top, "x"), join(top, "y"), "-o", out]);
  assert.equal(ended.code, FAULTS.FileExists.number);
  assert.equal((await pithHereWell(["expand", "-c", join(out, "a.pith")])).toString(), "x");
});

test("links are skipped with a word, and folders that are links are not written through", async () => {
  const tree = await makeTree();
  await symlink(join(tree, "small.txt"), join(tree, "link"));
  const out = join(await newFolder(), "out");
  const walked = await pithHere(["compress", ...FAST, tree, "-o", out]);
  assert.equal(walked.code, 0);
  assert.match(walked.stderr, /^pith: .*link: skipped, it is a symbolic link\n$/);
  const named = await pithHere(["compress", join(tree, "link"), "-o", join(out, "x")]);
  assert.equal(named.code, FAULTS.FileIo.number);

  const outside = await newFolder();
  const trap = await newFolder();
  await symlink(outside, join(trap, "sub"));
  const trapped = await pithHere(["expand", "-q", out, "-o", trap]);
  assert.equal(trapped.code, FAULTS.UnsafePath.number);
  assert.deepEqual(await readdir(outside), []);
  assert.ok(existsSync(join(trap, "small.txt")), "the others are done");
});

test("damaged files end with their fault, in bounded time, and leave nothing", async () => {
  const top = await newFolder();
  const coded = await pithHereWell(["compress", ...FAST], { input: LARGE });
  const flipped = Buffer.from(coded);
  flipped[coded.length >> 1] = (flipped[coded.length >> 1] as number) ^ 0x10;
  const gz = gzipSync(SMALL);
  const cases: [string, Buffer, number][] = [
    ["cut.pith", coded.subarray(0, coded.length - 1), FAULTS.PithTruncated.number],
    ["half.pith", coded.subarray(0, coded.length >> 1), FAULTS.PithTruncated.number],
    ["flipped.pith", flipped, FAULTS.FrameCorrupt.number],
    ["longer.pith", Buffer.concat([coded, Buffer.from("x")]), FAULTS.TrailingBytes.number],
    ["cut.gz", gz.subarray(0, gz.length - 1), FAULTS.DeflateTruncated.number],
    ["longer.gz", Buffer.concat([gz, Buffer.from("x")]), FAULTS.TrailingBytes.number],
    ["empty.gz", Buffer.alloc(0), FAULTS.FormatUnknown.number],
  ];
  for (const [name, bytes, code] of cases) {
    const path = join(top, name);
    await writeFile(path, bytes);
    const ended = await pithHere(["expand", path]);
    assert.equal(ended.code, code, `${name}: ${ended.stderr}`);
    assert.match(ended.stderr, new RegExp(`^pith: .*${name}: [^\n]+\n$`));
  }
  const tested = await pithHere(["test", top]);
  assert.equal(tested.stderr.match(/^pith: /gm)?.length, cases.length - 1, "all but the empty one");
  assert.deepEqual((await readdir(top)).sort(), cases.map(([name]) => name).sort());
});

test("of several faults the first is the exit code, and the others are still done", async () => {
  const top = await newFolder();
  await writeFile(join(top, "good.gz"), gzipSync(SMALL));
  await writeFile(join(top, "cut.gz"), gzipSync(SMALL).subarray(0, 30));
  const words = [join(top, "cut.gz"), join(top, "none.gz"), join(top, "good.gz")];
  const ended = await pithHere(["expand", "-T", "1", ...words]);
  assert.equal(ended.code, FAULTS.FileIo.number, "found while the files are listed");
  assert.equal(ended.stderr.trim().split("\n").length, 2);
  assert.deepEqual(await readFile(join(top, "good")), SMALL);
});

test("words that make no sense are refused before anything is done", async () => {
  const top = await newFolder();
  await writeFile(join(top, "a"), SMALL);
  for (const words of [
    ["compres", "a"],
    ["compress", "-o", "x", "-c", "a"],
  ]) {
    const ended = await pith(words, { cwd: top });
    assert.equal(ended.code, FAULTS.BadUsage.number, words.join(" "));
    assert.match(ended.stderr, /^pith: /);
    assert.equal(ended.stdout.length, 0);
  }
  assert.deepEqual(await readdir(top), ["a"]);
});

test("a signal leaves nothing but the inputs", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const top = await newFolder();
    const child = startPith(["compress", "-", "-o", join(top, "a.pith")]);
    child.stdin?.on("error", () => undefined);
    child.stdin?.write(LARGE);
    while ((await readdir(top)).length === 0) await delay(10);
    await delay(50);
    child.kill(signal);
    const [code, ended] = await once(child, "close");
    assert.deepEqual([code, ended], [null, signal]);
    assert.deepEqual(await readdir(top), []);
  }
});

test("a reader that goes away ends the command quietly", async () => {
  const top = await newFolder();
  await writeFile(join(top, "a.gz"), gzipSync(LARGE));
  const child = startPith(["expand", "-c", join(top, "a.gz")]);
  let noted = "";
  child.stderr?.on("data", (piece: Buffer) => {
    noted += piece.toString();
  });
  child.stdout?.once("data", () => child.stdout?.destroy());
  const [code] = await once(child, "close");
  assert.deepEqual([code, noted], [141, ""]);
});

test("help ends quietly when its reader has gone, and is a fault when the disk is full", async () => {
  const outcomeOf = async (child: ChildProcess): Promise<unknown[]> => {
    let noted = "";
    child.stderr?.on("data", (piece: Buffer) => {
      noted += piece.toString();
    });
    const [code] = await once(child, "close");
    return [code, noted];
  };
  const child = startPith(["compress", "--help"]);
  child.stdout?.destroy();
  assert.deepEqual(await outcomeOf(child), [141, ""]);
  if (!existsSync("/dev/full")) return;
  const full = openSync("/dev/full", "w");
  const words = [MAIN, "compress", "--help"];
  const blocked = spawn(process.execPath, words, { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  const [code, noted] = await outcomeOf(blocked);
  assert.equal(code, FAULTS.FileIo.number);
  assert.match(String(noted), /^pith: \(stdout\): [^\n]*no space left[^\n]*\n$/);
});

test("a full disk behind stdout is a fault in one line", {
  skip: !existsSync("/dev/full"),
}, async () => {
  const top = await newFolder();
  await writeFile(join(top, "a.gz"), gzipSync(LARGE));
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [MAIN, "expand", "-c", join(top, "a.gz")], {
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  let noted = "";
  child.stderr?.on("data", (piece: Buffer) => {
    noted += piece.toString();
  });
  const [code] = await once(child, "close");
  assert.equal(code, FAULTS.FileIo.number);
  assert.match(noted, /^pith: \(stdout\): [^\n]*no space left[^\n]*\n$/);
});

test("info and estimate say what is there and write nothing", async () => {
  const tree = await makeTree();
  await pithHereWell(["compress", ...FAST, "-q", join(tree, "large.bin")]);
  const before = await readTree(tree);
  const info = (await pithHereWell(["info", "-v", join(tree, "large.bin.pith")])).toString();
  assert.match(info, /Pith file, .* for 4\.50 MB, .* saved, 2 chunks by/);
  assert.match(info, /of large\.bin, 2024-02-29 12:34:56, mode 644/);
  assert.match(info, /\n +4194304 +305696 +\d+ +(?:\w+ 1 \+ )?\w+ 1 +[0-9a-f]{64}\n/);
  const about = JSON.parse(
    (await pithHereWell(["info", "--json", join(tree, "small.txt")])).toString(),
  );
  assert.equal(about.kind, "text");

  const page = (await pithHereWell(["estimate", ...FAST, tree])).toString();
  assert.match(page, /Measured on all bytes: .* Nothing was written\./);
  const lines = (await pithHereWell(["estimate", ...FAST, "--json", "--full", tree]))
    .toString()
    .trim()
    .split("\n");
  const kinds = new Map(lines.map((line) => [JSON.parse(line).kind, JSON.parse(line)]));
  assert.deepEqual([...kinds.keys()].sort(), ["binary", "empty", "pith", "text"]);
  assert.equal(kinds.get("text").bytes, SMALL.length);
  assert.ok(kinds.get("text").savedPercent > 90);
  assert.deepEqual(await readTree(tree), before);
});

test("real files survive", { skip: withoutCorpus }, async () => {
  const top = await newFolder();
  const data = corpusPath("deflate/data");
  await pithWell(["compress", ...FAST, data, "-o", join(top, "packed"), "-q"]);
  await pithHereWell([
    "compress",
    data,
    "-o",
    join(top, "gz"),
    "--format",
    "gz",
    "--effort",
    "flat",
    "-q",
  ]);
  for (const packed of ["packed", "gz"]) {
    await pithHereWell(["expand", join(top, packed), "-o", join(top, `${packed}-back`), "-q"]);
    for (const name of await readdir(data)) {
      const back = await readFile(join(top, `${packed}-back`, name));
      assert.ok(back.equals(corpusFile(`deflate/data/${name}`)), name);
    }
  }
  const isFull = process.env["PITH_FULL"] === "1";
  const pictures = isFull ? [""] : ["/iphonecrop.jpg", "/grayscale.jpg", "/gray2sf.lep"];
  const paths = pictures.map((name) => corpusPath(`jpeg/vectors${name}`));
  const about = await pithHereWell(["estimate", ...FAST, ...paths]);
  assert.match(about.toString(), /JPEG image .* by lepton/);
});
