/**
 * A program that is meant to be killed: it opens a store and puts, deletes, codes and collects from
 * several loops until it dies.
 *
 *   node crash-writer.ts FOLDER SEED
 *
 * Each line says what is about to happen, or what has been acknowledged:
 *
 *   begin ID KEY SEED SIZE     a put of that content (crash-content.ts), or `begin ID KEY - 0`, a deletion
 *   done ID                    acknowledged
 *   failed ID CODE             refused, typed
 *
 * Writing to a pipe is synchronous here: a line that was written before the kill arrives.
 */
import { createCoder } from "../../src/container/index.ts";
import { PithError } from "../../src/core/errors.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { type Random, seeded } from "../random.ts";
import { contentOf } from "./crash-content.ts";

const LOOPS = 6;
const KEYS_OF_LOOP = 5;
const CONTENTS = 10;
const GRACE_MS = 150;

let operations = 0;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  operations += 1;
  const id = operations;
  say(`begin ${id} ${what}`);
  try {
    await work();
    say(`done ${id}`);
  } catch (error) {
    // The grace time is so short here that a put can outlast its claims; it is told so.
    if (!(error instanceof PithError) || error.code !== "ChunkGone") throw error;
    say(`failed ${id} ${error.code}`);
  }
}

function randomSize(random: Random): number {
  const kind = random.upTo(20);
  if (kind < 15) return random.upTo(20_000);
  return kind < 19 ? random.upTo(200_000) : 4_000_000 + random.upTo(5_000_000);
}

async function putAndDelete(store: Store, random: Random, loop: number): Promise<void> {
  for (;;) {
    const key = `${loop}/${random.upTo(KEYS_OF_LOOP)}`;
    if (random.oneIn(6)) {
      await attempt(`${key} - 0`, () => store.deleteObject("bucket", key));
      continue;
    }
    const seed = 1 + random.upTo(CONTENTS);
    const size = randomSize(random);
    const mode = random.oneIn(4) ? "async" : "verified";
    await attempt(`${key} ${seed} ${size}`, () =>
      store.putObject("bucket", key, streamOf(contentOf(seed, size)), { mode, effort: "flat" }),
    );
  }
}

async function keepHouse(store: Store, random: Random): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, random.upTo(60)));
    if (random.oneIn(3)) await recode(store, random);
    else if (random.oneIn(2)) await store.collect();
    else await store.recodeNext();
    if (random.oneIn(40)) await store.backup();
  }
}

/** Codes some of what is stored anew: puts go with "flat". */
async function recode(store: Store, random: Random): Promise<void> {
  const wish = { effort: "fast", bucket: "bucket", prefix: `${random.upTo(LOOPS)}/` } as const;
  const { counts } = await store.recode(random.oneIn(2) ? wish : { effort: "fast" });
  for (const code of Object.keys(counts.failed)) {
    // So short a grace time can be too short for a reader as well.
    if (code !== "ChunkGone" && code !== "BlobMissing") throw new Error(`a recoding met ${code}`);
  }
}

const [folder = "", seed = "1"] = process.argv.slice(2);
const random = seeded(Number(seed));
const coder = await createCoder({ threads: 2 });
const store = await openStore({ folder, coder, graceMs: GRACE_MS });
if ((await store.listBuckets()).length === 0) await store.createBucket("bucket");
say("open");
await Promise.all([
  keepHouse(store, seeded(Number(seed) + 1000)),
  ...Array.from({ length: LOOPS }, (_, loop) => putAndDelete(store, random, loop)),
]);
