/**
 * Jobs that behave and jobs that do not: what core/pool.test.ts runs on its threads.
 */
import { PithError } from "../../src/core/errors.ts";
import { serveJobs, transferring } from "../../src/core/jobs.ts";
import { devour, hang, trap } from "./trap.ts";

export type Jobs = typeof jobs;

let counter = 0;
let given: unknown;

const jobs = {
  echo: (value: unknown) => value,
  given: () => given,
  /** Counts on this thread; shows order and state. */
  count: () => ++counter,
  later: (waitMs: number) => new Promise<string>((done) => setTimeout(() => done("late"), waitMs)),
  hang: () => hang(),
  die: (exitCode: number) => process.exit(exitCode),
  trap: () => trap(),
  devour: () => devour(),
  refuse: () => {
    throw new PithError("CodecRefused", { why: "not today", at: 7 });
  },
  blunder: () => {
    throw new TypeError("a plain mistake");
  },
  double: (bytes: Uint8Array<ArrayBuffer>) => {
    const twice = bytes.map((byte) => byte * 2);
    return transferring(twice, [twice.buffer]);
  },
};

serveJobs(jobs, (setup) => {
  given = setup;
});
