/**
 * Turns: long work in one thread lets other work of that thread run once in a while.
 *
 * Promises alone do not: a chain of them that never waits for anything outside keeps timers, input
 * and the abort of its own caller waiting until it is through.
 */
import { TURN_MS } from "./limits.ts";

/** The turns of one piece of work; the first one begins now. */
export class Turns {
  readonly #turnMs: number;
  #beganMs = performance.now();

  /** @param turnMs - longest turn */
  constructor(turnMs = TURN_MS) {
    this.#turnMs = turnMs;
  }

  /** Begins a turn: the work was waiting until now. */
  begin(): void {
    this.#beganMs = performance.now();
  }

  /** Whether this turn has lasted long enough. */
  get over(): boolean {
    return performance.now() - this.#beganMs >= this.#turnMs;
  }

  /** Lets others run when this turn is over; else goes on at once. */
  async pass(): Promise<void> {
    if (!this.over) return;
    await nextTurn();
    this.begin();
  }
}

/** Resolves after what waits in this thread's queue of tasks has run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof globalThis.setImmediate === "function") {
      globalThis.setImmediate(resolve);
      return;
    }
    // In a page a timer waits 4 ms, a message does not.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
