/**
 * Limiter: how much is taken at once, and how long the others wait.
 *
 *   take()  ->  a share now, or a place in the queue (first come, first served), or "Overloaded"
 *
 *   two rooms     small shares | large shares      each with its queue, together the whole
 *
 * It knows nothing of what is limited. The service has one for puts and one for gets, so that the
 * memory they hold is bounded whatever the number of clients. Both have two rooms, so that clients
 * that hold large shares and stall keep out no small ones.
 */
import { PithError } from "../core/errors.ts";

export interface Limiter {
  /**
   * Waits for a share. One that is larger than the whole gets it when nobody else holds any.
   *
   * @returns what gives the share back; calling it twice is harmless
   * @throws PithError "Overloaded" when too many wait or the wait was too long, "Aborted" when
   *   `signal` says so before there was room
   */
  take(share: number, signal: AbortSignal): Promise<() => void>;
  /** How many hold a share, and how many wait for one. */
  readonly running: number;
  readonly waiting: number;
}

export interface LimiterBounds {
  /** All shares together. */
  readonly whole: number;
  readonly waiting: number;
  readonly waitMs: number;
}

export interface TwoRoomBounds extends LimiterBounds {
  /** The largest share that counts as small. */
  readonly smallShare: number;
  /** All small shares together: a part of the whole, and at least `smallShare`. */
  readonly smallWhole: number;
}

interface Waiting {
  readonly share: number;
  readonly admit: () => void;
}

/** A limiter with these bounds. */
export function limiter(bounds: LimiterBounds): Limiter {
  let running = 0;
  let taken = 0;
  const queue = new Set<Waiting>();

  function fits(share: number): boolean {
    return running === 0 || taken + share <= bounds.whole;
  }

  /** Counts a share in, and gives back what counts it out. */
  function hold(share: number): () => void {
    running++;
    taken += share;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      running--;
      taken -= share;
      admitNext();
    };
  }

  /** Nobody overtakes the head of the queue, or large shares would wait for ever. */
  function admitNext(): void {
    for (const head of queue) {
      if (!fits(head.share)) return;
      head.admit();
    }
  }

  async function take(share: number, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new PithError("Aborted");
    if (queue.size === 0 && fits(share)) return hold(share);
    if (queue.size >= bounds.waiting) throw new PithError("Overloaded", { waiting: queue.size });
    return await new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiting);
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
      };
      const fail = (error: PithError): void => {
        leave();
        reject(error);
        // It may have been the one that did not fit.
        admitNext();
      };
      const waiting: Waiting = {
        share,
        admit() {
          leave();
          resolve(hold(share));
        },
      };
      const giveUp = (): void => fail(new PithError("Aborted"));
      const timer = setTimeout(
        () => fail(new PithError("Overloaded", { waitedMs: bounds.waitMs })),
        bounds.waitMs,
      );
      signal.addEventListener("abort", giveUp);
      queue.add(waiting);
    });
  }

  return {
    take,
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
  };
}

/**
 * Two limiters as one: small shares never wait for large ones, nor large ones for small ones. Each
 * room has `waiting` places in its queue; what both give out keeps to the whole.
 */
export function twoRoomLimiter(bounds: TwoRoomBounds): Limiter {
  const { whole, smallShare, smallWhole } = bounds;
  const small = limiter({ ...bounds, whole: smallWhole });
  const large = limiter({ ...bounds, whole: whole - smallWhole });
  return {
    take: (share, signal) => (share <= smallShare ? small : large).take(share, signal),
    get running() {
      return small.running + large.running;
    },
    get waiting() {
      return small.waiting + large.waiting;
    },
  };
}
