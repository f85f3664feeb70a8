/**
 * Context: what the S3 operations work with. One for the life of the service.
 */
import type { Effort } from "../../core/codec.ts";
import type { PithError } from "../../core/errors.ts";
import type { Store } from "../../store/index.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Limiter } from "../limiter.ts";
import type { Target } from "./target.ts";

/** Puts and gets are limited apart, so that slow clients of one kind do not keep out the other. */
export interface Transfers {
  readonly puts: Limiter;
  readonly gets: Limiter;
}

export interface S3Context {
  readonly store: Store;
  /** A place is held by each request that holds chunks in memory. */
  readonly transfers: Transfers;
  readonly mode: "verified" | "async";
  readonly effort: Effort;
  /** Told of every fault that is not the client's, with what it happened to. */
  readonly alarm: (error: PithError, exchange: Exchange) => void;
}

/** One operation: answers the exchange or throws a PithError before it has begun to. */
export type Operate = (exchange: Exchange, target: Target, context: S3Context) => Promise<void>;
