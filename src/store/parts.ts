/**
 * Parts: what every operation of the store works with. One for the life of an open store.
 */
import type { Coder } from "../container/index.ts";
import type { PithError } from "../core/errors.ts";
import type { Blobs } from "./blobs/blobs.ts";
import type { Clock } from "./clock.ts";
import type { Collector } from "./collect.ts";
import type { Keeper } from "./keep.ts";
import type { Meta } from "./meta/meta.ts";
import type { Writing } from "./writing.ts";

export interface StoreParts {
  readonly meta: Meta;
  readonly blobs: Blobs;
  readonly coder: Coder;
  readonly clock: Clock;
  readonly keeper: Keeper;
  readonly collector: Collector;
  readonly writing: Writing;
  /** How long what nobody references is kept. */
  readonly graceMs: number;
  /** The build, for people who look at chunk rows. */
  readonly writer: string;
  /** Blobs that were found damaged: no put may rely on them, and the next one repairs them. */
  readonly damaged: Set<string>;
  /** Told of every damage and every failure that nobody else would hear of. */
  readonly alarm: (error: PithError) => void;
  /** Aborted when the store is closed. */
  readonly closing: AbortSignal;
}

/** Until when a row is kept that somebody needs now. */
export function keepUntilMs(parts: Pick<StoreParts, "clock" | "graceMs">): number {
  return parts.clock.nowMs() + parts.graceMs;
}
