import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { kraftSum, type ListedBlock, listBlocks } from "../../test/deflate-blocks.ts";
import { forSeeds } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { type Kernel, loadKernel } from "../core/kernel.ts";
import { type BlockMode, encodeLinear, encodeWith, linearBound } from "./linear.ts";

const FULL = process.env["PITH_FULL"] === "1";
const MODES: readonly BlockMode[] = ["merged", "fixed"];

interface Builds {
  readonly simd: Kernel;
  readonly scalar: Kernel;
}

async function bothBuilds(): Promise<Builds> {
  return {
    simd: await loadKernel("deflate", { variant: "simd" }),
    scalar: await loadKernel("deflate", { variant: "scalar" }),
  };
}

/** Codes in every way, and checks what must hold for any input. */
function checkAllWays({ simd, scalar }: Builds, plain: Uint8Array, what: string): Uint8Array {
  const coded = MODES.map((blocks) => {
    const fast = encodeWith(simd, plain, blocks);
    assert.ok(equalBytes(encodeWith(scalar, plain, blocks), fast), `${what}: scalar = simd`);
    assert.ok(fast.length <= linearBound(plain.length), `${what}: ${fast.length} bytes`);
    assert.ok(equalBytes(inflateRawSync(fast), plain), `${what}: round trip, ${blocks}`);
    return fast;
  });
  return coded[0] as Uint8Array;
}

/** What every block must keep to. */
function checkBlock(block: ListedBlock, alone: boolean): void {
  if (block.kind === "stored") {
    assert.ok(block.plainBytes <= 65_535);
    return;
  }
  assert.equal(kraftSum(block.lengths), 1);
  assert.ok(Math.max(...block.lengths) <= 13);
  const storedBits = 8 * block.plainBytes + 40;
  // An empty fixed block may end a stream.
  if (block.plainBytes > 0 || !alone) {
    assert.ok(block.bits <= Math.max(storedBits, 10), `${block.bits} bits, stored ${storedBits}`);
  }
}

function checkStructure(coded: Uint8Array, plain: Uint8Array): readonly ListedBlock[] {
  const listing = listBlocks(coded);
  assert.equal(listing.bytesRead, coded.length, "nothing follows the final block");
  assert.ok(equalBytes(listing.plain, plain));
  for (const block of listing.blocks) checkBlock(block, listing.blocks.length === 1);
  return listing.blocks;
}

function corpusNames(folder: string): string[] {
  return withoutCorpus ? [] : readdirSync(corpusPath(folder)).map((name) => `${folder}/${name}`);
}

for (const name of corpusNames("deflate/data")) {
  test(`${name} survives in both builds and both block modes`, async () => {
    checkAllWays(await bothBuilds(), corpusFile(name), name);
  });
}

test("corpus files of deflate", { skip: withoutCorpus }, () => {
  assert.ok(corpusNames("deflate/data").length >= 13);
  assert.ok(corpusNames("deflate/edge").length >= 22);
});

for (const name of corpusNames("deflate/edge")) {
  test(`${name} survives and is built as it should be`, async () => {
    const plain = corpusFile(name);
    checkStructure(checkAllWays(await bothBuilds(), plain, name), plain);
  });
}

const LISTED = ["twain.txt", "layer.tar", "scan.dcm", "vmimage.bin", "jpegs.bin", "random.bin"];
const LISTED_BYTES = FULL ? 4 * 1024 * 1024 : 200_000;

test("blocks of real files keep the rules", { skip: withoutCorpus }, async () => {
  for (const name of LISTED) {
    const plain = corpusFile(`deflate/data/${name}`).subarray(0, LISTED_BYTES);
    checkStructure(await encodeLinear(plain), plain);
  }
});

test("twain.txt is at most 222,000 bytes as gzip", { skip: withoutCorpus }, async () => {
  const coded = await encodeLinear(corpusFile("deflate/data/twain.txt"));
  assert.ok(coded.length + 18 <= 222_000, `${coded.length + 18} bytes`);
});

test("the smallest inputs take the fewest bytes", async () => {
  const sizeOf = async (text: string): Promise<number> =>
    (await encodeLinear(new TextEncoder().encode(text))).length;
  assert.deepEqual([...(await encodeLinear(new Uint8Array(0)))], [3, 0]);
  assert.equal(await sizeOf("a"), 3);
  assert.equal(await sizeOf("aa"), 4);
  // 38 literals of 8 bits between the three bits of a fixed block and its end of seven.
  assert.equal(await sizeOf("the quick brown fox jumps over the dog"), 40);
});

test("runs cost a bit or two a match, whatever their length", async () => {
  const builds = await bothBuilds();
  for (const size of [47, 48, 49, 50, 51, 257, 258, 259, 260, 261, 516, 65_535, 131_071]) {
    const plain = new Uint8Array(size).fill(0xee);
    const coded = checkAllWays(builds, plain, `run of ${size}`);
    assert.ok(coded.length <= 32 + size / 800, `run of ${size}: ${coded.length} bytes`);
    checkStructure(coded, plain);
  }
  const zeros = new Uint8Array(8 * 1024 * 1024);
  const coded = await encodeLinear(zeros);
  assert.ok(zeros.length / coded.length > 950, `${coded.length} bytes`);
});

test("a run that crosses units, blocks and jobs", async () => {
  const builds = await bothBuilds();
  await forSeeds(FULL ? 200 : 12, (random) => {
    const plain = random.content(2_200_000);
    for (let i = 0; i < 6; i++) {
      const at = random.upTo(plain.length);
      plain.fill(random.upTo(256), at, at + random.upTo(300_000));
    }
    checkAllWays(builds, plain, "long runs");
  });
});

test("incompressible input takes no more stored blocks than it must", async () => {
  await forSeeds(3, async (random) => {
    const plain = random.bytes(random.pick([65_535, 65_536, 200_000, 2_500_000]));
    const coded = await encodeLinear(plain);
    assert.equal(coded.length, plain.length + 5 * Math.ceil(plain.length / 65_535));
  });
});

test("text hidden between random bytes is not lost on the bound", async () => {
  const builds = await bothBuilds();
  await forSeeds(FULL ? 300 : 20, (random) => {
    const plain = random.bytes(60_000 + random.upTo(60_000));
    const line = 64 * random.upTo(16);
    for (let at = line; at < plain.length; at += 1024) plain.fill(101, at, at + random.upTo(64));
    checkAllWays(builds, plain, "hidden text");
  });
});

test("any content of any length survives within the bound", async () => {
  const builds = await bothBuilds();
  await forSeeds(FULL ? 20_000 : 700, (random) => {
    const largest = random.pick([40, 300, 5000, 40_000]);
    const plain = random.content(random.upTo(largest));
    const coded = checkAllWays(builds, plain, "content");
    if (random.oneIn(10)) checkStructure(coded, plain);
  });
});
