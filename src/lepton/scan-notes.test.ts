/** Notes on scans: records give back what was noted, in few bytes, and refuse what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import {
  readNotes,
  type ScanNotes,
  saysSomething,
  writeDeviations,
  writeOddRestarts,
  writePaddings,
} from "./scan-notes.ts";

const NOTHING = new Uint8Array(0);

function randomNotes(random: Random): ScanNotes {
  const patterns = random.pick([[0, 0x7f], [0x7f], [0, 0x7f, 0x15]]);
  const stretch = random.pick([1, 40]);
  const paddings = new Uint8Array(random.oneIn(3) ? 0 : random.upTo(300));
  for (let i = 0, pattern = 0; i < paddings.length; i++) {
    if (i === 0 || random.oneIn(stretch)) pattern = random.pick(patterns);
    paddings[i] = pattern;
  }
  const deviations = new Uint32Array(random.oneIn(3) ? 0 : 2 * random.upTo(50));
  for (let i = 0, block = 0; i < deviations.length; i += 2) {
    block += random.upTo(random.pick([2, 300, 1 << 22]));
    deviations.set([block, random.upTo(4)], i);
    block += 1;
  }
  const restarts = new Uint8Array(random.oneIn(2) ? 0 : 1 + random.upTo(60)).fill(0xff);
  for (let i = random.upTo(9); i >= 0 && restarts.length > 0; i--) {
    restarts[random.upTo(restarts.length)] = random.upTo(255);
  }
  if (restarts.length > 0) restarts[restarts.length - 1] = random.upTo(255);
  return { paddings, deviations, restarts };
}

test("notes come back as they were written", async () => {
  await forSeeds(300, (random) => {
    const notes = Array.from({ length: 1 + random.upTo(4) }, () => randomNotes(random));
    const last = notes.findLastIndex((one) => saysSomething([one]));
    const read = readNotes(writePaddings(notes), writeDeviations(notes), writeOddRestarts(notes));
    assert.deepEqual(read, last < 0 ? undefined : notes.slice(0, last + 1));
  });
});

test("paddings that change seldom, or are zeros and ones, take few bytes", () => {
  const mostly = new Uint8Array(5000).fill(0x7f);
  mostly[4999] = 0;
  const none = new Uint32Array(0);
  const sizeOf = (paddings: Uint8Array): number =>
    writePaddings([{ paddings, deviations: none, restarts: NOTHING }])?.length ?? 0;
  assert.equal(sizeOf(mostly), 1 + 2 + (1 + 2) + (1 + 1));
  const turning = Uint8Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 0 : 0x7f));
  assert.equal(sizeOf(turning), 1 + 2 + 625);
});

test("what is no record is refused, and nothing large is made of few bytes", async () => {
  const refused = (paddings?: Uint8Array, deviations?: Uint8Array, restarts?: Uint8Array): void =>
    assert.throws(() => readNotes(paddings, deviations, restarts), { code: "BadLeptonFile" });
  refused(Uint8Array.of(3));
  refused(Uint8Array.of(1, 9, 0));
  refused(Uint8Array.of(2, 3, 0x7f, 4));
  refused(Uint8Array.of(2, 3, 0x7f, 0));
  refused(Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, 0x0f));
  refused(undefined, Uint8Array.of(9, 1));
  refused(undefined, Uint8Array.of(0xff, 0xff, 0x7f));
  refused(undefined, Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0xff, 1));
  refused(undefined, undefined, Uint8Array.of(2, 0));
  refused(undefined, undefined, Uint8Array.of(1, 0x80, 0x80, 0x10, 0));
  refused(new Uint8Array(257));
  // As many as may be, twice: they count for all scans.
  const all = [2, 0x80, 0x80, 0x10, 0x7f, 0x80, 0x80, 0x10];
  assert.equal(
    readNotes(Uint8Array.from(all), undefined, undefined)?.[0]?.paddings.length,
    1 << 18,
  );
  refused(Uint8Array.from([...all, ...all]));
  await forSeeds(2000, (random) => {
    const [one, other] = [random.bytes(random.upTo(40)), random.bytes(random.upTo(40))];
    try {
      readNotes(one, other, random.bytes(random.upTo(40)));
    } catch (error) {
      assert.ok(error instanceof PithError && error.code === "BadLeptonFile", String(error));
    }
  });
});
