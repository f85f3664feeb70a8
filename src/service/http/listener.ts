/**
 * Listener: the HTTP side of the service, over node:http.
 *
 *   connection   request -> request -> request     one after the other, also when pipelined
 *                   |
 *                Exchange -> handle -> settle -> report
 *
 * Whatever bytes come in, each connection gets an answer or is closed, in bounded time and
 * memory: heads have a size and a deadline, connections and pipelined requests a highest number,
 * bodies and answers their patience (patience.ts). What the requests mean is the handler's.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { PithError } from "../../core/errors.ts";
import {
  CONNECTIONS_MAXIMUM,
  KEEP_ALIVE_MS,
  PIPELINED_MAXIMUM,
  REQUEST_HEAD_BYTES_MAXIMUM,
  REQUEST_HEAD_TIMEOUT_MS,
} from "../../core/limits.ts";
import { Exchange, type Outcome } from "./exchange.ts";
import { PATIENCE, type PatienceBounds } from "./patience.ts";

export interface ListenerHooks {
  /** Answers the request; what it throws is a bug and closes the connection. */
  readonly handle: (exchange: Exchange) => Promise<void>;
  /** Told of every exchange once it is over. */
  readonly report: (exchange: Exchange, outcome: Outcome) => void;
  /** Told of connections that were not HTTP, and of errors that `handle` let through. */
  readonly fault: (error: PithError) => void;
  /** An error as the body of an answer. */
  readonly describe: (error: PithError, id: string, resource: string) => string;
}

export interface ListenerBounds {
  readonly patience: PatienceBounds;
  readonly headMs: number;
  readonly connections: number;
}

export const LISTENER_BOUNDS: ListenerBounds = {
  patience: PATIENCE,
  headMs: REQUEST_HEAD_TIMEOUT_MS,
  connections: CONNECTIONS_MAXIMUM,
};

export interface Listener {
  readonly address: AddressInfo;
  /**
   * Stops accepting, lets requests under way finish for `graceMs`, then closes what is left.
   * Resolves when every handler has ended.
   */
  close(graceMs: number): Promise<void>;
}

/** What is remembered of a connection. */
interface Line {
  /** Resolves when the requests so far are over. */
  tail: Promise<void>;
  readonly exchanges: Set<Exchange>;
  /** The request that came last: the only one whose body can be on its way. */
  latest: Exchange | undefined;
  /** Whether something came that is not HTTP: nothing that follows is looked at. */
  refused: boolean;
}

/**
 * Listens on an address.
 *
 * @param port - 0 for a free one
 * @throws PithError "CannotListen"
 */
export async function listen(
  host: string,
  port: number,
  hooks: ListenerHooks,
  bounds: ListenerBounds = LISTENER_BOUNDS,
): Promise<Listener> {
  const lines = new WeakMap<Duplex, Line>();
  const underway = new Set<Promise<void>>();
  let closing = false;

  const server = createServer({
    headersTimeout: bounds.headMs,
    // Bodies have their own bounds, which leave large uploads the time they need.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.max(50, Math.min(2_000, bounds.headMs / 4)),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: REQUEST_HEAD_BYTES_MAXIMUM,
    noDelay: true,
    // The door looks at Host itself, and answers in its own words.
    requireHostHeader: false,
  });
  server.maxConnections = bounds.connections;

  function accept(request: IncomingMessage, response: ServerResponse, awaits: boolean): void {
    const line = lineOf(request.socket);
    if (line.exchanges.size > PIPELINED_MAXIMUM) {
      request.socket.destroy();
      return;
    }
    const exchange = new Exchange(newId(), request, response, awaits, bounds.patience);
    line.exchanges.add(exchange);
    line.latest = exchange;
    line.tail = line.tail.then(() => serveOne(line, exchange));
    underway.add(line.tail);
    const { tail } = line;
    tail.finally(() => underway.delete(tail));
  }

  /** Never rejects: the next request of the connection hangs on it. */
  async function serveOne(line: Line, exchange: Exchange): Promise<void> {
    if (closing) exchange.response.shouldKeepAlive = false;
    try {
      if (!exchange.signal.aborted) await hooks.handle(exchange);
    } catch (error) {
      hooks.fault(PithError.from(error, "AssertionFailure", { what: "a handler ends well" }));
    }
    hooks.report(exchange, await exchange.settle());
    line.exchanges.delete(exchange);
    if (closing && line.exchanges.size === 0) exchange.request.socket.destroySoon();
    if (line.latest === exchange) line.latest = undefined;
  }

  function lineOf(socket: Duplex): Line {
    const known = lines.get(socket);
    if (known !== undefined) return known;
    const line: Line = {
      tail: Promise.resolve(),
      exchanges: new Set(),
      latest: undefined,
      refused: false,
    };
    lines.set(socket, line);
    socket.once("close", () => {
      for (const exchange of line.exchanges) exchange.abandon();
    });
    return line;
  }

  /** What came is not HTTP, or ended in the middle of a body. */
  function refuse(error: Error & { code?: string }, socket: Duplex): void {
    const line = lineOf(socket);
    if (line.refused) return;
    line.refused = true;
    const { latest } = line;
    if (latest !== undefined && !latest.request.complete) {
      // Whoever reads the body answers; then the connection is closed.
      latest.failBody(new PithError("IncompleteBody", { why: error.message }));
      latest.response.shouldKeepAlive = false;
      return;
    }
    const fault = new PithError("BadRequest", { why: error.message });
    // A connection that was reset, or closed in the middle of a head, is nobody's fault to report.
    if (error.code !== "ECONNRESET" && error.code !== "EPIPE") hooks.fault(fault);
    // Answers to earlier requests of the connection go first.
    void line.tail.then(() => endWith(socket, statusOf(error.code), hooks.describe, fault));
  }

  server.on("request", (request, response) => accept(request, response, false));
  server.on("checkContinue", (request, response) => accept(request, response, true));
  // Other expectations than "100 Continue" may be ignored, and are.
  server.on("checkExpectation", (request, response) => accept(request, response, false));
  server.on("clientError", refuse);
  await bind(server, host, port);
  // Too many open files, for one: connections wait in the queue until there are fewer.
  server.on("error", (error) => hooks.fault(PithError.from(error, "CannotListen", { host })));

  return {
    address: server.address() as AddressInfo,
    async close(graceMs) {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const force = setTimeout(() => server.closeAllConnections(), graceMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(force);
      await Promise.all(underway);
    },
  };
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const why =
        error.code === "EADDRINUSE"
          ? "another program listens there; choose another with --port"
          : error.message;
      reject(new PithError("CannotListen", { host, port, why }, error));
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function statusOf(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "408 Request Timeout";
  return "400 Bad Request";
}

/** Answers on a connection that has no request to answer, and closes it. */
function endWith(
  socket: Duplex,
  status: string,
  describe: ListenerHooks["describe"],
  error: PithError,
): void {
  if (!socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const id = newId();
  const body = describe(error, id, "");
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: application/xml",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-amz-request-id: ${id}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => (socket as Socket).destroySoon());
}

/** Sixteen characters as S3 has them; unique enough to find a request in a log. */
function newId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
}
