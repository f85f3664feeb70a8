/**
 * Log: JSON lines for machines, one per request and one per thing that happened.
 *
 *   {"level":"info","time":"2026-11-21T08:00:00.000Z","id":"9F..","operation":"PutObject",
 *    "bucket":"photos","key":"a.jpg","status":200,"in":52341,"out":0,"ms":14.2}
 *
 * No line holds a body, a header or anything secret. Lines are written at once and not
 * buffered: the last lines before a crash are the ones that matter.
 */
import pino, { type DestinationStream, type Logger } from "pino";
import type { CoderEvent } from "../container/index.ts";
import { FAULTS, type PithError } from "../core/errors.ts";
import type { Exchange, Outcome } from "./http/exchange.ts";

export type { Logger };

/**
 * A log.
 *
 * @param level - the least that is written
 * @param target - stderr unless given
 */
export function openLog(level: string, target?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    target ?? pino.destination({ fd: 2, sync: true }),
  );
}

/** One line for a request that is over. */
export function logExchange(log: Logger, exchange: Exchange, outcome: Outcome): void {
  const { id, operation, bucket, key, method } = exchange;
  const line = {
    id,
    method,
    operation,
    ...(bucket === "" ? {} : { bucket }),
    ...(key === "" ? {} : { key }),
    status: outcome.status,
    in: outcome.receivedBytes,
    out: outcome.sentBytes,
    ms: Math.round(outcome.seconds * 10_000) / 10,
    ...(outcome.whole ? {} : { cut: true }),
  };
  if (outcome.status >= 500) log.error(line, "request failed");
  else log.info(line, "request");
}

/** One line for a fault: an alarm when it is a bug or damage, a warning otherwise. */
export function logFault(log: Logger, error: PithError, about: object): void {
  const line = { ...about, fault: error.code, number: error.number, kind: error.kind };
  const alarm = error.kind === "bug" || error.kind === "corrupt";
  const causes = error.cause instanceof Error ? { cause: error.cause.message } : {};
  if (alarm) {
    log.error({ ...line, ...causes, alarm: true, stack: error.stack }, error.message);
  } else if (error.kind === "io") {
    log.error({ ...line, ...causes }, error.message);
  } else {
    log.warn(line, error.message);
  }
}

/** A codec that refuses a chunk is everyday; one that fails is an alarm. */
export function logCodecEvent(log: Logger, event: CoderEvent): void {
  if (event.outcome === "coded") return;
  const { codec, outcome, code, why } = event;
  if (outcome === "refused") log.debug({ codec, code, why }, "a codec refused a chunk");
  else log.error({ codec, code, why, alarm: FAULTS[code].kind === "bug" }, "a codec failed");
}
