/**
 * Tried: which way of coding a chunk has been through, as a number beside its row.
 *
 * A way is an effort, perhaps one codec alone, and the codecs of the build with their versions and
 * switches: what the same chunk would go through again with the same result. A put notes its way with
 * each chunk that it codes; a recoding passes over what went that way, or the same with more effort.
 * A new codec, or a new version of one, is a new way. Nothing but time hangs on these numbers.
 */
import type { Coder } from "../container/index.ts";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { sha256 } from "../core/hash.ts";

/** How chunks are coded. */
export interface Way {
  readonly effort: Effort;
  /** A codec's name to use it alone; undefined chooses by content. */
  readonly codec: string | undefined;
}

/** The number of a way in this build, with the codecs that are switched on now: 1 to 2^48. */
export function triedMark(coder: Coder, { effort, codec }: Way): number {
  const names = coder.codecs.map(({ name, version }) => `${name} ${version}`);
  const off = [...coder.gate.disabled()].sort();
  const text = JSON.stringify([effort, codec ?? null, names.sort(), off]);
  return 1 + Number.parseInt(sha256(new TextEncoder().encode(text)).slice(0, 12), 16);
}

/** The numbers of all ways that leave nothing for this one to find. */
export function marksCovering(coder: Coder, { effort, codec }: Way): ReadonlySet<number> {
  const longer = EFFORTS.slice(EFFORTS.indexOf(effort));
  return new Set(longer.map((one) => triedMark(coder, { effort: one, codec })));
}
