/**
 * Same host: which requests a browser on this machine may make.
 *
 * Without access keys the only fence is the loopback interface, and a browser stands inside it: any
 * web page can send requests to 127.0.0.1. Two ways in are closed here. A page whose own name was
 * pointed at this machine (DNS rebinding) sends that name as Host: only names of this machine are
 * answered. A page elsewhere can send writes blindly: browsers mark those with Origin or
 * Sec-Fetch-Site, and they are refused. Programs send neither and notice nothing.
 */
import type { IncomingHttpHeaders } from "node:http";
import { PithError } from "../../core/errors.ts";

/** Whether an address, as `listen` takes it, is reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Checks where a request comes from.
 *
 * @param listening - the host the service listens on
 * @throws PithError "Forbidden"
 */
export function checkOrigin(method: string, headers: IncomingHttpHeaders, listening: string): void {
  const { host, origin } = headers;
  // Only HTTP/1.0 may leave Host out; no browser does.
  if (host !== undefined && !isOwnName(host, listening)) {
    throw new PithError("Forbidden", { host, why: "not a name of this machine" });
  }
  if (method === "GET" || method === "HEAD") return;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    throw new PithError("Forbidden", { site, why: "a write from another site" });
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new PithError("Forbidden", { origin, why: "a write from another site" });
  }
}

/**
 * Checks that an administrative write was meant: forms and blind requests of web pages cannot set
 * this header or type without asking first, and asking is refused.
 *
 * @throws PithError "Forbidden"
 */
export function checkIntent(headers: IncomingHttpHeaders): void {
  const type = headers["content-type"] ?? "";
  const meant = headers["x-pith-admin"] !== undefined || /^application\/json\b/i.test(type);
  if (headers.host === undefined || !meant) {
    throw new PithError("Forbidden", {
      why: "administrative requests need the header x-pith-admin or a body of application/json",
    });
  }
}

function isOwnName(host: string, listening: string): boolean {
  const name = host
    .replace(/:\d{1,5}$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  return isLoopback(name) || name.endsWith(".localhost") || name === listening.toLowerCase();
}
