import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeRun } from "../../test/cli-run.ts";
import { FAULTS } from "../core/errors.ts";
import { runCommand } from "./program.ts";

/** Below `pith ir`. */
const IR_COMMANDS = ["print", "from", "run", "encode", "stats", "optimize", "mash"];

const COMMANDS = [
  ["compress", "expand", "test", "info", "estimate", "ir"],
  ["serve", "put", "get", "ls", "rm"],
  ["stats", "check", "collect", "recode", "backup", "gate"],
].flat();

async function runWords(
  words: readonly string[],
): Promise<{ code: number; output: string; errors: string }> {
  const { run, output, errors } = fakeRun();
  const code = await runCommand(words, run.surroundings);
  return { code, output: output(), errors: errors() };
}

test("every command is on the help page, and has a page with examples", async () => {
  const page = await runWords(["help"]);
  assert.equal(page.code, 0);
  assert.equal((await runWords(["--help"])).output, page.output);
  for (const name of COMMANDS) {
    assert.match(page.output, new RegExp(`^ {2}${name}( |$)`, "m"));
    const own = await runWords([name, "--help"]);
    assert.equal(own.code, 0);
    assert.match(own.output, new RegExp(`^Usage: pith ${name} `));
    assert.match(own.output, /\nExamples:\n {2}\S/, name);
    assert.deepEqual(await runWords(["help", name]), own);
    for (const line of own.output.split("\n")) assert.ok(line.length <= 100, line);
  }
});

test("so has every command of a group", async () => {
  const page = await runWords(["help", "ir"]);
  for (const name of IR_COMMANDS) {
    assert.match(page.output, new RegExp(`^ {2}${name} `, "m"));
    const own = await runWords(["ir", name, "--help"]);
    assert.equal(own.code, 0);
    assert.match(own.output, new RegExp(`^Usage: pith ir ${name} `));
    assert.match(own.output, /\nExamples:\n {2}\S/, name);
    assert.deepEqual(await runWords(["help", "ir", name]), own);
    for (const line of own.output.split("\n")) assert.ok(line.length <= 100, line);
  }
});

test("every fault is on the page of exit codes", async () => {
  const { output } = await runWords(["help", "exit-codes"]);
  assert.match(output, /^ +0 +all went well$/m);
  for (const [code, fault] of Object.entries(FAULTS)) {
    assert.match(output, new RegExp(`^ *${fault.number}  ${code} `, "m"));
  }
});

test("words that make no sense end with the fault for that, one line and a hint", async () => {
  const cases = [
    "compres a",
    "compress --format rar a",
    "compress --level 10 --format gz a",
    "compress --level 3 a",
    "compress --codec stored --format gz a",
    "compress --codec zlib -o a.lep a",
    "compress --codec lepton --format gz a",
    "compress --level 3 -o a.lep a",
    "compress --segments 2 a",
    "compress --segments 17 -o a.lep a",
    "compress --bytes 4M a",
    "compress --bytes 0 -o a.lep a",
    "compress --bytes 129M -o a.lep a",
    "compress --start-byte 4k -o a.lep a",
    "compress --start-byte -1 -o a.lep a",
    "compress --start-byte 0 --rm --format lep a",
    "expand --arithmetic 32 a",
    "compress -o x -c a",
    "compress - a",
    "compress --rm -",
    "compress -T 0 a",
    "compress -T 1.5 a",
    "expand a --nonsense",
    "info",
    "put a",
    "put a /key",
    "put - bucket/",
    "get",
    "ls --server ftp://x",
    "ls --server http://127.0.0.1:1 --data x",
    "backup --list --restore",
    "backup --restore",
    "help nonsense",
    "help ir nonsense",
    "gate disable --data /dev/null/x",
    "ir nonsense",
    "ir print",
    "ir mash a.ir",
    "ir optimize a.ir",
    "ir optimize a.ir --with a,,b",
    "ir print --generator best a",
    "serve --port 65536",
    "serve --mode sometimes",
  ];
  for (const line of cases) {
    const { code, output, errors } = await runWords(line.split(" "));
    if (line.startsWith("gate")) assert.notEqual(code, 0);
    else assert.equal(code, FAULTS.BadUsage.number, `${line}: ${errors}`);
    assert.match(errors, /^pith: [^\n]+\n(\(Did you mean [^\n]+\n)?(Try [^\n]+\n)?$/, line);
    assert.equal(output, "", line);
  }
});

test("a service that is not there is said in one line", async () => {
  const { code, output, errors } = await runWords(["ls", "--server", "http://127.0.0.1:1"]);
  assert.equal(code, FAULTS.ServerUnreachable.number);
  assert.match(errors, /^pith: the Pith service does not answer [^\n]*`pith serve`[^\n]*\n$/);
  assert.equal(output, "");
});

test("a terminal is neither read as a file nor written compressed data to", async () => {
  const cases = ["compress", "expand", "test", `compress -c ${import.meta.filename}`];
  for (const line of cases) {
    const { run, output, errors } = fakeRun(undefined, true);
    const code = await runCommand(line.split(" "), run.surroundings);
    assert.equal(code, FAULTS.BadUsage.number, line);
    assert.match(errors(), /through a pipe|not for a terminal/);
    assert.equal(output(), "");
  }
});
