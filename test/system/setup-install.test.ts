/**
 * Installations that go wrong, or that must not be disturbed: with a stand-in for npm, and with a
 * registry that is not there.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { bareClone, lend, olderNode, plainEnvironment, run } from "./setup-clone.ts";

/** npm's outward behaviour as the launcher sees it: told by STAND_IN what to do. It notes what
 * it was called with, and makes node_modules/ with the packages that it was told to. */
const STAND_IN = `
const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const told = JSON.parse(process.env.STAND_IN);
appendFileSync(told.log, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env: process.env }) + "\\n");
for (const [name, text] of Object.entries(told.files ?? {})) {
  mkdirSync(dirname(name), { recursive: true });
  writeFileSync(name, text, { mode: 0o755 });
}
process.stdout.write("npm says\\n");
process.exit(told.code ?? 0);
`;

interface Call {
  readonly args: string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs ./pith in a clone with the stand-in; returns how it ended and what npm was asked. */
async function pithWith(
  context: TestContext,
  clone: string,
  told: { files?: Readonly<Record<string, string>>; code?: number },
  node = process.execPath,
): Promise<{ code: number; stdout: string; stderr: string; calls: Call[] }> {
  const folder = mkdtempSync(join(tmpdir(), "pith-npm-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const npm = join(folder, "npm-cli.js");
  const log = join(folder, "log");
  writeFileSync(npm, STAND_IN);
  const env = plainEnvironment({
    STAND_IN: JSON.stringify({ ...told, log }),
    NODE_ENV: "production",
    npm_execpath: npm,
    npm_config_dry_run: "true",
    npm_config_omit: "dev",
    npm_config_cache: "/a/cache",
    npm_lifecycle_event: "start",
  });
  const ended = await run(context, clone, node, ["scripts/launch.mjs", "build"], { env });
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return { ...ended, calls: lines.map((line) => JSON.parse(line) as Call) };
}

test("the packages are installed by npm ci, with nothing of an outer npm's options", async (context) => {
  const clone = bareClone(context);
  const { code, stdout, stderr, calls } = await pithWith(context, clone, { code: 3 });
  assert.equal(code, 1);
  assert.match(stderr, /packages could not be installed/);
  assert.match(stderr, /npm says/, "what npm says goes to stderr");
  assert.equal(stdout, "");
  const [call] = calls;
  assert.ok(call !== undefined && calls.length === 1);
  assert.equal(call.args[0], "ci");
  assert.ok(call.args.includes("--include=dev"), "the compilers, even with NODE_ENV=production");
  assert.equal(call.cwd, clone);
  const left = Object.keys(call.env).filter((name) => /^npm_/i.test(name));
  assert.deepEqual(
    left.filter((name) => !/registry|userconfig|cafile|proxy/i.test(name)),
    ["npm_config_cache"],
  );
  assert.equal(existsSync(join(clone, ".toolchain/lock")), false);
});

test("an installation that fails is repeated, one that is done is not", async (context) => {
  const clone = bareClone(context);
  assert.equal((await pithWith(context, clone, { code: 1 })).calls.length, 1);
  assert.equal((await pithWith(context, clone, { code: 1 })).calls.length, 1);
  lend(clone);
  const { stderr, calls } = await pithWith(context, clone, {});
  assert.match(stderr, /building the sources/);
  assert.equal(calls.length, 0);
  writeFileSync(join(clone, "package-lock.json"), "{}\n");
  rmSync(join(clone, "node_modules"));
  mkdirSync(join(clone, "node_modules"));
  assert.equal((await pithWith(context, clone, { code: 1 })).calls.length, 1, "another lock file");
});

test("a private Node that cannot be had ends in one clear line", async (context) => {
  const node = olderNode();
  if (node === undefined) return; // Node is new enough here: nobody would fetch one
  const clone = bareClone(context);
  const pinned = JSON.parse(readFileSync(join(clone, "toolchain/package.json"), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  const name = `node-${process.platform}-${process.arch}`;
  const version = pinned.optionalDependencies[name];
  if (version === undefined) return; // no such package for this system

  const line =
    /^pith: Pith needs Node 24 or newer; this is Node [\d.]+, and .*\. Install Node 24 /m;
  const absent = await pithWith(context, clone, {}, node);
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, line, "npm calls an optional package that failed a success");
  const binary = `node_modules/${name}/bin/node`;
  const broken = await pithWith(context, clone, { files: { [binary]: "#!/bin/false\n" } }, node);
  assert.match(broken.stderr, line);
  assert.match(broken.stderr, /does not run/);

  const good = { [binary]: `#!/bin/sh\necho v${version}\n`, [`node_modules/${name}/LICENSE`]: "" };
  const fetched = await pithWith(context, clone, { files: good }, node);
  const place = join(clone, ".toolchain", `node-${version}`);
  assert.equal(readFileSync(join(place, "node"), "utf8"), good[binary]);
  assert.ok(existsSync(join(place, "LICENSE")));
  assert.equal(existsSync(join(clone, ".toolchain/node.part")), false, "nothing else is kept");
  assert.deepEqual(fetched.calls[0]?.args.slice(0, 3), [
    "ci",
    "--include=optional",
    "--ignore-scripts",
  ]);
});

test("without a network the clear line comes at once", async (context) => {
  const node = olderNode();
  if (node === undefined) return;
  const clone = bareClone(context);
  const empty = mkdtempSync(join(tmpdir(), "pith-cache-"));
  context.after(() => rmSync(empty, { recursive: true }));
  const env = plainEnvironment({
    npm_config_registry: "http://127.0.0.1:9/",
    npm_config_cache: empty,
  });
  const { code, stderr } = await run(context, clone, node, ["scripts/launch.mjs", "build"], {
    env,
  });
  assert.equal(code, 1);
  assert.match(stderr, /Pith needs Node 24 or newer/);
});
