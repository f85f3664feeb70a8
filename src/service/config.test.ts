import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { PithError } from "../core/errors.ts";
import { defaultConfig, resolveConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "pith-config-"));
after(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, content);
  return path;
}

function problemsOf(flags: object, environment: Record<string, string> = {}): string {
  try {
    resolveConfig(flags, environment);
  } catch (error) {
    assert.ok(error instanceof PithError);
    assert.equal(error.code, "BadConfig");
    return String(error.facts["problems"]);
  }
  return assert.fail("it was accepted");
}

test("without a word the defaults hold", () => {
  const config = resolveConfig({}, {});
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.port, 7484);
  assert.equal(config.mode, "verified");
  assert.equal(config.data, resolve("pith-data"));
});

test("flags go before the environment, the environment before the file", () => {
  const config = file('{"port": 1, "mode": "async", "effort": "flat", "logLevel": "warn"}');
  const environment = { PITH_CONFIG: config, PITH_PORT: "2", PITH_EFFORT: "fast", HOME: "/" };
  const result = resolveConfig({ port: 3, effort: undefined }, environment);
  assert.equal(result.port, 3);
  assert.equal(result.effort, "fast");
  assert.equal(result.mode, "async");
  assert.equal(result.logLevel, "warn");
  assert.equal(resolveConfig({ config }, { PITH_LOG_LEVEL: "error" }).logLevel, "error");
});

test("variables of the command and of the tests are left alone", () => {
  const environment = { PITH_SERVER: "http://localhost", PITH_SEED: "1", PITH_SOAK_MINUTES: "1" };
  assert.deepEqual(resolveConfig({}, environment), resolveConfig({}, {}));
});

test("every problem is told at once", () => {
  const config = file('{"prot": 1, "threads": 0, "mode": "fast"}');
  const problems = problemsOf({ config, port: 70_000 }, { PITH_EFFORT: "much", PITH_DATE: "x" });
  for (const name of ["prot", "threads", "mode", "port", "effort", "PITH_DATE"]) {
    assert.ok(problems.includes(`${name}:`), `${name} in ${problems}`);
  }
  assert.match(problems, /prot: no such setting/);
});

test("numbers of the environment must be numbers, empty words are no settings", () => {
  for (const text of ["", "x", "1x", "0x10", " 1"]) {
    assert.match(problemsOf({}, { PITH_PORT: text }), /port:/, text);
  }
  assert.match(problemsOf({ data: "" }), /data:/);
});

test("files that are missing or no JSON object are refused", () => {
  assert.throws(() => resolveConfig({ config: join(folder, "absent") }, {}), { code: "FileIo" });
  assert.match(problemsOf({ config: file("[1]") }), /not a JSON object/);
  assert.match(problemsOf({ config: file("{") }), /JSON/);
});

test("only loopback is listened on", () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.2", "example.com", "127.0.0.1.example.com", ""]) {
    assert.match(problemsOf({ host }), /host: must be a loopback address/, host);
  }
  for (const host of ["127.0.0.1", "127.1.2.3", "::1", "localhost"]) {
    assert.equal(resolveConfig({ host }, {}).host, host);
  }
});

test("the guide names every setting, its flag, its variable and its default", () => {
  const guide = readFileSync(resolve(import.meta.dirname, "../../docs/guides/service.md"), "utf8");
  for (const [name, value] of Object.entries(defaultConfig())) {
    const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const variable = `PITH_${words.replaceAll("-", "_").toUpperCase()}`;
    const shown = name === "threads" ? "one a core" : `\`?${value}\`?`;
    const row = new RegExp(
      `^\\| \`--${words}\` \\| \`${variable}\` \\| \`${name}\` \\| ${shown} \\|`,
      "m",
    );
    assert.match(guide, row);
  }
});
