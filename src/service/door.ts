/**
 * Door: every request comes through here, and every error leaves through here.
 *
 *   Exchange -> target -> same host? -> /-/...  admin, errors as JSON
 *                                    -> else    S3, errors as XML
 *
 * What was answered wrongly halfway cannot be taken back: then the connection is closed short of
 * the announced length, which every client takes for a failure.
 */
import type { IncomingMessage } from "node:http";
import { PithError } from "../core/errors.ts";
import { type AdminContext, sendAdminFault, serveAdmin } from "./http/admin.ts";
import type { Exchange } from "./http/exchange.ts";
import { checkOrigin } from "./http/same-host.ts";
import type { S3Context } from "./s3/context.ts";
import { sendFault, serveS3 } from "./s3/door.ts";
import { parseTarget, type Target } from "./s3/target.ts";

export interface DoorContext {
  readonly s3: S3Context;
  readonly admin: AdminContext;
  /** The host that the service listens on. */
  readonly host: string;
  /** Told of every fault, answered or not. */
  readonly fault: (error: PithError, exchange: Exchange) => void;
}

/** The bucket's place in a path, which no bucket can take: S3 wants three characters at least. */
const ADMIN = "-";

/** Answers one request, well or with an error. Never throws. */
export async function serveRequest(exchange: Exchange, context: DoorContext): Promise<void> {
  let target: Target | undefined;
  try {
    target = parseTarget(exchange.request.url ?? "");
    checkHostCount(exchange.request);
    checkOrigin(exchange.method, exchange.headers, context.host);
    if (target.bucket === ADMIN) {
      await serveAdmin(exchange, target.key, target.query, context.admin);
    } else {
      await serveS3(exchange, target, context.s3);
    }
  } catch (error) {
    const fault = PithError.from(error, "AssertionFailure", { what: "a request is answered" });
    context.fault(fault, exchange);
    await answerFault(exchange, fault, target, context);
  }
}

/**
 * Of two hosts, what stands before this service may have gone by the other one.
 *
 * @throws PithError "BadRequest" unless there is one Host, or none in HTTP/1.0
 */
function checkHostCount({ headersDistinct, httpVersion }: IncomingMessage): void {
  const hosts = headersDistinct["host"]?.length ?? 0;
  if (hosts > 1 || (hosts === 0 && httpVersion !== "1.0")) {
    throw new PithError("BadRequest", { why: hosts === 0 ? "no Host" : "more than one Host" });
  }
}

async function answerFault(
  exchange: Exchange,
  fault: PithError,
  target: Target | undefined,
  context: DoorContext,
): Promise<void> {
  if (exchange.response.headersSent || exchange.signal.aborted) return;
  try {
    if (target?.bucket === ADMIN) await sendAdminFault(exchange, fault);
    else await sendFault(exchange, fault, target?.path ?? "");
  } catch (error) {
    // The client is gone, or takes nothing any more; the listener closes what is left open.
    context.fault(PithError.from(error, "Aborted"), exchange);
  }
}
