/**
 * The command over photos, as its users run it: to .pith and .lep files and back, through pipes, in
 * chunks, with the files of other Lepton programs, and what it says of files it cannot take.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS, type FaultCode } from "../../src/core/errors.ts";
import { encodeLepton } from "../../src/lepton/index.ts";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import {
  newFolder,
  pith,
  pithHere,
  pithHereWell,
  pithWell,
  removeFolders,
  startPith,
} from "./cli-process.ts";

after(removeFolders);

const MODIFIED = new Date("2024-02-29T12:34:56Z");
const PHOTO = "jpeg/photos/canon-ixus-300.jpg";
const LARGER = "jpeg/vectors/iphone.jpg";
const MULTI = "jpeg/vectors/iphoneprogressive.jpg";

/** A new folder with `photo.jpg` in it. */
async function withPhoto(name = PHOTO): Promise<{ top: string; photo: string; plain: Buffer }> {
  const top = await newFolder();
  const photo = join(top, "photo.jpg");
  const plain = Buffer.from(corpusFile(name));
  await writeFile(photo, plain, { mode: 0o640 });
  await utimes(photo, MODIFIED, MODIFIED);
  return { top, photo, plain };
}

test("a photo becomes a .lep file a fifth smaller, and comes back", {
  skip: withoutCorpus,
}, async () => {
  const { top, photo, plain } = await withPhoto();
  const lepton = join(top, "other.lep");
  const words = ["compress", "--json", photo, "-o", lepton];
  const { codec, bytesIn, bytesOut, verified } = JSON.parse((await pithWell(words)).toString());
  assert.deepEqual([codec, bytesIn, verified], ["lepton", plain.length, true]);
  assert.ok(bytesOut < 0.8 * plain.length);
  const { size, mode, mtimeMs } = await stat(lepton);
  assert.deepEqual([size, mode & 0o777, mtimeMs], [bytesOut, 0o640, MODIFIED.getTime()]);
  const back = JSON.parse((await pithWell(["expand", "--json", lepton])).toString());
  assert.deepEqual([back.output, back.verified], [join(top, "other.jpg"), false]);
  assert.deepEqual(await readFile(back.output), plain);
  assert.equal((await stat(back.output)).mtimeMs, MODIFIED.getTime());
  const line = (await pithHereWell(["test", lepton])).toString();
  assert.match(line, /other\.lep: \d+ kB -> 719 kB, 2\d\.\d% saved by lepton/);
});

test("a .pith file of a photo is Lepton's too, unasked", { skip: withoutCorpus }, async () => {
  const { photo, plain } = await withPhoto();
  const line = (await pithWell(["compress", photo])).toString();
  assert.match(line, /photo\.jpg\.pith: 719 kB -> \d+ kB, 2\d\.\d% saved by lepton/);
  assert.match((await pithHereWell(["info", `${photo}.pith`])).toString(), /1 chunk by lepton\n/);
  assert.deepEqual(await pithHereWell(["expand", "-c", `${photo}.pith`]), plain);
  await pithHereWell(["compress", "-q", "--codec", "lepton", "-f", photo]);
  const { size } = await stat(`${photo}.pith`);
  assert.ok(size < 0.8 * plain.length);
});

test("a folder of photos, there and back, with a word on the others", {
  skip: withoutCorpus,
}, async () => {
  const { top, photo } = await withPhoto(MULTI);
  await cp(corpusPath(PHOTO), join(top, "second.JPEG"));
  await cp(corpusPath("jpeg/hostile/cmyk.jpg"), join(top, "cmyk.jpg"));
  await writeFile(join(top, "notes.txt"), "words");
  const ended = await pith(["compress", "--format", "lep", top]);
  assert.equal(ended.code, FAULTS.Unsupported4Colors.number);
  assert.match(ended.stderr, /notes\.txt: skipped, it is no JPEG\n/);
  assert.match(ended.stderr, /cmyk\.jpg: a JPEG of four colours.* \(try "a \.pith file: .*"\)\n/);
  assert.match(ended.stdout.toString(), /\n2 files .*\d%\n$/);
  const back = join(top, "back");
  await pithWell(["expand", "-q", top, "-o", back]);
  assert.deepEqual((await readdir(back)).sort(), ["photo.jpg", "second.JPEG"]);
  assert.deepEqual(await readFile(join(back, "photo.jpg")), await readFile(photo));
  assert.deepEqual(await readFile(join(back, "second.JPEG")), Buffer.from(corpusFile(PHOTO)));
});

