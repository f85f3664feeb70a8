/**
 * Soak: the service is killed -9 under load, again and again, for PITH_SOAK_MINUTES. What clients got
 * a 200 for is there, byte for byte, when it runs again.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createCoder } from "../../src/container/index.ts";
import { equalBytes } from "../../src/core/bytes.ts";
import { openStore } from "../../src/store/index.ts";
import { type Random, seeded } from "../random.ts";
import { contentOf } from "../system/crash-content.ts";
import { Ledger } from "../system/crash-cycle.ts";

const MINUTES = Number(process.env["PITH_SOAK_MINUTES"] ?? 10);
const SEED = Number(process.env["PITH_SEED"] ?? 1);
const MAIN = resolve(import.meta.dirname, "../../src/cli/main.ts");
const CLIENTS = 6;
const KEYS_OF_CLIENT = 6;
const CONTENTS = 12;
const READERS = 4;

interface RunningService {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

async function startService(data: string, mode: string): Promise<RunningService> {
  const words = ["serve", "--data", data, "--port", "0", "--mode", mode, "--log-level", "error"];
  // The service refuses settings that it does not know, and ours it does not know.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("PITH_")),
  );
  const child = spawn(process.execPath, [MAIN, ...words], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  let said = "";
  const hear = (piece: Buffer): void => {
    said += piece.toString();
  };
  child.stderr.on("data", hear);
  child.stdout.on("data", hear);
  const url = (): string | undefined => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
  while (url() === undefined) {
    assert.equal(child.exitCode, null, `the service did not start: ${said}`);
    await sleep(20);
  }
  return { url: url() ?? "", child, ended };
}

/** Puts and deletes until the service is gone; each 2xx goes into the ledger. */
async function client(url: string, ledger: Ledger, random: Random, name: string): Promise<void> {
  for (let operation = 1; ; operation++) {
    const id = `${name}.${operation}`;
    const key = `${name}/${random.upTo(KEYS_OF_CLIENT)}`;
    const seed = 1 + random.upTo(CONTENTS);
    const size = random.oneIn(15) ? random.upTo(9_000_000) : random.upTo(150_000);
    const deletes = random.oneIn(8);
    ledger.hear(`begin ${id} ${key} ${deletes ? "- 0" : `${seed} ${size}`}`);
    const request = deletes ? { method: "DELETE" } : { method: "PUT", body: contentOf(seed, size) };
    let answer: Response;
    try {
      answer = await fetch(`${url}/bucket/${key}`, request);
    } catch {
      // The kill: nobody knows what became of this one.
      return;
    }
    assert.ok(answer.ok, `${request.method} ${key}: ${answer.status} ${await answer.text()}`);
    ledger.hear(`done ${id}`);
  }
}

async function compare(url: string, ledger: Ledger): Promise<void> {
  const keys = [...ledger.keys];
  const reader = async (): Promise<void> => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      const answer = await fetch(`${url}/bucket/${key}`);
      assert.ok(answer.ok || answer.status === 404, `GET ${key}: ${answer.status}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const possible = ledger.possible(key);
      const found = possible.find((state) =>
        state === "absent"
          ? answer.status === 404
          : answer.ok && equalBytes(bytes, contentOf(state.seed, state.size)),
      );
      const facts = `${key}: ${answer.status}, ${bytes.length} bytes, ${JSON.stringify(possible)}`;
      assert.ok(found !== undefined, facts);
      ledger.settle(key, found);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}

test(`the service is killed for ${MINUTES} minutes`, async (context) => {
  const endMs = Date.now() + MINUTES * 60_000;
  const folder = await mkdtemp(join(tmpdir(), "pith-soak-"));
  const data = join(folder, "data");
  const ledger = new Ledger();
  const random = seeded(SEED);
  let kills = 0;
  for (; kills === 0 || Date.now() < endMs; kills++) {
    const { url, child, ended } = await startService(data, random.pick(["verified", "async"]));
    await fetch(`${url}/bucket`, { method: "PUT" });
    await compare(url, ledger);
    const clients = Array.from({ length: CLIENTS }, (_, i) =>
      client(url, ledger, seeded(SEED * 1000 + kills * 10 + i), `${i}`),
    );
    setTimeout(() => child.kill("SIGKILL"), 300 + random.upTo(3000));
    await Promise.all([...clients, ended]);
  }
  context.diagnostic(`${kills} kills, ${ledger.acknowledged} acknowledged operations`);

  const coder = await createCoder();
  const store = await openStore({ folder: data, coder });
  const report = await store.check({ deep: true });
  await store.close();
  await coder.close();
  assert.deepEqual([report.problems, report.orphans, report.settled], [[], [], true]);
  await rm(folder, { recursive: true });
});
