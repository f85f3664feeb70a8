/**
 * Tried: which way of coding a chunk has been through, as a number beside its row.
 *
 * A way is an effort, perhaps one codec alone, and the codecs of the build with their versions and
 * switches: what the same chunk would go through again with the same result. A put notes its way with
 * each chunk that it codes; a recoding passes over what went that way, or the same with more effort.
 * A new codec, or a new version of one, is a new way. Nothing but time hangs on these numbers.
 */
import type { Coder, CoderEvent } from "../container/index.ts";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { sha256 } from "../core/hash.ts";

/** How chunks are coded. */
export interface Way {
  readonly effort: Effort;
  /** A codec's name to use it alone; undefined chooses by content. */
  readonly codec: string | undefined;
}

/**
 * One object on one way. What a codec failed at, or what was coded while a switch was thrown, has not been
 * through all that the way offers: from there on the object's chunks bear no mark, and are tried again.
 */
export class Attempt {
  readonly #coder: Coder;
  readonly #way: Way;
  readonly #mark: number;
  #isWhole = true;

  constructor(coder: Coder, way: Way) {
    this.#coder = coder;
    this.#way = way;
    this.#mark = triedMark(coder, way);
  }

  /** To be told what codecs make of the object. */
  readonly passedOn = ({ outcome }: CoderEvent): void => {
    if (outcome === "failed") this.#isWhole = false;
  };

  /** What to note with a chunk now; 0 for nothing. */
  get mark(): number {
    if (triedMark(this.#coder, this.#way) !== this.#mark) this.#isWhole = false;
    return this.#isWhole ? this.#mark : 0;
  }
}

/** The number of a way in this build, with the codecs that are switched on now: 1 to 2^48. */
function triedMark(coder: Coder, { effort, codec }: Way): number {
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
