/**
 * The deflate door in a browser: headless Chromium loads the built files over HTTP, compresses and
 * inflates, in the page and in a module worker, and what comes out must be Node's bytes.
 *
 *   folder/dist/...     built here, so that the test never depends on an old build
 *   folder/wasm/...     where dist/core/kernel.js looks for it
 *   /fflate.js          by the page's import map, as a user would map it
 *   /input/N /output/N  plain bytes to the page, what it made of them back
 *
 * The page's policy allows what the guides ask for and no more: own scripts and wasm.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { equalBytes } from "../../src/core/bytes.ts";
import { deflate } from "../../src/deflate/index.ts";
import { corpus, corpusFile } from "../corpus.ts";
import { seeded } from "../random.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CHROMIUM = "/usr/bin/chromium";
const skip =
  existsSync(CHROMIUM) || process.env["CI"] === "true" ? false : `no ${CHROMIUM} on this machine`;

const POLICY = "default-src 'self'; script-src 'self' 'nonce-map' 'wasm-unsafe-eval'";
const PAGE = `<!doctype html><meta charset="utf-8"><title>pith/deflate</title>
<script type="importmap" nonce="map">{ "imports": { "fflate": "/fflate.js" } }</script>
<script type="module" src="/page.js"></script>`;

/** What page and worker have in common: one job, named by what is to be done. */
const JOBS = `
import { deflate, deflateStream, encodeLinear, inflate } from "/dist/deflate/index.js";
const collect = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());
export const jobs = {
  gzip: (bytes) => deflate(bytes),
  zlib: (bytes) => deflate(bytes, { format: "zlib" }),
  linear: (bytes) => encodeLinear(bytes),
  threads: (bytes) => deflate(bytes, { workers: 2 }),
  stream: (bytes) => collect(new Blob([bytes]).stream().pipeThrough(deflateStream())),
  level: (bytes) => deflate(bytes, { format: "raw", level: 6 }),
  inflate: (bytes) => inflate(bytes),
};
export async function run(name, input) {
  const bytes = new Uint8Array(await (await fetch("/input/" + input)).arrayBuffer());
  const body = await jobs[name](bytes);
  await fetch("/output/" + input, { method: "POST", body });
}`;
const PAGE_SCRIPT = `
import { run } from "/jobs.js";
globalThis.runHere = run;
globalThis.runInWorker = (name, input) => new Promise((resolve, reject) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); data === "" ? resolve() : reject(data); };
  worker.onerror = (event) => reject(event.message);
  worker.postMessage([name, input]);
});
globalThis.ready = true;`;
const WORKER_SCRIPT = `
import { run } from "/jobs.js";
onmessage = ({ data }) => run(...data).then(() => postMessage(""), (e) => postMessage(String(e)));`;

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

let folder = "";
let server: Server;
let browser: Browser | undefined;
let page: Page;
let inputs: Uint8Array[] = [];
const outputs = new Map<number, Uint8Array>();

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), "pith-browser-"));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const build = [
    "-p",
    join(ROOT, "tsconfig.build.json"),
    "--noCheck",
    "--outDir",
    join(folder, "dist"),
  ];
  execFileSync(process.execPath, [compiler, ...build], { stdio: "inherit" });
  cpSync(join(ROOT, "wasm"), join(folder, "wasm"), { recursive: true });

  inputs = [
    new Uint8Array(0),
    seeded(1).content(1_300_000), // two jobs
    ...(corpus === undefined ? [] : [corpusFile("deflate/data/twain.txt")]),
  ];
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  page = await browser.newPage();
  page.on("console", (message) => console.log(`page: ${message.text()}`));
  page.on("pageerror", (error) => console.log(`page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  // Module scripts have run when the page has loaded, or they have failed.
  const ready = await page.evaluate(() => "ready" in globalThis);
  assert.ok(ready, "the page's script has run");
});

after(async () => {
  await browser?.close();
  if (folder === "") return;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  const number = Number(pathname.split("/").at(-1));
  if (request.method === "POST") {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    outputs.set(number, Buffer.concat(parts));
    response.end();
    return;
  }
  const body = bodyOf(pathname, number);
  const type = pathname === "/" ? "text/html" : (TYPES[extname(pathname)] ?? "application/x-bytes");
  response.writeHead(body === undefined ? 404 : 200, {
    "content-type": type,
    "content-security-policy": POLICY,
  });
  response.end(body);
}

function bodyOf(pathname: string, number: number): string | Uint8Array | undefined {
  if (pathname === "/") return PAGE;
  if (pathname === "/favicon.ico") return "";
  if (pathname === "/page.js") return PAGE_SCRIPT;
  if (pathname === "/jobs.js") return JOBS;
  if (pathname === "/worker.js") return WORKER_SCRIPT;
  if (pathname === "/fflate.js") {
    return readFileSync(join(ROOT, "node_modules/fflate/esm/browser.js"));
  }
  if (pathname.startsWith("/input/")) return inputs[number];
  const file = join(folder, pathname);
  return file.startsWith(folder) && existsSync(file) ? readFileSync(file) : undefined;
}

/** Runs a job on an input in the page or in a module worker, and returns what it made. */
async function inBrowser(place: string, job: string, input: number): Promise<Uint8Array> {
  outputs.delete(input);
  // The policy forbids evaluating text in the page, so a function goes there.
  await page.evaluate(
    ([name, ...rest]) => {
      const scope = globalThis as unknown as Record<string, (...rest: unknown[]) => unknown>;
      return scope[name as string]?.(...rest);
    },
    [place, job, input],
  );
  const output = outputs.get(input);
  assert.ok(output !== undefined, "the page sent its output");
  return output;
}

for (const place of ["runHere", "runInWorker"]) {
  test(`${place}: the linear writer's bytes are Node's`, { skip }, async () => {
    for (const [input, plain] of inputs.entries()) {
      if (place === "runInWorker" && input !== 1) continue;
      const gzip = await deflate(plain);
      for (const job of ["gzip", "stream", "threads"]) {
        const output = await inBrowser(place, job, input);
        assert.ok(equalBytes(output, gzip), `${job}, input ${input}`);
      }
      const zlib = await deflate(plain, { format: "zlib" });
      assert.ok(equalBytes(await inBrowser(place, "zlib", input), zlib));
      const raw = await deflate(plain, { format: "raw" });
      assert.ok(equalBytes(await inBrowser(place, "linear", input), raw));
    }
  });
}

test("what Node wrote is inflated in the page", { skip }, async () => {
  for (const plain of [...inputs]) {
    for (const level of ["huffman", 6] as const) {
      const input = inputs.push(await deflate(plain, { level })) - 1;
      assert.ok(equalBytes(await inBrowser("runHere", "inflate", input), plain));
    }
  }
});

test("levels with matches work in the page, by way of fflate", { skip }, async () => {
  for (const [input, plain] of inputs.slice(0, 2).entries()) {
    const output = await inBrowser("runHere", "level", input);
    assert.ok(equalBytes(inflateRawSync(output), plain));
  }
});
