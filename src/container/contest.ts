/**
 * Contest: when others code a specialist's chunk too, and the smallest frame stays.
 *
 * A specialist's model foretells what it was made for. A JPEG of flat areas, of a made pattern, or one that was
 * cut off and filled with zeros is something else: its bytes repeat. A search for repeats, or a model that
 * learns faster, then takes a fraction of what the first one takes. Photographs give such a search next to
 * nothing, so a quick look at samples (packed.ts) tells one from the other.
 *
 *   looks as if it saved     who codes
 *   less than a sixteenth    the first specialist alone: nearly always
 *   more                     the other specialists, too
 *   nearly as much as they   the general codecs, too
 *
 * What it gains and costs: docs/decisions/0071-a-contest-where-bytes-repeat.md.
 */
import { CONTEST_GENERAL_RATIO, CONTEST_SAVED_SHARE_MINIMUM } from "../core/limits.ts";
import { packedShare } from "./packed.ts";

/** A chunk whose bytes repeat. */
export interface Contest {
  /** About how long it would be by a quick search. */
  readonly packedBytes: number;
}

/** Looks at a chunk, 1 to 3 ms. @returns undefined where others have no chance */
export function contestOf(plain: Uint8Array): Contest | undefined {
  const share = packedShare(plain);
  if (share > 1 - CONTEST_SAVED_SHARE_MINIMUM) return undefined;
  return { packedBytes: Math.ceil(share * plain.length) };
}

/** Whether general codecs may come below a specialist's frame. */
export function generalMayWin(contest: Contest, frameBytes: number): boolean {
  return contest.packedBytes < frameBytes * CONTEST_GENERAL_RATIO;
}
