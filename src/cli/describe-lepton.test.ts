/** `pith info` of JPEGs and Lepton files, as people and programs read it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fakeRun } from "../../test/cli-run.ts";
import { corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { compress } from "../container/index.ts";
import { FAULTS } from "../core/errors.ts";
import { describeFiles } from "./describe-files.ts";

const vector = (name: string): string =>
  fileURLToPath(new URL(`../../test/vectors/lepton/${name}`, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "pith-describe-"));
after(() => rmSync(folder, { recursive: true }));

interface Page {
  readonly code: number;
  /** Without the path of the file. */
  readonly text: string;
  readonly errors: string;
}

async function page(path: string, options: object = {}, classes = false): Promise<Page> {
  const { run, output, errors } = fakeRun();
  run.listen(options);
  await describeFiles([path], run, classes);
  return { code: run.exitCode, text: output().replace(path, "FILE"), errors: errors() };
}

function made(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test("a Lepton file: picture, segments, and what its bytes stand for", async () => {
  const { text } = await page(vector("colorswap.lep"), { verbose: true });
  const lines = text.trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 5), [
    "FILE: Lepton file, 255 B for 308 B, 17.2% saved",
    "  baseline JPEG, 16x16, 3 components, sampling 1x1,1x1,1x1, 1 scan",
    "  1 segment",
    "  holds   bytes   share",
    "  header    242   94.9%",
  ]);
  assert.equal(lines[8], "  all       255  100.0%");
  assert.deepEqual(lines.slice(9), ["  segment  MCU row  bytes", "        0        0     13"]);
});

test("the same for programs", async () => {
  const { text } = await page(vector("tiny.lep"), { json: true });
  const { holds, segments, ...facts } = JSON.parse(text);
  assert.deepEqual(facts, {
    name: "FILE",
    kind: "lepton",
    bytes: 550,
    plainBytes: 723,
    savedPercent: 23.9,
    version: 1,
    flavour: "Z",
    width: 1,
    height: 1,
    components: 3,
    sampling: "2x2,1x1,1x1",
    progressive: false,
    scans: 1,
  });
  assert.deepEqual(segments.length, 1);
  assert.equal(holds.header + holds.dc + holds.interior + holds.edges, 550);
});

test("classes of a JPEG by both models, and of the frames of .pith files", async () => {
  const jpeg = fileURLToPath(new URL("../../test/vectors/pith/lepton.jpg", import.meta.url));
  const { text } = await page(jpeg, {}, true);
  const lines = text.trimEnd().split("\n");
  assert.equal(lines[2], "  jpeg-dense: model 1, priors 1");
  assert.match(lines[3] ?? "", /^ {2}holds +lepton +share +jpeg-dense +share$/);
  assert.equal(lines.length, 9);
  const { classes } = JSON.parse((await page(jpeg, { json: true }, true)).text);
  assert.deepEqual(Object.keys(classes), ["lepton", "jpeg-dense"]);
  for (const [effort, name] of [
    ["default", "lepton"],
    ["dense", "jpeg-dense"],
  ] as const) {
    const file = made(`${name}.pith`, await compress(readFileSync(jpeg), { effort }));
    const told = JSON.parse((await page(file, { json: true }, true)).text);
    assert.deepEqual(told.classes, { [name]: classes[name] });
    assert.match((await page(file, {}, true)).text, new RegExp(`^ {2}holds +${name} +share$`, "m"));
    assert.ok(!(await page(file)).text.includes("holds"));
  }
  const words = made("words.txt", new TextEncoder().encode("words, no picture"));
  assert.ok(!(await page(words, {}, true)).text.includes("holds"));
  const cut = made("cut.jpg", readFileSync(jpeg).subarray(0, 100));
  assert.match((await page(cut, {}, true)).text, /^ {2}jpeg-dense does not take it: /m);
});

test("many segments, a part of a JPEG, and bytes of any kind", {
  skip: withoutCorpus,
}, async () => {
  const part = await page(corpusPath("jpeg/vectors/iphone-chunk2of4.lep"));
  assert.match(part.text, /^ {2}part of a baseline JPEG, 3264x2448, /m);
  assert.match(part.text, /^ {2}8 segments, from MCU rows 92, 98, 105, 111, \.\.\.$/m);
  const any = await page(corpusPath("jpeg/vectors/permissive-any-bytes.lep"), { verbose: true });
  assert.equal(
    any.text,
    "FILE: Lepton file, 5.24 kB for 5.00 kB, -4.9% saved\n  bytes of any kind, no picture\n",
  );
  const several = await page(corpusPath("jpeg/vectors/androidprogressive.lep"));
  assert.match(several.text, /^ {2}progressive JPEG, 685x999, .* 10 scans$/m);
});

test("a JPEG is told by its header, and why Lepton would not take it", {
  skip: withoutCorpus,
}, async () => {
  const cases: [string, string][] = [
    ["vectors/iphone.jpg", "  baseline JPEG, 3264x2448, 3 components, sampling 2x2,1x1,1x1"],
    ["vectors/iphoneprogressive.jpg", "  progressive JPEG, 1023x663, 3 components, sampling 1x1"],
    ["hostile/non-interleaved.jpg", ", several scans"],
    ["hostile/cmyk.jpg", "  Lepton does not take it: a JPEG of four colours"],
    ["hostile/arithmetic-small.jpg", "  Lepton does not take it: "],
    // Its header is longer than the first look.
    ["large/rhythm-baseline-restart.jpg", "  baseline JPEG, "],
  ];
  for (const [name, says] of cases) {
    const { code, text } = await page(corpusPath(`jpeg/${name}`));
    assert.equal(code, 0);
    assert.match(text, /^FILE: JPEG image, /);
    assert.ok(text.includes(says), text);
  }
  const refused = await page(corpusPath("jpeg/hostile/cmyk.jpg"), { json: true });
  assert.equal(JSON.parse(refused.text).refused.number, FAULTS.Unsupported4Colors.number);
  const taken = await page(corpusPath("jpeg/vectors/iphone.jpg"), { json: true });
  assert.deepEqual(JSON.parse(taken.text).jpeg, {
    progressive: false,
    width: 3264,
    height: 2448,
    components: 3,
    sampling: "2x2,1x1,1x1",
    severalScans: false,
  });
});

test("a JPEG whose header never ends is only a JPEG", async () => {
  const comment = Uint8Array.of(0xff, 0xfe, 0xff, 0xff);
  const bytes = new Uint8Array(20 << 20);
  bytes.set([0xff, 0xd8]);
  for (let at = 2; at + 4 <= bytes.length; at += 65_537) bytes.set(comment, at);
  const { code, text } = await page(made("comments.jpg", bytes));
  assert.deepEqual([code, text], [0, "FILE: JPEG image, 21.0 MB\n"]);
});

test("what cannot be decoded is a fault, and what only has the name is not", async () => {
  const cut = await page(made("cut.lep", Uint8Array.of(0xcf, 0x84, 1, 0x5a)));
  assert.equal(cut.code, FAULTS.BadLeptonFile.number);
  assert.match(cut.errors, /^pith: .*cut\.lep: the bytes are not a Lepton file, /);
  const text = await page(made("text.lep", new TextEncoder().encode("words\n")));
  assert.deepEqual([text.code, text.text], [0, "FILE: text, 6 B\n"]);
});
