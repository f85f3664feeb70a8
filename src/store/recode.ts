/**
 * Recode: codes objects that were acknowledged as plain bytes.
 *
 *   plain blob -> read and proven -> coder: code, prove -> new blob -> chunk row swapped
 *                                                       old blob is garbage after the grace time
 *
 * The object can be read at every moment, from the one blob or the other. When the coder cuts
 * otherwise than the put did (a codec that claims larger chunks) the version gets a new manifest over
 * the same bytes. What cannot be coded now (damaged, disk full) is left as it is and alarmed.
 */
import { equalBytes } from "../core/bytes.ts";
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { findChunk, framedChunk, writeChunk } from "./chunk.ts";
import { readAll } from "./get.ts";
import { encodeManifest, type ManifestChunk } from "./manifest.ts";
import type { ObjectRow } from "./meta/meta.ts";
import { keepUntilMs, type StoreParts } from "./parts.ts";

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
      await this.#recode(row, openedMs);
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

  async #recode(row: ObjectRow, openedMs: number): Promise<void> {
    const parts = this.#parts;
    const chunks: ManifestChunk[] = [];
    const holding = parts.keeper.hold();
    try {
      const known = async (sha256: string): Promise<boolean> => {
        holding.add(sha256);
        return (await findChunk(parts, sha256))?.state === "coded";
      };
      const source = readAll(parts, row, openedMs, parts.closing);
      const coding = { effort: this.#effort, known, signal: parts.closing };
      for await (const chunk of parts.coder.encode(source, coding)) {
        chunks.push({ sha256: chunk.sha256, bytes: chunk.plainBytes });
        const framed = framedChunk(chunk, "coded");
        if (framed !== undefined) await writeChunk(parts, framed);
      }
      await finish(parts, row, encodeManifest(chunks));
    } finally {
      holding.end();
    }
  }
}

async function finish(parts: StoreParts, row: ObjectRow, manifest: Uint8Array): Promise<void> {
  const { meta } = parts;
  if (equalBytes(manifest, row.manifest)) await meta.finishAwaiting(row.version);
  else await meta.replaceManifest(row, row.version, manifest, keepUntilMs(parts));
}
