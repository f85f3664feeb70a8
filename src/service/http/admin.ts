/**
 * Admin: what `/-/` answers. No bucket can have that name.
 *
 *   GET  /-/stats  /-/metrics  /-/health        for people, Prometheus and supervisors
 *   POST /-/gate/disable/NAME  /-/gate/enable/NAME
 *   POST /-/collect  /-/backup  /-/check[?deep]
 *   GET  /-/recode   POST /-/recode/start[?effort=dense&...]  /-/recode/stop
 *
 * Answers are JSON, errors too. A POST must show that it was meant (same-host.ts): it carries the
 * header `x-pith-admin` or the type application/json.
 */
import { FAULTS, PithError } from "../../core/errors.ts";
import type { Exchange } from "./exchange.ts";
import { checkIntent } from "./same-host.ts";

/** One thing that health depends on. */
export interface HealthCheck {
  readonly ok: boolean;
  /** What is wrong, when it is not ok. */
  readonly why?: string;
}

export interface Health {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Codecs that are switched off for new writes: no fault, but to be seen. */
  readonly disabledCodecs: readonly string[];
  /** What is wrong with the switch itself. */
  readonly problems: readonly string[];
}

/** What the paths lead to. */
export interface AdminContext {
  stats(): Promise<object>;
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  health(): Promise<Health>;
  disableCodec(name: string): Promise<void>;
  enableCodec(name: string): Promise<void>;
  /** Ends early with `signal`. */
  collect(signal: AbortSignal): Promise<unknown>;
  backup(): Promise<unknown>;
  /** May take hours; ends with `signal`. */
  check(deep: boolean, signal: AbortSignal): Promise<unknown>;
  /** Coding what is stored anew; see ../recode.ts. */
  readonly recode: RecodeCalls;
}

export interface RecodeCalls {
  status(): Promise<object>;
  /** Begins, or goes on; does not wait for the end. */
  start(query: ReadonlyMap<string, string>): Promise<object>;
  stop(): Promise<object>;
}

const JSON_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/**
 * Answers a request to `/-/...`.
 *
 * @param path - what follows `/-/`
 * @throws PithError what is to be answered as an error
 */
export async function serveAdmin(
  exchange: Exchange,
  path: string,
  query: ReadonlyMap<string, string>,
  admin: AdminContext,
): Promise<void> {
  const [first = "", verb = "", name = "", ...rest] = path.split("/");
  exchange.operation = "Admin";
  if (first === "stats" || first === "metrics" || first === "health") {
    expect(exchange, "GET", "HEAD");
    expectEnd(path, [verb, name, ...rest]);
    if (first === "stats") await sendJson(exchange, 200, await admin.stats());
    else if (first === "metrics") {
      const { type, text } = await admin.metrics();
      await exchange.send(200, { "content-type": type, "cache-control": "no-store" }, text);
    } else {
      const health = await admin.health();
      await sendJson(exchange, health.ok ? 200 : 503, health);
    }
    return;
  }
  if (first === "recode" && verb === "") {
    expect(exchange, "GET", "HEAD");
    expectEnd(path, [name, ...rest]);
    await sendJson(exchange, 200, await admin.recode.status());
    return;
  }
  const act = action(path, first, verb, name, rest, query, admin);
  expect(exchange, "POST");
  checkIntent(exchange.headers);
  await sendJson(exchange, 200, (await act(exchange.signal)) ?? {});
}

/** What a POST does. @throws PithError "NoSuchKey" when the path leads nowhere */
function action(
  path: string,
  first: string,
  verb: string,
  name: string,
  rest: readonly string[],
  query: ReadonlyMap<string, string>,
  admin: AdminContext,
): (signal: AbortSignal) => Promise<unknown> {
  if (first === "gate" && name !== "" && rest.length === 0) {
    if (verb === "disable") return () => admin.disableCodec(name);
    if (verb === "enable") return () => admin.enableCodec(name);
  }
  if (first === "recode" && name === "" && rest.length === 0) {
    if (verb === "start") return () => admin.recode.start(query);
    if (verb === "stop") return () => admin.recode.stop();
  }
  expectEnd(path, [verb, name, ...rest]);
  if (first === "collect") return (signal) => admin.collect(signal);
  if (first === "backup") return () => admin.backup();
  if (first === "check") return (signal) => admin.check(query.has("deep"), signal);
  throw new PithError("NoSuchKey", { path: `/-/${path}` });
}

/** Answers an error as JSON. */
export async function sendAdminFault(exchange: Exchange, error: PithError): Promise<void> {
  const fault = FAULTS[error.code];
  const allow = error.code === "MethodNotAllowed" ? { allow: String(error.facts["allow"]) } : {};
  const body = {
    error: error.code,
    number: error.number,
    kind: error.kind,
    message: error.message,
    requestId: exchange.id,
  };
  await sendJson(exchange, fault.http, body, allow);
}

async function sendJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  await exchange.send(
    status,
    { ...JSON_HEADERS, ...headers },
    `${JSON.stringify(body, null, 2)}\n`,
  );
}

function expect(exchange: Exchange, ...methods: readonly string[]): void {
  if (methods.includes(exchange.method)) return;
  const allow = methods.join(", ");
  throw new PithError("MethodNotAllowed", { method: exchange.method, allow });
}

function expectEnd(path: string, rest: readonly string[]): void {
  if (rest.some((part) => part !== "")) throw new PithError("NoSuchKey", { path: `/-/${path}` });
}
