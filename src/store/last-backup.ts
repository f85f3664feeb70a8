/**
 * Last backup: what the newest copy of the metadata may know, and how long what it knows is kept.
 *
 *   put (plain) --- backup --- coded --------- collected
 *                     |          |                 not before a newer backup has been made
 *                     +- names the plain blob ----+
 *
 * An object that was acknowledged as plain bytes is coded later, and its plain blobs are collected. A backup
 * from between would name blobs that are gone, and bring back nothing of an object that nobody touched.
 * Few objects wait at the moment of a backup: their plain blobs are kept for two days instead of the grace
 * time, and where no newer backup was made in one, a collection makes it first.
 *
 * What is known here is known without asking the disk, so that each swap of a chunk row goes by the moment
 * that it is made. What `pith recode` replaces, which is most of a store, has another rule (recodings.ts).
 */
import { BACKUP_INTERVAL_MS, BACKUP_LONGEST_MS, REPLACED_KEPT_MS } from "../core/limits.ts";
import { listBackups } from "./backup-list.ts";
import type { StoreParts } from "./parts.ts";

/** When something that the newest backup may name was replaced. */
const REPLACED_NOTE = "replaced";
/** When a backup was begun. */
const BEGUN_NOTE = "backup";

export class LastBackup {
  readonly #folder: string | undefined;
  readonly #parts: StoreParts;
  /** What was put until then may be in it; infinite while one is made. */
  #knowsUntilMs = -Infinity;
  /** Whether the note is there since the newest backup. */
  #isNoted = false;

  /** @param folder - the data folder, undefined where there are no backups */
  constructor(folder: string | undefined, parts: StoreParts) {
    this.#folder = folder;
    this.#parts = parts;
  }

  /** Looks for the newest backup; for a store that was just opened. */
  async look(): Promise<void> {
    if (this.#folder === undefined) return;
    const newest = (await listBackups(this.#folder)).at(-1);
    if (newest !== undefined) this.#knowsUntilMs = newest.createdMs + BACKUP_LONGEST_MS;
  }

  /** Makes a backup; from before its beginning on it counts as one that knows everything. */
  async making<Result>(make: () => Promise<Result>): Promise<Result> {
    const { meta, clock } = this.#parts;
    const before = this.#knowsUntilMs;
    this.#knowsUntilMs = Infinity;
    try {
      // Swaps that did not know of it are through when this is: writes keep their order. Where nothing can
      // be written, nothing is swapped.
      await meta.putNote(BEGUN_NOTE, String(clock.nowMs())).catch(() => undefined);
      const made = await make();
      this.#knowsUntilMs = clock.nowMs();
      this.#isNoted = false;
      return made;
    } catch (error) {
      this.#knowsUntilMs = before;
      throw error;
    }
  }

  /** The store's parts for coding what was put at `putMs` or later: they keep what they replace for as long
   * as a backup may need it. */
  partsFor(putMs: number): StoreParts {
    const parts = this.#parts;
    const isKnown = (): boolean => putMs <= this.#knowsUntilMs;
    return {
      ...parts,
      get graceMs() {
        return isKnown() ? Math.max(REPLACED_KEPT_MS, parts.graceMs) : parts.graceMs;
      },
    };
  }

  /** Notes that something of the newest backup is going to be replaced, once a backup. */
  async note(putMs: number): Promise<void> {
    if (this.#isNoted || putMs > this.#knowsUntilMs) return;
    const { meta, clock } = this.#parts;
    // A backup that ends meanwhile has the note to be written again.
    this.#isNoted = true;
    await meta.putNote(REPLACED_NOTE, String(clock.nowMs()));
  }

  /** Whether a collection is to be preceded by a backup: the newest one is old, and something of it has
   * been replaced. */
  async isDue(): Promise<boolean> {
    if (this.#folder === undefined) return false;
    const noted = await this.#parts.meta.getNote(REPLACED_NOTE);
    const newest = (await listBackups(this.#folder)).at(-1);
    if (noted === undefined || newest === undefined || newest.createdMs > Number(noted))
      return false;
    return newest.createdMs <= this.#parts.clock.nowMs() - BACKUP_INTERVAL_MS;
  }
}
