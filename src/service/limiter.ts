/**
 * Limiter: how many do something at once, and how long the others wait.
 *
 *   enter()  ->  a place now, or a place in the queue (first come, first served), or "Overloaded"
 *
 * It knows nothing of what is limited. The service has one for the requests that hold chunks in
 * memory, so that memory is bounded whatever the number of clients.
 */
import { PithError } from "../core/errors.ts";

export interface Limiter {
  /**
   * Waits for a place.
   *
   * @returns what gives the place back; calling it twice is harmless
   * @throws PithError "Overloaded" when too many wait or the wait was too long, "Aborted" when
   *   `signal` says so before a place was free
   */
  enter(signal: AbortSignal): Promise<() => void>;
  /** How many hold a place, and how many wait for one. */
  readonly running: number;
  readonly waiting: number;
}

export interface LimiterBounds {
  readonly places: number;
  readonly waiting: number;
  readonly waitMs: number;
}

/** A limiter with these bounds. */
export function limiter(bounds: LimiterBounds): Limiter {
  let running = 0;
  const queue = new Set<() => void>();

  function leave(): void {
    const next = queue.values().next().value;
    if (next === undefined) running--;
    else next();
  }

  function place(): () => void {
    let held = true;
    return () => {
      if (held) leave();
      held = false;
    };
  }

  async function enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new PithError("Aborted");
    if (running < bounds.places) {
      running++;
      return place();
    }
    if (queue.size >= bounds.waiting) throw new PithError("Overloaded", { waiting: queue.size });
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: PithError): void => {
        queue.delete(admit);
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        if (error === undefined) resolve();
        else reject(error);
      };
      const admit = (): void => settle();
      const giveUp = (): void => settle(new PithError("Aborted"));
      const timer = setTimeout(
        () => settle(new PithError("Overloaded", { waitedMs: bounds.waitMs })),
        bounds.waitMs,
      );
      signal.addEventListener("abort", giveUp);
      queue.add(admit);
    });
    return place();
  }

  return {
    enter,
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
  };
}
