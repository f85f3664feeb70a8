/** Tests of detection: it names what content was made with, and nothing for what has no structure. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { loadKernel } from "../core/kernel.ts";
import { loadFilters } from "./apply.ts";
import { detectFilters } from "./detect.ts";
import { describeFilter } from "./filter.ts";
import { branches, picture } from "./suite.ts";

const kernel = await loadFilters();

function named(plain: Uint8Array): string[] {
  return detectFilters(kernel, plain).map(describeFilter);
}

/** Records of fields that change little from one to the next, the zeros of padding among them. */
function records(random: Random, size: number, stride: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const column = i % stride;
    if (column % 3 === 0) bytes[i] = 17 * column + 1;
    else if (column % 3 === 1) bytes[i] = random.upTo(256);
  }
  return bytes;
}

test("the stride of records is found, whatever the padding", () => {
  const random = seeded(5);
  for (const stride of [7, 13, 32, 100, 216, 511]) {
    const found = named(records(random, 200_000, stride));
    assert.ok(found.includes(`transpose ${stride}`), `${stride}: ${found.join(", ")}`);
  }
});

test("the row of a picture is found, and its samples' size and order", () => {
  const random = seeded(6);
  const small = picture(random, 150_000, 640);
  assert.equal(named(small)[0], "predict-8 640");

  for (const order of ["little", "big"] as const) {
    const wide = new Uint8Array(300_000);
    const view = new DataView(wide.buffer);
    const pixels = picture(random, 150_000, 320);
    for (const [i, pixel] of pixels.entries()) {
      view.setUint16(2 * i, 5 * pixel + random.upTo(8), order === "little");
    }
    assert.equal(named(wide)[0], `predict-16-${order} 320`);
  }
});

test("samples that begin at an odd place are found", () => {
  const random = seeded(11);
  const sound = new Uint8Array(120_045);
  const view = new DataView(sound.buffer);
  for (let at = 45; at + 2 <= sound.length; at += 2) {
    view.setInt16(at, 9000 * Math.sin(at / 300) + 3000 * Math.sin(at / 77) + random.upTo(90));
  }
  const words = named(sound).filter((name) => name.startsWith("words"));
  assert.equal(words[0], "words-16-big 1+1");
});

test("noise and text get no candidates", () => {
  const random = seeded(7);
  assert.deepEqual(named(random.bytes(300_000)), []);
  const words = Array.from({ length: 500 }, () =>
    String.fromCharCode(97 + random.upTo(26)).repeat(2),
  );
  let text = "";
  while (text.length < 100_000) text += `${random.pick(words)}${random.pick(words)} `;
  assert.deepEqual(named(new TextEncoder().encode(text)), []);
});

test("branches of x86 and of ARM64 are told apart", () => {
  const random = seeded(8);
  assert.ok(named(branches(random, 90_000)).includes("x86-little-rip"));
  const words = new Uint32Array(20_000);
  for (let i = 0; i < words.length; i++)
    words[i] = i % 90 === 0 ? 0xd65f03c0 : 0x94000000 + random.upTo(9999);
  assert.equal(named(new Uint8Array(words.buffer))[0], "arm64");
});

test("at most ten of any bytes of any size, and the same in both builds", async () => {
  const scalar = await loadKernel("filters", { variant: "scalar" });
  await forSeeds(60, (random) => {
    const size = random.upTo(random.pick([300, 5000, 70_001]));
    const plain = random.pick([records, branches, picture])(random, size, 1 + random.upTo(90));
    const found = detectFilters(kernel, plain);
    assert.ok(found.length <= 10);
    assert.equal(new Set(found.map(describeFilter)).size, found.length, "none twice");
    assert.deepEqual(detectFilters(scalar, plain), found);
  });
});

test("a unit that is too long is refused", () => {
  assert.throws(() => named(new Uint8Array((4 << 20) + 1)), { code: "ChunkTooLarge" });
});

test("files of the corpus: what is known to help is among the candidates", {
  skip: withoutCorpus,
}, () => {
  const known: readonly (readonly [string, string])[] = [
    ["ooffice.c0", "x86-little"],
    ["libmozinference.so", "x86-little-rip"],
    ["stars-unnamed.dat", "transpose 32"],
    ["kennedy.xls", "delta 13"],
    ["ptt5", "transpose 216"],
    ["geo", "transpose 4"],
    ["mr.c0", "predict-16-little 512"],
    ["ct-ankle.dcm", "predict-16-little 512"],
  ];
  for (const [file, filter] of known) {
    const found = named(corpusFile(`general/${file}`));
    assert.ok(found.includes(filter), `${file}: ${found.join(", ")}`);
  }
  for (const file of [
    "dickens.c0",
    "osdb.c0",
    "kernel-api.html",
    "policy.pdf",
    "go-src-encoding.tar",
  ]) {
    assert.deepEqual(named(corpusFile(`general/${file}`)), [], file);
  }
});
