/**
 * Patience: how long Pith waits for a client, either way.
 *
 * Two bounds, both counting only the time that Pith waits: one for a silence, one for the whole
 * transfer (an allowance plus the bytes moved at a lowest rate). The first ends clients that hang,
 * the second those that send a byte now and then. Time that the client waits for Pith is free.
 */
import { PithError } from "../../core/errors.ts";
import {
  CLIENT_ALLOWANCE_MS,
  CLIENT_BYTES_PER_SECOND_MINIMUM,
  CLIENT_SILENCE_MS,
} from "../../core/limits.ts";

export interface PatienceBounds {
  readonly silenceMs: number;
  readonly allowanceMs: number;
  readonly bytesPerSecond: number;
}

export const PATIENCE: PatienceBounds = {
  silenceMs: CLIENT_SILENCE_MS,
  allowanceMs: CLIENT_ALLOWANCE_MS,
  bytesPerSecond: CLIENT_BYTES_PER_SECOND_MINIMUM,
};

export class Patience {
  readonly #bounds: PatienceBounds;
  #waitedMs = 0;
  #bytes = 0;

  constructor(bounds: PatienceBounds) {
    this.#bounds = bounds;
  }

  /** Tells that the client moved on. */
  moved(bytes: number): void {
    this.#bytes += bytes;
  }

  /**
   * Waits for something that only the client can bring about.
   *
   * @throws PithError "SlowClient" when it takes too long; `event` is then left alone
   */
  async wait<T>(event: Promise<T>): Promise<T> {
    const { silenceMs, allowanceMs, bytesPerSecond } = this.#bounds;
    const left = allowanceMs + (this.#bytes * 1000) / bytesPerSecond - this.#waitedMs;
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        timer = setTimeout(
          () => reject(new PithError("SlowClient", { bytes: this.#bytes })),
          Math.max(0, Math.min(silenceMs, left)),
        );
        event.then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      this.#waitedMs += performance.now() - started;
    }
  }
}
