/**
 * Context: what the S3 operations work with. One for the life of the service.
 */
import type { Effort } from "../../core/codec.ts";
import type { PithError } from "../../core/errors.ts";
import { TRANSFER_BYTES_HELD_MINIMUM } from "../../core/limits.ts";
import type { Store } from "../../store/index.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Limiter } from "../limiter.ts";
import type { Target } from "./target.ts";

/** Memory for puts and for gets is limited apart, so that slow clients of one kind do not keep out
 * the other, and for small and large ones, so that large ones do not keep out small ones. Shares are
 * bytes. */
export interface Transfers {
  readonly puts: Limiter;
  readonly gets: Limiter;
}

export interface S3Context {
  readonly store: Store;
  /** A share is held by each request that holds chunks in memory. */
  readonly transfers: Transfers;
  readonly mode: "verified" | "async";
  readonly effort: Effort;
  /** Told of every fault that is not the client's, with what it happened to. */
  readonly alarm: (error: PithError, exchange: Exchange) => void;
}

/** One operation: answers the exchange or throws a PithError before it has begun to. */
export type Operate = (exchange: Exchange, target: Target, context: S3Context) => Promise<void>;

/** The share of memory for `bytes` of an object, of which at most `atMost` are held at once. */
export function shareOf(bytes: number, atMost: number): number {
  return Math.max(TRANSFER_BYTES_HELD_MINIMUM, Math.min(bytes, atMost));
}
