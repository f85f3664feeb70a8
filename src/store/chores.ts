/**
 * Chores: what a store does by itself while it is open: coding what waits when nobody else is
 * busy, collecting garbage, backing up the metadata.
 *
 * Each chore runs by its own interval, never twice at once. A failure is alarmed and tried again,
 * after twice the time at each failure in a row.
 */
import { PithError } from "../core/errors.ts";
import { BACKUP_INTERVAL_MS, COLLECT_INTERVAL_MS, IDLE_LOOK_MS } from "../core/limits.ts";
import type { Clock } from "./clock.ts";

/** The longest pause of a chore that keeps failing. */
const LONGEST_PAUSE_MS = COLLECT_INTERVAL_MS;

export interface ChoreWork {
  readonly clock: Clock;
  /** Codes one object; false when none waits. */
  readonly recodeNext: () => Promise<boolean>;
  /** Whether puts or gets are under way. */
  readonly busy: () => boolean;
  readonly collect: () => Promise<unknown>;
  /** Undefined when the store's metadata has no backups. */
  readonly backup: (() => Promise<unknown>) | undefined;
  /** When the newest backup was made; undefined when there is none. */
  readonly lastBackupMs: () => Promise<number | undefined>;
  readonly alarm: (error: PithError) => void;
}

export class Chores {
  readonly #work: ChoreWork;
  readonly #stops: (() => void)[] = [];
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(work: ChoreWork) {
    this.#work = work;
    const { clock, backup } = work;
    this.#repeat("recode", IDLE_LOOK_MS, () => this.#recode());
    this.#repeat("collect", COLLECT_INTERVAL_MS, work.collect);
    if (backup === undefined) return;
    this.#repeat("backup", COLLECT_INTERVAL_MS, async () => {
      const last = await work.lastBackupMs();
      if (last === undefined || clock.nowMs() - last >= BACKUP_INTERVAL_MS) await backup();
    });
  }

  /** Begins nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
    await Promise.all(this.#running);
  }

  async #recode(): Promise<void> {
    const { busy, recodeNext } = this.#work;
    while (!this.#stopped && !busy() && (await recodeNext()));
  }

  #repeat(task: string, everyMs: number, work: () => Promise<unknown>): void {
    const { clock } = this.#work;
    let under = false;
    let failures = 0;
    let notBeforeMs = 0;
    const turn = async (): Promise<void> => {
      try {
        await work();
        failures = 0;
      } catch (error) {
        const fault = PithError.from(error, "AssertionFailure");
        // Closing the store interrupts a chore; that is nobody's fault.
        if (this.#stopped && ["Aborted", "StoreIo"].includes(fault.code)) return;
        this.#work.alarm(new PithError(fault.code, { task, ...fault.facts }, fault));
        notBeforeMs = clock.nowMs() + Math.min(everyMs * 2 ** failures, LONGEST_PAUSE_MS);
        failures += 1;
      } finally {
        under = false;
      }
    };
    const stop = clock.every(everyMs, () => {
      if (under || clock.nowMs() < notBeforeMs) return;
      under = true;
      const running = turn().finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
    this.#stops.push(stop);
  }
}
