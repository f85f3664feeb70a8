/**
 * Clock: the time and the waiting that the store does, passed in so that tests run faster than it.
 */

export interface Clock {
  /** Milliseconds since 1970. May jump: whatever depends on it must fail typed, never wrong. */
  nowMs(): number;
  /** Resolves after about so many milliseconds. */
  wait(ms: number): Promise<void>;
  /** Calls `work` about every so many milliseconds until the result is called. */
  every(ms: number, work: () => void): () => void;
}

/** The machine's clock; its timers keep no process alive but `wait` does. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  every: (ms, work) => {
    const timer = setInterval(work, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
