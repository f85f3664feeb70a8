/**
 * The service as a process of its own, as a user starts it: what it prints, how curl gets on with
 * it, and how signals end it.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ServiceStats } from "../../src/service/index.ts";
import { seeded } from "../random.ts";
import { openRaw } from "../raw-http.ts";

const MAIN = resolve(import.meta.dirname, "../../src/cli/main.ts");
const run = promisify(execFile);
const curlIsThere = spawnSync("curl", ["--version"]).status === 0;
const withoutCurl = curlIsThere || process.env["CI"] === "true" ? false : "no curl here";

const withoutShell = process.platform === "win32" ? "no POSIX shell here" : false;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly folder: string;
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves with how it ended. */
  readonly ended: Promise<[code: number | null, signal: string | null]>;
}

/** @param shell - a shell script that runs what its arguments say */
function launch(args: readonly string[], shell?: string): Omit<Running, "url" | "folder"> {
  const command = [process.execPath, MAIN, "serve", ...args];
  const [program = "", ...rest] = shell === undefined ? command : ["sh", "-c", shell, ...command];
  const child = spawn(program, rest, { env: { PATH: process.env["PATH"] } });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (part) => (output.stdout += part));
  child.stderr.on("data", (part) => (output.stderr += part));
  const ended = once(child, "close") as Running["ended"];
  return { child, output, ended };
}

/** Starts a service on a free port and waits for its address. */
async function start(
  context: TestContext,
  args: readonly string[] = [],
  shell?: string,
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "pith-process-"));
  const launched = launch(["--port", "0", "--data", join(folder, "data"), ...args], shell);
  const { child, output, ended } = launched;
  context.after(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  });
  while (!/http:\/\/\S+\/-\/stats/.test(output.stdout)) {
    assert.equal(child.exitCode, null, output.stderr);
    await sleep(10);
  }
  const url = /http:\/\/[\d.:]+/.exec(output.stdout)?.[0] ?? "";
  return { ...launched, url, folder };
}

test("it prints its address and three commands, and logs JSON apart from that", async (t) => {
  const { output, url, child, ended } = await start(t);
  for (const part of [`curl -X PUT ${url}/photos`, `curl -T photo.jpg ${url}/photos/photo.jpg`]) {
    assert.ok(output.stdout.includes(part), output.stdout);
  }
  const stats = (await (await fetch(`${url}/-/stats`)).json()) as ServiceStats;
  assert.equal(stats.pid, child.pid);
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  const lines = output.stderr.trim().split("\n");
  for (const line of lines) assert.equal(typeof JSON.parse(line), "object", line);
  assert.ok(lines.some((line) => line.includes('"operation":"Admin"')));
});

test("the commands it prints work with curl", { skip: withoutCurl }, async (t) => {
  const { url, folder } = await start(t);
  const photo = join(folder, "photo.jpg");
  // More than a megabyte, so that curl asks with "100 Continue" first.
  await writeFile(photo, seeded(3).content(2_500_000));
  const curl = async (...args: string[]): Promise<string> =>
    (await run("curl", ["-sS", ...args], { encoding: "latin1" })).stdout;
  await curl("-f", "-X", "PUT", `${url}/photos`);
  await curl("-f", "-T", photo, `${url}/photos/photo.jpg`);
  await curl("-f", "-T", photo, `${url}/photos/`);
  const back = join(folder, "back.jpg");
  await curl("-f", "-o", back, `${url}/photos/photo.jpg`);
  assert.equal(Buffer.compare(await readFile(back), await readFile(photo)), 0);
  assert.equal((await curl("-r", "10-19", `${url}/photos/photo.jpg`)).length, 10);
  assert.match(await curl("-I", `${url}/photos/photo.jpg`), /content-length: 2500000\r\n/i);
  assert.match(await curl(`${url}/photos`), /<Key>photo\.jpg<\/Key>/);
  await curl("-f", "-X", "DELETE", `${url}/photos/photo.jpg`);
  assert.match(await curl(`${url}/photos/photo.jpg`), /<Code>NoSuchKey<\/Code>/);
  const compressed = await curl("-H", "x-pith-admin: 1", "-X", "POST", `${url}/-/check?deep`);
  assert.equal((JSON.parse(compressed) as { problemCount: number }).problemCount, 0);
});

test("a signal lets what runs finish", async (t) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const { child, url, ended } = await start(t);
    await fetch(`${url}/photos`, { method: "PUT" });
    const socket = await openRaw(Number(new URL(url).port));
    const parts: Buffer[] = [];
    socket.on("data", (part: Buffer) => parts.push(part));
    const closed = once(socket, "close");
    socket.write("PUT /photos/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
    await sleep(100);
    child.kill(signal);
    await sleep(100);
    await assert.rejects(fetch(`${url}/photos`), "nothing new is accepted");
    socket.write("67890");
    await closed;
    assert.match(Buffer.concat(parts).toString(), /^HTTP\/1\.1 200 OK/);
    assert.deepEqual(await ended, [0, null]);
  }
});

test("a second signal ends it at once", async (t) => {
  const { child, url, ended } = await start(t);
  await fetch(`${url}/photos`, { method: "PUT" });
  const socket = await openRaw(Number(new URL(url).port));
  socket.on("error", () => undefined);
  socket.write("PUT /photos/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
  await sleep(100);
  child.kill("SIGTERM");
  await sleep(300);
  assert.equal(child.exitCode, null);
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [null, "SIGTERM"]);
});

test("what keeps it from starting is one clear line and a number", async (t) => {
  const { url, folder } = await start(t);
  const port = new URL(url).port;
  const other = join(folder, "other");
  const cases: [args: string[], code: number, says: RegExp][] = [
    [["--port", port, "--data", other], 116, /another program listens there/],
    [["--port", "0", "--data", join(folder, "data")], 82, /another process owns/],
    [["--host", "0.0.0.0", "--data", other], 98, /host: must be a loopback address/],
    [["--config", join(folder, "none.json"), "--data", other], 101, /none\.json/],
  ];
  for (const [args, code, says] of cases) {
    const { ended, output } = launch(args);
    assert.deepEqual(await ended, [code, null], output.stderr);
    const lines = output.stderr
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("{"));
    assert.equal(lines.length, 1, output.stderr);
    assert.match(lines[0] ?? "", says);
  }
});

test("running out of files is told, and passes", { skip: withoutShell }, async (t) => {
  // The shell's limit leaves room for the store and a few connections.
  const { url, child, output } = await start(t, [], 'ulimit -n 64; exec "$0" "$@"');
  const port = Number(new URL(url).port);
  const sockets = await Promise.all(Array.from({ length: 100 }, () => openRaw(port)));
  for (const socket of sockets) socket.on("error", () => undefined);
  await sleep(300);
  for (const socket of sockets) socket.destroy();
  // The first ones may still meet the crowd on its way out.
  let status = 0;
  while (status !== 200) {
    assert.equal(child.exitCode, null, output.stderr);
    status = await fetch(`${url}/-/stats`).then(
      (answer) => answer.status,
      () => sleep(20, 0),
    );
  }
});
