/**
 * Recode note: what a recoding is to do and how far it is, as it is kept in the metadata.
 *
 * One note a store, JSON, of the newest recoding. A recoding that was stopped, or killed, and is
 * asked for again goes on behind `after`; one with another wish begins anew.
 */
import type { Effort } from "../core/codec.ts";
import type { FaultCode } from "../core/errors.ts";
import type { Meta, ObjectName } from "./meta/meta.ts";
import type { RecodeCounts } from "./recode-object.ts";
import type { PaceWish } from "./recode-pace.ts";

/** What is to be coded anew, and how; absent parts are undefined. */
export interface RecodeWish {
  readonly effort: Effort;
  /** A codec's name to use it alone; undefined chooses by content. */
  readonly codec?: string | undefined;
  /** Only chunks that this codec wrote. */
  readonly from?: string | undefined;
  readonly bucket?: string | undefined;
  /** Only keys that begin so; goes with a bucket. */
  readonly prefix?: string | undefined;
}

/** "failed" is a recoding that the disk ended, and like "stopped" one that can go on. */
export type RecodeState = "running" | "stopped" | "failed" | "done";

export interface RecodeStatus {
  readonly state: RecodeState;
  readonly wish: RecodeWish;
  readonly pace: PaceWish;
  /** True: codes and counts, and changes nothing. */
  readonly dryRun: boolean;
  /** Whether it goes on by itself when a service opens the store again. */
  readonly background: boolean;
  /** Everything up to this object is done; undefined at the beginning. */
  readonly after: ObjectName | undefined;
  /** From the beginning, whatever interrupted it. */
  readonly counts: RecodeCounts;
  readonly startedMs: number;
  /** When this was noted last: no chunk was rewritten later, unless it is running. */
  readonly notedMs: number;
  /** What ended it, where something did. */
  readonly fault?: FaultCode | undefined;
}

const NAME = "recode";

/** The note of the newest recoding, undefined when there was none. */
export async function readRecodeNote(meta: Meta): Promise<RecodeStatus | undefined> {
  const text = await meta.getNote(NAME);
  return text === undefined ? undefined : (JSON.parse(text) as RecodeStatus);
}

/** Keeps the note. @throws PithError kind "io" */
export async function writeRecodeNote(meta: Meta, status: RecodeStatus): Promise<void> {
  await meta.putNote(NAME, JSON.stringify(status));
}

/** Whether two wishes are the same. */
export function isSameWish(one: RecodeWish, other: RecodeWish): boolean {
  const parts = ({ effort, codec, from, bucket, prefix }: RecodeWish): unknown[] => {
    return [effort, codec, from, bucket, prefix];
  };
  return JSON.stringify(parts(one)) === JSON.stringify(parts(other));
}
