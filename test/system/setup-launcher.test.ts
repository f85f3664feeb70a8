/**
 * The launcher with a stand-in for the command: what it builds, when, and how it stands in.
 *
 * The stand-in does on request what a command can do to its surroundings: exit, die, echo, stay.
 */
import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  furnishedClone,
  isAlive,
  olderNode,
  plainEnvironment,
  type Running,
  run,
  start,
  until,
} from "./setup-clone.ts";

const STAND_IN = `#!/usr/bin/env node
const [word, ...rest] = process.argv.slice(2);
process.stderr.write(\`pid \${process.pid} \${rest.join("|")}\\n\`);
if (word === "exit") process.exitCode = Number(rest[0]);
if (word === "die") process.kill(process.pid, "SIGKILL");
if (word === "echo") for await (const chunk of process.stdin) process.stdout.write(chunk);
if (word === "serve") {
  let signals = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      signals++;
      setTimeout(() => process.exit(signals), 300);
    });
  }
  process.stdout.write("serves\\n");
  setInterval(() => {}, 1000);
}
`;

/** A clone whose only source is the stand-in. */
function standIn(context: TestContext): string {
  const folder = furnishedClone(context);
  rmSync(join(folder, "src"), { recursive: true });
  mkdirSync(join(folder, "src/cli"), { recursive: true });
  writeFileSync(join(folder, "src/cli/main.ts"), STAND_IN);
  return folder;
}

/** The ways to start the launcher: each Node that may be a user's own. */
const NODES = [process.execPath, olderNode()].filter((node) => node !== undefined);

async function pidOf(running: Running): Promise<number> {
  return Number((await running.says(/^pid (\d+)/m))[1]);
}

test("arguments, stdin, stdout and exit codes pass through", async (context) => {
  const folder = standIn(context);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) & 255);
  for (const node of NODES) {
    const pith = (args: string[], input?: Uint8Array): ReturnType<typeof run> => {
      const all = ["scripts/launch.mjs", "pith", ...args];
      return run(context, folder, node, all, input === undefined ? {} : { input });
    };
    const { code, stderr } = await pith(["exit", "7", "a b", "--port", ""]);
    assert.equal(code, 7);
    assert.match(stderr, /^pid \d+ 7\|a b\|--port\|$/m);
    assert.equal((await pith(["exit", "0"])).code, 0);
    const { stdout } = await pith(["echo"], bytes);
    assert.deepEqual(Buffer.from(stdout, "latin1"), Buffer.from(bytes));
  }
  const older = olderNode();
  if (older !== undefined) {
    const died = await run(context, folder, older, ["scripts/launch.mjs", "pith", "die"]);
    assert.equal(died.code, 128 + 9);
  }
});

test("./pith runs on the private Node or the user's own, from any folder", async (context) => {
  const folder = standIn(context);
  const { code } = await run(context, "/", join(folder, "pith"), ["exit", "9"]);
  assert.equal(code, 9);
});

test("a step runs only when something that it reads has changed", async (context) => {
  const folder = standIn(context);
  const pith = (): ReturnType<typeof run> => run(context, folder, "./pith", ["exit", "0"]);
  const main = join(folder, "dist/cli/main.js");
  assert.match((await pith()).stderr, /building the sources/);
  const built = statSync(main).mtimeMs;
  assert.doesNotMatch((await pith()).stderr, /building|installing|fetching/);
  assert.equal(statSync(main).mtimeMs, built);

  writeFileSync(join(folder, "src/cli/main.test.ts"), "syntax error(");
  assert.doesNotMatch((await pith()).stderr, /building/, "tests are not built");

  writeFileSync(join(folder, "src/cli/extra.ts"), "export const extra = 1;\n");
  assert.match((await pith()).stderr, /building the sources/);
  rmSync(join(folder, "src/cli/extra.ts"));
  assert.match((await pith()).stderr, /building the sources/);
  assert.throws(
    () => statSync(join(folder, "dist/cli/extra.js")),
    /ENOENT/,
    "no old file lives on",
  );

  rmSync(main);
  assert.match((await pith()).stderr, /building the sources/, "a damaged build is repeated");
  const long = new Date(Date.now() - 1e6);
  utimesSync(join(folder, "kernels/deflate.ts"), long, long);
  const touched = (await pith()).stderr;
  assert.match(touched, /building the kernels/);
  assert.doesNotMatch(touched, /kernels: built/, "kernels are compared by content");
});

test("a build that fails says why, ends with 1 and leaves the old build", async (context) => {
  const folder = standIn(context);
  assert.equal((await run(context, folder, "./pith", ["exit", "0"])).code, 0);
  const before = readFileSync(join(folder, "dist/cli/main.js"), "utf8");
  appendFileSync(join(folder, "src/cli/main.ts"), 'export const wrong: number = "text";\n');
  const { code, stdout, stderr } = await run(context, folder, "./pith", ["exit", "0"]);
  assert.equal(code, 1);
  assert.equal(stdout, "", "stdout belongs to the command");
  assert.match(stderr, /src\/cli\/main\.ts.*error TS2322[\s\S]*the build failed/);
  assert.equal(readFileSync(join(folder, "dist/cli/main.js"), "utf8"), before);
});

test("of several launchers at once one builds and all run", async (context) => {
  const folder = standIn(context);
  const codes = ["3", "4", "5"];
  const ended = await Promise.all(
    codes.map((code) => run(context, folder, "./pith", ["exit", code])),
  );
  assert.deepEqual(
    ended.map((one) => one.code),
    [3, 4, 5],
  );
  const builders = ended.filter((one) => /building the sources/.test(one.stderr));
  assert.equal(builders.length, 1);
});

test("a signal to the launcher reaches the service once", async (context) => {
  const folder = standIn(context);
  for (const node of NODES) {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      const service = start(context, folder, node, ["scripts/launch.mjs", "serve"]);
      const pid = await pidOf(service);
      await service.says(/serves/);
      service.child.kill(signal);
      assert.equal((await service.ended).code, 1, `${signal}: the number of signals it got`);
      assert.equal(isAlive(pid), false);
    }
  }
});

test("a signal to npm ends the service, which npm itself would leave running", async (context) => {
  const folder = standIn(context);
  const path = process.env["PATH"];
  const older = olderNode();
  for (const first of [...new Set([process.execPath, older ?? process.execPath])]) {
    const env = plainEnvironment({ PATH: `${join(first, "..")}:${path}` });
    const npm = start(context, folder, "npm", ["start", "--", "--port", "0"], { env });
    const pid = await pidOf(npm);
    await npm.says(/serves/);
    npm.child.kill("SIGTERM");
    await until("the service has ended", () => !isAlive(pid));
  }
});

test("an unknown house command is refused", async (context) => {
  const folder = standIn(context);
  const { code, stderr } = await run(context, folder, process.execPath, [
    "scripts/launch.mjs",
    "x",
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /no such command: x; there are build, check, test/);
});