test("photos go through pipes, and threads change nothing", { skip: withoutCorpus }, async () => {
  const plain = Buffer.from(corpusFile(PHOTO));
  const words = ["compress", "--format", "lep", "--segments", "4"];
  const one = await pithWell([...words, "-T", "1"], { input: plain });
  assert.ok(one.equals(await pithWell([...words, "-T", "3"], { input: plain })));
  assert.ok((await pithWell(["expand"], { input: one })).equals(plain));
  const lepton = join(await newFolder(), "a.lep");
  await writeFile(lepton, one);
  const { segments } = JSON.parse((await pithHereWell(["info", "--json", lepton])).toString());
  assert.equal(segments.length, 4);
  assert.ok((await pithWell(["expand", "-T", "1", "-c", lepton])).equals(plain));
});

test("a photo is expanded while its .lep file still comes", { skip: withoutCorpus }, async () => {
  const lepton = corpusFile("jpeg/vectors/iphone.lep");
  const child = startPith(["expand"]);
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  const half = lepton.length >> 1;
  child.stdin?.write(lepton.subarray(0, half));
  while (Buffer.concat(pieces).length < 50_000) await delay(10);
  child.stdin?.end(lepton.subarray(half));
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  assert.ok(Buffer.concat(pieces).equals(corpusFile(LARGER)));
});

test("chunks of a photo decode alone, and together are the photo", {
  skip: withoutCorpus,
}, async () => {
  const { top, photo, plain } = await withPhoto(LARGER);
  const chunkBytes = 640 << 10;
  const names: string[] = [];
  for (let start = 0; start < plain.length; start += chunkBytes) {
    const name = join(top, `${start}.lep`);
    const words = ["compress", "--json", photo, "--start-byte", `${start >> 10}K`];
    const told = await pithHereWell([...words, "--bytes", "640K", "-o", name]);
    const expected = plain.subarray(start, start + chunkBytes);
    assert.equal(JSON.parse(told.toString()).bytesIn, expected.length);
    assert.deepEqual(await pithHereWell(["expand", "-c", name]), expected);
    names.push(name);
  }
  assert.deepEqual(await pithHereWell(["expand", "-c", ...names]), plain);
  const about = (await pithHereWell(["info", names[1] as string])).toString();
  assert.match(about, /\n {2}part of a baseline JPEG, 3264x2448, /);
  const options = { startByte: chunkBytes, bytes: chunkBytes };
  const middle = await encodeLepton(plain, options);
  assert.ok((await readFile(names[1] as string)).equals(middle));
  const head = await pithHereWell(["compress", "--format", "lep", "--bytes", "640K"], {
    input: plain,
  });
  assert.deepEqual(head, await readFile(names[0] as string));
});

test("--rm removes a JPEG that its .lep file gives back, and never a .lep file", {
  skip: withoutCorpus,
}, async () => {
  const { top, photo, plain } = await withPhoto();
  await pithHereWell(["compress", "-q", "--rm", "--format", "lep", photo]);
  assert.deepEqual(await readdir(top), ["photo.jpg.lep"]);
  const refused = await pithHere(["expand", "--rm", `${photo}.lep`]);
  assert.equal(refused.code, FAULTS.BadUsage.number);
  assert.match(refused.stderr, /a \.lep file has no checksum that would allow --rm/);
  assert.deepEqual(await readdir(top), ["photo.jpg.lep"]);
  await pithHereWell(["expand", "-q", `${photo}.lep`]);
  assert.deepEqual(await readFile(photo), plain);
});

