/**
 * Recode: codes objects that were acknowledged as plain bytes.
 *
 *   plain blobs -> recode-object.ts -> coded and proven blobs, the object taken off the list
 *
 * Plain blobs that a backup of the metadata names are kept until there is a newer one (last-backup.ts).
 * The one that has waited longest comes first. What cannot be coded now (damaged, disk full) is
 * left as it is and alarmed. Coding what is coded already is recode-run.ts.
 */
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { LastBackup } from "./last-backup.ts";
import type { StoreParts } from "./parts.ts";
import { noCounts, type Recoding, recodeObject } from "./recode-object.ts";

export class Recoder {
  readonly #parts: StoreParts;
  readonly #effort: Effort;
  readonly #lastBackup: LastBackup;
  /** Versions that failed; tried again after the next start. */
  readonly #failed = new Set<string>();

  constructor(parts: StoreParts, effort: Effort, lastBackup: LastBackup) {
    this.#parts = parts;
    this.#effort = effort;
    this.#lastBackup = lastBackup;
  }

  /**
   * Codes the object that has waited longest.
   *
   * @returns false when none waits that could be coded
   * @throws PithError kind "io" when the disk or the database fails
   */
  async next(): Promise<boolean> {
    const { meta, clock } = this.#parts;
    const openedMs = clock.nowMs();
    // Among one more than have failed there is one that has not.
    const waiting = await meta.listAwaiting(this.#failed.size + 1);
    const row = waiting.find(({ version }) => !this.#failed.has(version));
    if (row === undefined) return false;
    // It may share plain chunks with any that waits.
    const putMs = Math.min(...waiting.map(({ modifiedMs }) => modifiedMs));
    try {
      await this.#lastBackup.note(putMs);
      const writing = this.#lastBackup.partsFor(putMs);
      await recodeObject(this.#parts, row, openedMs, true, this.#recoding(), writing);
      // A backup that was made meanwhile has the plain blobs, too.
      await this.#lastBackup.note(putMs);
    } catch (error) {
      const fault = PithError.from(error, "AssertionFailure");
      if (fault.kind === "io" || fault.code === "Aborted") throw fault;
      this.#failed.add(row.version);
      const { bucket, key, version } = row;
      const facts = { ...fault.facts, task: "recode", bucket, key, version };
      this.#parts.alarm(new PithError(fault.code, facts, fault));
    }
    return true;
  }

  /** Only what waits, once, and whatever comes of it. */
  #recoding(): Recoding {
    return {
      way: { effort: this.#effort, codec: undefined },
      wants: () => false,
      savedShare: 0,
      writes: true,
      counts: noCounts(),
      underWay: new Set(),
      paced: (source) => source,
      signal: this.#parts.closing,
    };
  }
}
