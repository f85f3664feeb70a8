/**
 * Recode: codes objects that were acknowledged as plain bytes.
 *
 *   plain blobs -> recode-object.ts -> coded and proven blobs, the object taken off the list
 *
 * The one that has waited longest comes first. What cannot be coded now (damaged, disk full) is
 * left as it is and alarmed. Coding what is coded already is recode-run.ts.
 */
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { StoreParts } from "./parts.ts";
import { noCounts, type Recoding, recodeObject } from "./recode-object.ts";

export class Recoder {
  readonly #parts: StoreParts;
  readonly #effort: Effort;
  /** Versions that failed; tried again after the next start. */
  readonly #failed = new Set<string>();

  constructor(parts: StoreParts, effort: Effort) {
    this.#parts = parts;
    this.#effort = effort;
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
    try {
      await recodeObject(this.#parts, row, openedMs, true, this.#recoding());
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
