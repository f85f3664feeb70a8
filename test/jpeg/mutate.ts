/**
 * Mutations of JPEGs and Lepton files, and what must hold of each: it gives bytes or a typed
 * refusal, soon, and a JPEG that is taken comes back.
 *
 * Most Lepton files are mutated below their compression: the header is inflated, changed and
 * deflated again, or every change would end at zlib's checksum.
 */
import assert from "node:assert/strict";
import { deflateSync, inflateSync } from "node:zlib";
import { concatenate } from "../../src/core/bytes.ts";
import type { CoefficientModel } from "../../src/lepton/coefficient-model.ts";
import { packHeader, unpackHeader } from "../../src/lepton/dense-header.ts";
import { forSeeds, type Random, seeded } from "../random.ts";
import { makePicture, slopingTable, TEXTURES } from "./jpeg-picture.ts";
import { oneScan, SAMPLINGS, separateScans, usualScript, WIDE_SAMPLINGS } from "./jpeg-random.ts";
import { type JpegPlan, writeJpegParts } from "./jpeg-writer.ts";
import { decodedOf, encode, type Outcome, outcomeOf } from "./round-trip.ts";

/** One mutation may take this long on a busy machine, where a whole one takes a millisecond. */
const MUTATION_MS_MAXIMUM = 20_000;

/** Small files of each kind that a model takes; the same ones each time. */
export function smallJpegs(model: CoefficientModel = "lepton"): Uint8Array[] {
  const isDense = model === "dense";
  return (isDense ? [...SAMPLINGS, ...WIDE_SAMPLINGS] : SAMPLINGS).flatMap((samplings, i) => {
    const random = seeded(i);
    const size = { width: 5 + random.upTo(28), height: 5 + random.upTo(28) };
    const tables = [slopingTable(0, 4, 3), slopingTable(1, 9, 2)];
    const picture = makePicture(random, size, samplings, TEXTURES.natural, tables);
    const base = { picture, progressive: false, scans: oneScan(picture) };
    const whole = writeJpegParts({ ...base, tables: "standard" });
    const { start, end } = whole.scans[0]!;
    const isMany = samplings.length > 1;
    return [
      whole.bytes,
      whole.bytes.subarray(0, start + Math.floor((end - start) / 2)),
      ...(isMany
        ? [writeJpegParts({ ...base, restartInterval: 1, surplusRestarts: 1 }).bytes]
        : []),
      ...(isMany ? [writeJpegParts({ ...base, scans: separateScans(picture) }).bytes] : []),
      writeJpegParts({ ...base, progressive: true, scans: usualScript(picture) }).bytes,
      ...(isDense ? deviatingJpegs(base) : []),
    ];
  });
}

/** The same as no canonical writer makes them. */
function deviatingJpegs(plan: JpegPlan): Uint8Array[] {
  const quirks = { longestRun: 2, zerosBeforeEnd: true };
  const scans = usualScript(plan.picture);
  const mixed = { mixesPadding: true, restartInterval: 1 };
  return [
    writeJpegParts({ ...plan, quirks, ...mixed, tables: "flat" }).bytes,
    writeJpegParts({ ...plan, quirks, scans, progressive: true, tables: "flat" }).bytes,
  ];
}

/** Bytes with one to four changes. */
export function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let changes = 1 + random.upTo(4); changes > 0; changes--) {
    const at = random.upTo(mutated.length + 1);
    const size = 1 + Math.min(random.upTo(40), random.upTo(40));
    const before = mutated.subarray(0, at);
    const behind = mutated.subarray(Math.min(mutated.length, at + size));
    const kind = random.upTo(12);
    if (kind < 4 && at < mutated.length) mutated[at]! ^= 1 << random.upTo(8);
    else if (kind < 7 && at < mutated.length) {
      mutated[at] = random.pick([0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, random.upTo(256)]);
    } else if (kind === 7) mutated = concatenate([before, behind]);
    else if (kind === 8) {
      mutated = concatenate([before, random.bytes(size), mutated.subarray(at)]);
    } else if (kind === 9) {
      mutated = concatenate([before, mutated.subarray(at, at + size), mutated.subarray(at)]);
    } else if (kind === 10) {
      const from = random.upTo(other.length);
      mutated = concatenate([before, other.subarray(from, from + 4 * size), behind]);
    } else if (random.oneIn(3)) mutated = concatenate([before]);
    else mutated.fill(random.pick([0, 0xff]), at, at + size);
  }
  return mutated;
}

/** What an inflated header may become here. */
const HEADER_BYTES_MAXIMUM = 1 << 20;

/** A file whose header was changed below its compression; sizes are mended. */
async function mutateHeader(
  random: Random,
  lepton: Uint8Array,
  other: Uint8Array,
  model: CoefficientModel,
): Promise<Uint8Array> {
  const size = new DataView(lepton.buffer, lepton.byteOffset).getUint32(24, true);
  const coded = lepton.subarray(28, 28 + size);
  const isDense = model === "dense";
  const plain = isDense ? await unpackHeader(coded, HEADER_BYTES_MAXIMUM) : inflateSync(coded);
  const changed = mutate(random, plain, other);
  const header = isDense ? await packHeader(changed) : deflateSync(changed);
  const mended = concatenate([lepton.subarray(0, 28), header, lepton.subarray(28 + size)]);
  const view = new DataView(mended.buffer);
  view.setUint32(24, header.length, true);
  view.setUint32(mended.length - 4, mended.length, true);
  return mended;
}

/** Whatever is changed in a JPEG, it is restored or refused; how often each happened. Hardly one
 * passes the parser and then fails its proof: garbage cut off within codes that no writer makes. */
export async function checkMutatedJpegs(
  rounds: number,
  model?: CoefficientModel,
): Promise<Map<Outcome, number>> {
  const originals = smallJpegs(model);
  const outcomes = new Map<Outcome, number>();
  await forSeeds(rounds, async (random) => {
    const mutated = mutate(random, random.pick(originals), random.pick(originals));
    const segments = random.pick([1, 1, 2, 5]);
    const outcome = await inTime(() => outcomeOf(mutated, { segments, model }));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  const unproved = outcomes.get("RoundTripFailure") ?? 0;
  assert.ok(unproved <= 1 + rounds / 5000, `${unproved} of ${rounds} fail their proof`);
  return outcomes;
}

/** Whatever is changed in a Lepton file, it gives bytes or is refused; how often each happened. */
export async function checkMutatedLeptons(
  rounds: number,
  model: CoefficientModel = "lepton",
): Promise<Map<Outcome, number>> {
  const originals: Uint8Array[] = [];
  for (const [i, jpeg] of smallJpegs(model).entries()) {
    originals.push(await encode(jpeg, { segments: 1 + (i % 3), model }));
  }
  const outcomes = new Map<Outcome, number>();
  await forSeeds(rounds, async (random) => {
    const change = random.oneIn(3) ? mutate : mutateHeader;
    const mutated = await change(random, random.pick(originals), random.pick(originals), model);
    const result = await inTime(() => decodedOf(mutated, model));
    const outcome = typeof result === "string" ? result : "restored";
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  return outcomes;
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const spentMs = performance.now() - start;
  assert.ok(spentMs < MUTATION_MS_MAXIMUM, `took ${Math.round(spentMs)} ms`);
  return result;
}
