/** Interruptible work: what it refuses, that it hears every step, gives way, and ends when told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { InterruptibleWork } from "./interruptible.ts";

class Listening extends InterruptibleWork<number> {
  readonly heard: number[] = [];

  protected override hear(told: number): void {
    this.heard.push(told);
  }
}

test("threads are a whole number from 1 on, or nobody's", () => {
  for (const threads of [0, -1, 1.5, Number.NaN, 100_000, null as unknown as number]) {
    const facts = { option: "threads", value: threads };
    assert.throws(() => new Listening({ threads }), { code: "InvalidArgument", facts });
  }
  assert.equal(new Listening({ threads: 3 }).threads, 3);
  assert.equal(new Listening({}).threads, undefined);
  assert.throws(() => new Listening({ signal: AbortSignal.abort() }), { code: "Aborted" });
});

test("every step is heard, and what comes of them is given back", async () => {
  const work = new Listening({});
  function* steps(): Generator<number, string, undefined> {
    yield 1;
    yield 2;
    return "done";
  }
  assert.equal(await work.run(steps()), "done");
  assert.deepEqual(work.heard, [1, 2]);
});

test("steps without an end let others run, and end when they are told to", async () => {
  const gone = new AbortController();
  const work = new Listening({ signal: gone.signal });
  work.limitTurns(0);
  let steps = 0;
  function* endless(): Generator<number, void, undefined> {
    for (;;) {
      if (steps++ > 1_000_000) return;
      yield 0;
    }
  }
  setTimeout(() => gone.abort(), 0);
  await assert.rejects(work.run(endless()), { code: "Aborted" });
});
