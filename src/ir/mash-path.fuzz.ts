/**
 * Fuzz: the path of a mash-up over spans of any size.
 *
 * Its pieces follow one another to the last byte, each is one that its track has there, they cost what
 * the search thought they do, and short spans cost little more than one long one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { otherIr, randomIr } from "../../test/random-ir.ts";
import { IrBuilder } from "./build.ts";
import { findPath } from "./mash-path.ts";
import type { Piece } from "./mash-span.ts";
import { agrees } from "./optimize/agree.ts";
import { priceIr } from "./optimize/price.ts";
import { Rewriter } from "./optimize/rewriter.ts";
import { Track } from "./optimize/track.ts";
import { staticPrices } from "./static-prices.ts";

test("pieces follow one another, in spans of any size", async () => {
  let [whole, cut] = [0, 0];
  await forSeeds(60, async (random) => {
    const { ir, plain } = await randomIr(random, 1 + random.upTo(300));
    if (plain.length === 0) return;
    const literals = new IrBuilder().insert(plain).finish();
    const tracks = [ir, otherIr(random, plain), literals].map((one) => new Track(one));
    const prices = staticPrices(plain);
    const bitsOf = (spanPlaces: number): number => {
      const out = new Rewriter(plain);
      let bits = 0;
      for (const way of findPath(tracks, prices, spanPlaces)) {
        for (const piece of way.pieces) write(out, piece, plain);
        bits += way.bits;
      }
      assert.equal(out.position, plain.length);
      assert.equal(bits, priceIr(out.finish(), plain, prices).total);
      return bits;
    };
    whole += bitsOf(65_536);
    cut += bitsOf(1 + random.upTo(20));
  });
  assert.ok(cut < 1.05 * whole, `${cut} bits in short spans, ${whole} in one`);
  if (process.env["PITH_SEED"] === undefined) assert.notEqual(cut, whole);
});

/** Writes a piece, which is one that its track has there. */
function write(out: Rewriter, { track, command, end }: Piece, plain: Uint8Array): void {
  const [begin, operand] = [out.position, track.operands[command]!];
  const length = end - begin;
  assert.ok(length > 0 && track.starts[command]! <= begin);
  assert.ok(end <= track.starts[command + 1]!);
  if (track.isInsert(command)) out.insert(length);
  else if (track.isWord(command)) out.dict(length, operand);
  else {
    assert.ok(agrees(plain, begin, length, operand));
    out.copy(length, operand);
  }
}
