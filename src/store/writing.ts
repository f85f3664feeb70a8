/**
 * Writing: which blobs this process is writing right now, from before their reservation until the
 * file lies there or the write has failed.
 *
 * A write may outlast its claim: a disk that hangs for longer than the grace time. The collector then
 * takes the blob's row as garbage, and the write, when it goes on, would leave a file that the metadata
 * does not know. So a deletion waits for the writes that began before it; later ones are refused by
 * their reservation (meta/meta.ts) and hold nothing up.
 */
export class Writing {
  readonly #underWay = new Map<string, Set<Promise<void>>>();

  /** Says that a write of `blob` begins. @returns what says that it is over, well or not */
  begin(blob: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const writes = this.#underWay.get(blob) ?? new Set();
    writes.add(promise);
    this.#underWay.set(blob, writes);
    return () => {
      writes.delete(promise);
      if (writes.size === 0 && this.#underWay.get(blob) === writes) this.#underWay.delete(blob);
      resolve();
    };
  }

  /** Waits for the writes of `blob` that are under way now; those that begin later do not count. */
  async ended(blob: string): Promise<void> {
    await Promise.all(this.#underWay.get(blob) ?? []);
  }
}
