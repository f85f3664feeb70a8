/**
 * Pace: how fast a recoding may read, and whether it waits while others use the store.
 *
 *   bytes |--4 MiB--|          |--4 MiB--|          at 2 MiB/s a part every two seconds
 *
 * The clock may jump: no wait is longer than what all that may wait at once is worth.
 */
import { PithError } from "../core/errors.ts";
import { CHUNK_BYTES_MAXIMUM, IDLE_LOOK_MS, RECODE_OBJECTS_MAXIMUM } from "../core/limits.ts";
import type { Clock } from "./clock.ts";

/** The longest wait before a look whether all is over. */
const LOOK_MS = 200;

/** The most that can wait at once: whatever the clock says, no wait is longer than that takes. */
const BACKLOG_BYTES = RECODE_OBJECTS_MAXIMUM * CHUNK_BYTES_MAXIMUM;

export interface PaceWish {
  /** Plain bytes a second; undefined is as fast as it goes. */
  readonly bytesPerSecond: number | undefined;
  /** True: reads only while no put and no get is under way. */
  readonly idle: boolean;
}

export class Pace {
  readonly #clock: Clock;
  readonly #busy: () => boolean;
  /** May be changed at any time. */
  wish: PaceWish;
  /** When the bytes that have passed are paid for. */
  #paidMs = 0;

  /** @param busy - whether puts or gets are under way */
  constructor(clock: Clock, busy: () => boolean, wish: PaceWish) {
    this.#clock = clock;
    this.#busy = busy;
    this.wish = wish;
  }

  /** Gives the same bytes, each part when its time has come. @throws PithError "Aborted" by `signal` */
  async *hold(
    source: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const part of source) {
      await this.turn(part.length, signal);
      yield part;
    }
  }

  /** Resolves when so many bytes may be worked on. @throws PithError "Aborted" by `signal` */
  async turn(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const { bytesPerSecond } = this.wish;
    const msPerByte = bytesPerSecond === undefined ? 0 : 1000 / bytesPerSecond;
    // Parts of several objects come at once, and each adds to what the others wait for.
    const backMs = Math.min(Math.max(this.#paidMs - nowMs, 0), BACKLOG_BYTES * msPerByte);
    this.#paidMs = nowMs + backMs + bytes * msPerByte;
    await this.#wait(backMs, signal);
    while (this.wish.idle && this.#busy()) await this.#wait(IDLE_LOOK_MS, signal);
    stopIf(signal);
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    for (let left = ms; left > 0; left -= LOOK_MS) {
      stopIf(signal);
      await this.#clock.wait(Math.min(left, LOOK_MS));
    }
  }
}

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw PithError.from(signal.reason, "Aborted");
}
