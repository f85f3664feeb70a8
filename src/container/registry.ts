/**
 * The registry: which codecs this build has. A value, so that a test or a later package makes
 * one with more; the built-in list is here, one line a codec.
 *
 * How a codec is chosen is in choose.ts.
 */
import type { Codec } from "../core/codec.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { deflateCodec, zlibCodec } from "./deflate-codecs.ts";
import { leptonCodec } from "./lepton-codec.ts";
import { storedCodec } from "./stored-codec.ts";

const BUILT_IN: readonly Codec[] = [storedCodec, deflateCodec, zlibCodec, leptonCodec];

/** A codec and version that a store holds frames of. */
export interface StoredVersion {
  /** The codec's number. */
  readonly codec: number;
  readonly codecVersion: number;
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
   * The version gate: to be asked before a store is opened for work.
   *
   * @throws PithError "VersionGate" that names every codec and version that cannot be decoded
   */
  requireReadable(stored: Iterable<StoredVersion>): void;
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
    assertThat(!byName.has(name) && !byId.has(id), "a codec is alone of its name", { name, id });
    byName.set(name, codec);
    byId.set(id, codec);
  }
  const reads = (id: number, version: number): boolean =>
    byId.get(id)?.readableVersions.includes(version) === true;
  return {
    codecs,
    byName: (name) => byName.get(name),
    reader(codec, codecVersion) {
      if (!reads(codec, codecVersion)) throw new PithError("CodecUnknown", { codec, codecVersion });
      return byId.get(codec) as Codec;
    },
    requireReadable(stored) {
      const missing = new Set<string>();
      for (const { codec, codecVersion } of stored) {
        if (reads(codec, codecVersion)) continue;
        missing.add(`${byId.get(codec)?.name ?? `codec ${codec}`} version ${codecVersion}`);
      }
      if (missing.size > 0) {
        throw new PithError("VersionGate", { missing: [...missing].sort().join(", ") });
      }
    },
  };
}
