/**
 * Choosing: which codecs try an object's chunks, and in which order. By content, never by name.
 *
 *   specialists that know the content  ->  general codecs, by effort  ->  stored
 *
 * Several specialists may know it: the first one leads, and says how it is cut; the others take what it
 * refuses. Some take part at some efforts only.
 *
 * Every chunk goes down this list until a codec takes it and its frame is proved; a few are tried by more
 * than one (contest.ts). A general codec that saves too little sends the chunk to `stored` at once: the
 * other would not save more than is worth it. Which codecs are switched off is asked anew for each chunk (gate.ts).
 */
import type { Claim, Codec, Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import type { Registry } from "./registry.ts";

/** The refusal of a chunk that would shrink by less than SAVED_SHARE_MINIMUM. */
export const SAVES_TOO_LITTLE = { refused: "CodecRefused", why: "saves too little" } as const;

/** General codecs by effort, the preferred one first. All others but `stored` are specialists. */
const GENERAL: Readonly<Record<Effort, readonly string[]>> = {
  flat: ["deflate", "zlib"],
  fast: ["zlib", "deflate"],
  default: ["divans", "zlib", "deflate"],
  dense: ["divans", "zlib", "deflate"],
};
const LAST = "stored";

/** How an object is cut when no specialist claims it. */
const USUAL: Claim = { chunkBytes: CHUNK_BYTES, whole: false };

/** What was decided after the look at an object's first chunk. */
export interface Plan {
  /** How to cut. A `whole` claim holds only if the object is short enough; else choose again
   * without that specialist. */
  readonly claim: Claim;
  /** Specialists that claim the object, in order. */
  readonly specialists: readonly Codec[];
  /** General codecs in order, then `stored`. */
  readonly general: readonly Codec[];
}

/**
 * Decides how to cut an object and who tries it.
 *
 * @param first - the object's first CHUNK_BYTES, or all of it
 * @param ended - whether that is all of it
 * @param only - name of a codec to try alone before `stored`
 * @param isOff - whether a codec is switched off or has lost its claim
 * @param failed - told of a sniff that threw: a fault of that codec, which is then passed over
 * @throws PithError "InvalidArgument" when there is no codec named `only`, or no such effort
 */
export function choose(
  registry: Registry,
  first: Uint8Array,
  ended: boolean,
  options: { readonly effort: Effort; readonly only: string | undefined },
  isOff: (name: string) => boolean,
  failed: (codec: Codec, error: unknown) => void,
): Plan {
  const { effort, only } = options;
  if (!Object.hasOwn(GENERAL, effort)) {
    throw new PithError("InvalidArgument", { what: "no such effort", effort });
  }
  const stored = named(registry, LAST);
  if (only !== undefined) {
    const codec = named(registry, only);
    if (codec === stored || isOff(only)) {
      return { claim: USUAL, specialists: [], general: [stored] };
    }
    const claim = sniffed(codec, first, ended, failed) ?? USUAL;
    return { claim, specialists: [codec], general: [stored] };
  }
  const general = GENERAL[effort].map((name) => named(registry, name));
  const claims: { codec: Codec; claim: Claim }[] = [];
  for (const codec of registry.codecs) {
    if (codec === stored || general.includes(codec) || isOff(codec.name)) continue;
    if (codec.efforts?.includes(effort) === false) continue;
    const claim = sniffed(codec, first, ended, failed);
    if (claim !== undefined) claims.push({ codec, claim });
  }
  const [leader, ...others] = claims;
  const claim = leader?.claim ?? USUAL;
  // Another one that keeps state must be able to take the object up as the first one cuts it.
  const helpers = others.filter(
    (other) =>
      other.claim.chunkBytes >= claim.chunkBytes &&
      (other.codec.independent || other.claim.whole === claim.whole),
  );
  return {
    claim,
    specialists: leader === undefined ? [] : [leader, ...helpers].map(({ codec }) => codec),
    general: [...general, stored],
  };
}

function named(registry: Registry, name: string): Codec {
  const codec = registry.byName(name);
  if (codec === undefined) {
    const known = registry.codecs.map((other) => other.name).join(", ");
    throw new PithError("InvalidArgument", { what: "no such codec", codec: name, known });
  }
  return codec;
}

function sniffed(
  codec: Codec,
  first: Uint8Array,
  ended: boolean,
  failed: (codec: Codec, error: unknown) => void,
): Claim | undefined {
  if (first.length === 0) return undefined;
  try {
    const claim = codec.sniff(first, ended);
    if (claim === undefined) return undefined;
    const { chunkBytes } = claim;
    if (!Number.isInteger(chunkBytes) || chunkBytes < 1 || chunkBytes > CHUNK_BYTES_MAXIMUM) {
      throw new PithError("ChunkTooLarge", { codec: codec.name, chunkBytes });
    }
    return claim;
  } catch (error) {
    failed(codec, error);
    return undefined;
  }
}
