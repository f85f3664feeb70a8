/**
 * One cycle of a crash test: start the writer, kill it -9 at a random moment, open the store, and
 * hold every object against what was acknowledged.
 *
 * What must hold: an object is what its last acknowledged operation left, or what an operation that was
 * begun after that would leave. The check finds no damage and no unknown file; what is left over goes
 * with the next collection.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Coder } from "../../src/container/index.ts";
import { concatenate, equalBytes } from "../../src/core/bytes.ts";
import { PithError } from "../../src/core/errors.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import type { Random } from "../random.ts";
import { contentOf } from "./crash-content.ts";

/** A content, or nothing: the object is not there. */
type State = { readonly seed: number; readonly size: number } | "absent";

/** What is known of each key: its possible states, the acknowledged one first. */
export class Ledger {
  readonly #states = new Map<string, State[]>();
  readonly #under = new Map<string, { key: string; state: State }>();
  acknowledged = 0;

  /** A line that the writer said. @throws when it is none of the protocol */
  hear(line: string): void {
    const [word = "", id = "", key = "", seed = "", size = ""] = line.split(" ");
    if (word === "open") return;
    if (word === "begin") {
      const state: State = seed === "-" ? "absent" : { seed: Number(seed), size: Number(size) };
      this.#under.set(id, { key, state });
      this.#states.set(key, [...this.possible(key), state]);
      return;
    }
    const operation = this.#under.get(id);
    assert.ok(operation !== undefined && (word === "done" || word === "failed"), line);
    this.#under.delete(id);
    if (word === "failed") return;
    this.acknowledged += 1;
    this.#states.set(operation.key, [operation.state]);
  }

  get keys(): string[] {
    return [...this.#states.keys()];
  }

  possible(key: string): State[] {
    return this.#states.get(key) ?? ["absent"];
  }

  /** After a crash: what was found is what is there from now on. */
  settle(key: string, state: State): void {
    this.#states.set(key, [state]);
    this.#under.clear();
  }
}

/**
 * Runs one cycle on `folder`.
 *
 * @param ledger - kept from cycle to cycle of the same folder
 * @param coder - for looking at the store afterwards
 */
export async function crashCycle(
  folder: string,
  ledger: Ledger,
  random: Random,
  coder: Coder,
): Promise<void> {
  await writeUntilKilled(folder, ledger, random);
  const store = await openStore({ folder, coder });
  try {
    for (const key of ledger.keys) await compare(store, ledger, key);
    const report = await store.check({ deep: true });
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.orphans, []);
    assert.equal(report.settled, true);
    await store.collect({ graceMs: 0 });
    const { collectable, problems, orphanCount } = await store.check();
    assert.deepEqual([problems, orphanCount], [[], 0]);
    assert.deepEqual(collectable, { chunks: 0, blobs: 0, bytes: 0 });
  } finally {
    await store.close();
  }
}

/** Starts the writer and kills it: some time after it began to work, or while it starts. */
async function writeUntilKilled(folder: string, ledger: Ledger, random: Random): Promise<void> {
  const program = join(import.meta.dirname, "crash-writer.ts");
  const seed = String(random.upTo(1_000_000));
  const child = spawn(process.execPath, [program, folder, seed], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on("close", (_, signal) => resolve(signal)),
  );
  const kill = (afterMs: number): void => {
    setTimeout(() => child.kill("SIGKILL"), afterMs).unref();
  };
  const whileStarting = random.oneIn(5);
  if (whileStarting) kill(50 + random.upTo(400));
  // The last line may have been cut by the kill: readline gives it, the protocol does not know it.
  const lines: string[] = [];
  let working = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("done") && !working && !whileStarting) {
      working = true;
      kill(50 + random.upTo(1500));
    }
    lines.push(line);
  }
  assert.equal(await ended, "SIGKILL", `the writer ended by itself: ${complaint}`);
  for (const line of lines) ledger.hear(line);
}

async function compare(store: Store, ledger: Ledger, key: string): Promise<void> {
  const possible = ledger.possible(key);
  const bytes = await read(store, key);
  const found = possible.find((state) =>
    state === "absent"
      ? bytes === undefined
      : bytes !== undefined && equalBytes(bytes, contentOf(state.seed, state.size)),
  );
  const facts = `${key} has ${bytes?.length} bytes, expected one of ${JSON.stringify(possible)}`;
  assert.ok(found !== undefined, facts);
  ledger.settle(key, found);
}

async function read(store: Store, key: string): Promise<Uint8Array | undefined> {
  try {
    const { body } = await store.getObject("bucket", key);
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    return concatenate(parts);
  } catch (error) {
    if (error instanceof PithError && error.code === "NoSuchKey") return undefined;
    throw error;
  }
}
