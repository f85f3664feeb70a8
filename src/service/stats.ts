/**
 * Stats: the service at a glance, as `/-/stats` shows it and `pith stats` prints it.
 */
import type { Coder } from "../container/index.ts";
import type { Totals } from "../store/index.ts";
import type { ServiceConfig } from "./config.ts";
import type { CodecOutcome } from "./outcomes.ts";

type CodecTotals = Totals["codecs"][number];

export interface CodecStats {
  readonly name: string;
  readonly version: number;
  /** What came before the codec; not there where nothing did. */
  readonly filter?: string;
  readonly chunks: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
  readonly savedPercent: number;
}

export interface ServiceStats {
  readonly build: string;
  readonly node: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly data: string;
  readonly mode: ServiceConfig["mode"];
  readonly effort: ServiceConfig["effort"];
  readonly buckets: number;
  readonly objects: number;
  /** Lengths of all objects together. */
  readonly plainBytes: number;
  /** Lengths of all blobs together, garbage that waits for its collection included. */
  readonly storedBytes: number;
  /** How much less is stored than was put, in percent of what was put; equal chunks count. */
  readonly savedPercent: number;
  /** Objects whose chunks wait to be coded (`async` mode). */
  readonly awaiting: number;
  readonly codecs: readonly CodecStats[];
  /** What became of chunks at each codec since the start, by reason. */
  readonly codecOutcomes: readonly CodecOutcome[];
  /** Faults since the start, by code. */
  readonly faults: Readonly<Record<string, number>>;
  readonly gate: { readonly disabled: readonly string[]; readonly problems: readonly string[] };
  readonly workers: {
    readonly threads: number;
    readonly busy: number;
    readonly waiting: number;
    readonly replaced: number;
  };
}

/** One line a codec, version and filter. */
function codecStats(totals: CodecTotals, nameStored: Coder["nameStored"]): CodecStats {
  const { chunks, plainBytes, storedBytes } = totals;
  const { codec: name, version, filter } = nameStored(totals);
  return {
    name,
    version,
    ...(filter === undefined ? {} : { filter }),
    chunks,
    plainBytes,
    storedBytes,
    savedPercent: savedPercent(plainBytes, storedBytes),
  };
}

/** The sums of a store in the words of the stats. */
export function storeStats(
  totals: Totals,
  nameStored: Coder["nameStored"],
): Pick<
  ServiceStats,
  "buckets" | "objects" | "plainBytes" | "storedBytes" | "savedPercent" | "awaiting" | "codecs"
> {
  const { buckets, objects, objectBytes, blobBytes, awaiting, codecs } = totals;
  return {
    buckets,
    objects,
    plainBytes: objectBytes,
    storedBytes: blobBytes,
    savedPercent: savedPercent(objectBytes, blobBytes),
    awaiting,
    codecs: codecs.map((each) => codecStats(each, nameStored)),
  };
}

/** Percent with two decimals; 0 for nothing. */
export function savedPercent(plainBytes: number, storedBytes: number): number {
  if (plainBytes === 0) return 0;
  return Math.round((1 - storedBytes / plainBytes) * 10_000) / 100;
}
