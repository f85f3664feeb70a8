/**
 * Jobs that behave and jobs that do not: what core/pool.test.ts runs on its threads.
 */
import { PithError } from "../../src/core/errors.ts";
import { serveJobs, transferring } from "../../src/core/jobs.ts";

export type Jobs = typeof jobs;

let counter = 0;
let given: unknown;

const jobs = {
  echo: (value: unknown) => value,
  given: () => given,
  /** Counts on this thread; shows order and state. */
  count: () => ++counter,
  later: (waitMs: number) => new Promise<string>((done) => setTimeout(() => done("late"), waitMs)),
  hang: () => {
    for (;;) counter = (counter + 1) | 0;
  },
  die: (exitCode: number) => process.exit(exitCode),
  /** A kernel whose only function is `unreachable`. */
  trap: () => {
    const module = Uint8Array.of(
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
      ...[7, 5, 1, 1, 0x66, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b],
    );
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module));
    (instance.exports["f"] as () => void)();
  },
  devour: () => {
    const kept: unknown[] = [];
    for (;;) kept.push({ text: `${kept.length} is kept`, more: [kept.length] });
  },
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
