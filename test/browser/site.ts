/**
 * A site for browser tests: the project's own sources, types stripped, as modules of a page.
 *
 * Chromium is the system's, driven by playwright-core; no browser is ever downloaded. Where there
 * is none, tests skip and say so, except in CI, where that is a failure.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve, sep } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const PROGRAM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);

/** For `test(name, { skip: withoutBrowser }, ...)`: false when a browser is there or must be. */
export const withoutBrowser: string | false =
  PROGRAM === undefined && process.env["CI"] !== "true" ? "no Chromium here" : false;

const TYPES: Readonly<Record<string, string>> = {
  ".ts": "text/javascript",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".html": "text/html",
  ".wasm": "application/wasm",
};

/** The names that a page may import, as a user's page would map them. */
const IMPORT_MAP = { imports: { fflate: "/node_modules/fflate/esm/browser.js" } };

const PAGE = `<!doctype html><meta charset="utf-8"><title>Pith</title>
<script type="importmap">${JSON.stringify(IMPORT_MAP)}</script>`;

/** Only what a page of a careful site may do: own scripts, and wasm. */
const POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/**
 * Opens an empty page of the site in a new browser, gives it to `body`, and closes everything.
 *
 * @throws what `body` throws, and an Error with what the page itself complained of
 */
export async function withPage<T>(body: (page: Page) => Promise<T>): Promise<T> {
  if (PROGRAM === undefined) throw new Error("no Chromium here");
  const server = await serveProject();
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath: PROGRAM });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const result = await body(page);
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
    return result;
  } finally {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  }
}

async function serveProject(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const found = path === "/" ? { body: PAGE, type: "text/html" } : fileAt(path);
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": found.type,
      "content-security-policy": POLICY,
    });
    response.end(found.body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

function fileAt(path: string): { body: string | Uint8Array; type: string } | undefined {
  const file = normalize(join(ROOT, decodeURIComponent(path)));
  if (!file.startsWith(ROOT + sep) || !existsSync(file)) return undefined;
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  if (extname(file) !== ".ts") return { body: readFileSync(file), type };
  return { body: stripTypeScriptTypes(readFileSync(file, "utf8")), type };
}