test("files of other Lepton programs are expanded", { skip: withoutCorpus }, async () => {
  const cases: [string, string, ...string[]][] = [
    ["iphonecrop-v2brotli.lep", "iphonecrop.jpg"],
    ["androidprogressive.lep", "androidprogressive.jpg"],
    ["dropbox-narrowrst-v4.lep", "narrowrst.jpg"],
    ["embedded-at-1000.lep", "embedded-at-1000.bin"],
    ["permissive-any-bytes.lep", "permissive-any-bytes.bin"],
    ["mathoverflow-32bit.lep", "mathoverflow.jpg", "--arithmetic", "exact"],
  ];
  for (const [name, plain, ...options] of cases) {
    const path = corpusPath(`jpeg/vectors/${name}`);
    const back = await pithHereWell(["expand", "-c", path, ...options]);
    assert.ok(back.equals(corpusFile(`jpeg/vectors/${plain}`)), name);
  }
  const legacy = corpusPath("jpeg/vectors/gold-legacy.lep");
  const back = await pithHereWell(["expand", "-c", legacy]);
  const hash = createHash("sha256").update(back).digest("hex");
  assert.equal(hash, "79f13e3951e84b4e7bd8ff0f1315f336044f542387ac3a9c26205c5ac372ea54");
  const sums = await pithHere(["test", corpusPath("jpeg/vectors/mathoverflow-32bit.lep")]);
  assert.equal(sums.code, FAULTS.StreamInconsistent.number);
  assert.match(sums.stderr, /try "--arithmetic exact/);
});

test("what cannot become a .lep file ends with Lepton's exit code, and leaves nothing", {
  skip: withoutCorpus,
}, async () => {
  const { top, photo } = await withPhoto();
  const cases: [FaultCode, string, ...string[]][] = [
    ["ShortRead", "hostile/empty.jpg"],
    ["Unsupported4Colors", "vectors/fourcolorchannels.jpg"],
    ["ProgressiveUnsupported", "vectors/iphoneprogressive.jpg", "--start-byte", "50K"],
    ["SamplingBeyondTwoUnsupported", "hostile/sampling-4x1-1x1-1x1.jpg"],
    ["OnlyGarbageNoJpeg", "vectors/iphone.jpg", "--start-byte", "2236000"],
    ["UnsupportedJpeg", "vectors/arithmetic.jpg"],
    ["UnsupportedJpeg", "hostile/text.jpg"],
    ["InvalidResetCode", "hostile/rst-wrong-number.jpg"],
  ];
  const output = join(top, "out.lep");
  for (const [code, name, ...options] of cases) {
    const words = ["compress", corpusPath(`jpeg/${name}`), "-o", output, ...options];
    const { code: ended, stderr } = await pithHere(words);
    assert.equal(ended, FAULTS[code].number, name);
    assert.match(stderr, /^pith: [^\n]*[(,] ?try "[^\n]*\n$/, name);
    // The same file in a .pith file is no fault.
    if (options.length === 0) await pithHereWell(["compress", "-q", words[1] as string, "-c"]);
  }
  const progressive = await pithHere([
    "compress",
    corpusPath(`jpeg/${cases[2]?.[1]}`),
    "-o",
    output,
  ]);
  assert.equal(progressive.code, 0);
  const taken = await pithHere(["compress", photo, "-o", output]);
  assert.equal(taken.code, FAULTS.FileExists.number);
  assert.deepEqual((await readdir(top)).sort(), ["out.lep", "photo.jpg"]);
});

test("files that are not what they are called, and damaged ones, are told so", {
  skip: withoutCorpus,
}, async () => {
  const top = await newFolder();
  const whole = corpusFile("jpeg/vectors/iphonecrop.lep");
  await mkdir(join(top, "folder.lep"));
  const cases: [string, Uint8Array, FaultCode][] = [
    ["text.lep", Buffer.from("words"), "FormatUnknown"],
    ["empty.lep", new Uint8Array(0), "FormatUnknown"],
    ["cut.lep", whole.subarray(0, whole.length >> 1), "BadLeptonFile"],
    ["start.lep", whole.subarray(0, 27), "BadLeptonFile"],
    ["last.lep", whole.subarray(0, -1), "BadLeptonFile"],
    [
      "version.lep",
      Buffer.concat([whole.subarray(0, 2), Buffer.of(3), whole.subarray(3)]),
      "VersionUnsupported",
    ],
  ];
  for (const [name, bytes, code] of cases) {
    const path = join(top, name);
    await writeFile(path, bytes);
    for (const command of ["test", "expand"]) {
      const { code: ended, stderr } = await pithHere([command, path]);
      assert.equal(ended, FAULTS[code].number, `${command} ${name}`);
      assert.match(stderr, /^pith: [^\n]*\n$/);
    }
  }
  const missing = await pithHere(["test", join(top, "missing.lep")]);
  assert.equal(missing.code, FAULTS.FileIo.number);
  // What can be known of a pipe is known too late to take it back: the exit code tells.
  const piped = await pith(["expand"], { input: whole.subarray(0, -1) });
  assert.equal(piped.code, FAULTS.BadLeptonFile.number);
  const names = (await readdir(top)).sort();
  assert.deepEqual(names, ["folder.lep", ...cases.map(([name]) => name)].sort());
});

test("estimate says what Lepton would save", { skip: withoutCorpus }, async () => {
  const { top } = await withPhoto();
  const about = (await pithHereWell(["estimate", top])).toString();
  assert.match(about, /^JPEG image +1 +719 kB +\d+ kB +2\d\.\d% +by lepton$/m);
});
