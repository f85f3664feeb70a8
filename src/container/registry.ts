/**
 * The registry: which codecs this build has. A value, so that a test or a later package makes
 * one with more; the built-in list is here, one line a codec.
 *
 * How a codec is chosen is in choose.ts.
 */
import { type BuildFiles, requireBuildFiles } from "../core/build-files.ts";
import type { Codec } from "../core/codec.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { deflateCodec, zlibCodec } from "./deflate-codecs.ts";
import { divansCodec } from "./divans-codec.ts";
import {
  FILTERS_FILES,
  FILTERS_SWITCH,
  type FilterStamp,
  isFilterKnown,
  nameOfFilter,
} from "./filtering.ts";
import { jpegDenseCodec } from "./jpeg-dense-codec.ts";
import { leptonCodec } from "./lepton-codec.ts";
import { storedCodec } from "./stored-codec.ts";

/** A codec's version fits below it. */
const FILTER_UNIT = 256;

/** Of specialists for the same content the better one stands first. */
const BUILT_IN: readonly Codec[] = [
  storedCodec,
  deflateCodec,
  zlibCodec,
  jpegDenseCodec,
  leptonCodec,
  divansCodec,
];

/**
 * What it takes to decode frames that a store holds, in two numbers: to be kept beside each chunk.
 *
 * A frame with a filter counts as another version of its codec. So a build that knows nothing of
 * filters, or not of that one, sees a version that it cannot decode, and refuses the store.
 */
export interface StoredVersion {
  /** The codec's number. */
  readonly codec: number;
  /** The codec's version, 1..255, and 256 times the filter's number, 0 for none. */
  readonly codecVersion: number;
}

/** The same in words. */
export interface StoredName {
  /** The codec's name; "codec 17" for one that this build has not. */
  readonly codec: string;
  readonly version: number;
  /** Undefined where there is none. */
  readonly filter: string | undefined;
}

/** What a store notes of a frame. */
export function storedVersion(
  { id, version }: { readonly id: number; readonly version: number },
  filter: FilterStamp | undefined,
): StoredVersion {
  return { codec: id, codecVersion: version + FILTER_UNIT * (filter?.id ?? 0) };
}

export interface Registry {
  readonly codecs: readonly Codec[];
  byName(name: string): Codec | undefined;
  /**
   * The codec that decodes frames of this number and version.
   *
   * @throws PithError "CodecUnknown"
   */
  reader(codec: number, codecVersion: number): Codec;
  /**
   * The version gate: to be asked before a store is opened for work. What takes no part in the store is not
   * looked at: a build that lacks a table goes on with stores that need none of it.
   *
   * @throws PithError "VersionGate" that names every codec and version that cannot be decoded;
   *   "BuildIncomplete" that names every file which the others need and which is missing or damaged
   */
  requireReadable(stored: Iterable<StoredVersion>): Promise<void>;
  nameStored(stored: StoredVersion): StoredName;
}

/**
 * The built-in codecs and `extra`.
 *
 * @throws PithError "AssertionFailure" when two codecs share a number or a name, or one breaks
 *   the contract's limits
 */
export function createRegistry(extra: readonly Codec[] = []): Registry {
  const codecs = [...BUILT_IN, ...extra];
  const byName = new Map<string, Codec>();
  const byId = new Map<number, Codec>();
  for (const codec of codecs) {
    const { id, name, version, readableVersions } = codec;
    assertThat(/^[a-z][a-z0-9-]{0,31}$/.test(name), "a codec's name is short and plain", { name });
    assertThat(Number.isInteger(id) && id >= 1 && id <= 0xffff, "a codec has a number", { id });
    assertThat(readableVersions.includes(version), "a codec reads what it writes", { name });
    assertThat(name !== FILTERS_SWITCH, "a codec's name is no other switch's", { name });
    assertThat(!byName.has(name) && !byId.has(id), "a codec is alone of its name", { name, id });
    byName.set(name, codec);
    byId.set(id, codec);
  }
  const reads = (id: number, version: number): boolean =>
    byId.get(id)?.readableVersions.includes(version) === true;
  const nameStored = ({ codec, codecVersion }: StoredVersion): StoredName => {
    const { version, filter } = splitVersion(codecVersion);
    return {
      codec: byId.get(codec)?.name ?? `codec ${codec}`,
      version,
      filter: filter === 0 ? undefined : nameOfFilter(filter),
    };
  };
  return {
    codecs,
    byName: (name) => byName.get(name),
    reader(codec, codecVersion) {
      if (!reads(codec, codecVersion)) throw new PithError("CodecUnknown", { codec, codecVersion });
      return byId.get(codec) as Codec;
    },
    nameStored,
    async requireReadable(stored) {
      const missing = new Set<string>();
      const needed = new Set<BuildFiles>();
      for (const each of stored) {
        const { version, filter } = splitVersion(each.codecVersion);
        const names = nameStored(each);
        if (!reads(each.codec, version)) missing.add(`${names.codec} version ${version}`);
        if (filter !== 0 && !isFilterKnown(filter)) missing.add(nameOfFilter(filter));
        if (filter !== 0) needed.add(FILTERS_FILES);
        const files = byId.get(each.codec)?.files;
        if (files !== undefined) needed.add(files);
      }
      if (missing.size > 0) {
        throw new PithError("VersionGate", { missing: [...missing].sort().join(", ") });
      }
      await requireBuildFiles([...needed]);
    },
  };
}

function splitVersion(codecVersion: number): { version: number; filter: number } {
  return {
    version: codecVersion % FILTER_UNIT,
    filter: Math.floor(codecVersion / FILTER_UNIT),
  };
}
