import assert from "node:assert/strict";
import { test } from "node:test";
import { findUntidy } from "./tidy.ts";
import { functionsOf } from "./tidy-functions.ts";

const HEADER = "/**\n * A file that says what it is.\n */\n";
const PACKAGE = JSON.stringify({
  bin: { pith: "./dist/cli/main.js" },
  exports: { "./deflate": { default: "./dist/deflate/index.js" } },
});

/** The complaints about planted files among sound ones. */
function complaints(planted: Readonly<Record<string, string>>): string[] {
  const sound = {
    "package.json": PACKAGE,
    "src/cli/main.ts": `#!/usr/bin/env node\n${HEADER}import "./program.ts";\n`,
    "src/cli/program.ts": HEADER,
    "src/deflate/index.ts": `${HEADER}export { gzip } from "./gzip.ts";\n`,
    "src/deflate/gzip.ts": `${HEADER}export function gzip(): void {}\n`,
    "kernels/deflate.ts": `${HEADER}import { FAULT } from "./fault";\n`,
    "kernels/fault.ts": `${HEADER}export const FAULT: i32 = 1;\n`,
  };
  const sources = new Map(Object.entries({ ...sound, ...planted }));
  return findUntidy(sources).map(({ file, line, says }) => `${file}:${line} ${says}`);
}

/** A source that the command reaches, with the header that it needs. */
function reached(body: string): Readonly<Record<string, string>> {
  return { "src/cli/program.ts": `${HEADER}${body}` };
}

test("sound files pass", () => {
  assert.deepEqual(complaints({}), []);
});

test("work that was put off is found", () => {
  assert.match(complaints(reached("// TODO: later\n")).join(), /program\.ts:4 TODO/);
  assert.match(complaints({ "README.md": "A FIXME here.\n" }).join(), /FIXME/);
});

test("a source without a header is found, a test without one is not", () => {
  const found = complaints({ "src/cli/program.ts": "export const a = 1;\n" });
  assert.deepEqual(found, ["src/cli/program.ts:1 no header that says what this is"]);
  assert.deepEqual(complaints({ "src/cli/program.test.ts": 'import "./program.ts";\n' }), []);
});

test("words that the glossary replaces are found in names, not in prose", () => {
  assert.match(complaints(reached("const compressorList = [];\n")).join(), /say codec/);
  assert.match(
    complaints(reached("export interface FrameEnvelope {\n  a: 1;\n}\n")).join(),
    /say frame/,
  );
  assert.match(complaints(reached("function cut(len: number): void {}\n")).join(), /whole word/);
  assert.deepEqual(complaints(reached('// no compressor\nconst a = "compressor, len: 1";\n')), []);
  assert.deepEqual(complaints(reached("const a = stream.len + other.compressor;\n")), []);
});

test("file names that name no idea, or are not in kebab-case, are found", () => {
  const importing = (name: string): Readonly<Record<string, string>> => ({
    ...reached(`import "./${name}";\n`),
    [`src/cli/${name}`]: HEADER,
  });
  assert.match(complaints(importing("util.ts")).join(), /util names no idea/);
  assert.match(complaints(importing("fileHelpers.ts")).join(), /kebab-case/);
  assert.match(complaints(importing("key-manager.ts")).join(), /names no idea/);
  assert.deepEqual(complaints(importing("read-file.ts")), []);
});

test("paths and addresses of one machine or network are found in any file", () => {
  const says = (text: string): string => complaints({ "docs/guide.md": `${text}\n` }).join();
  assert.match(says("see /root/pith/file"), /path of one machine/);
  assert.match(says("see /home/ann/pith"), /path of one machine/);
  assert.match(says("from https://registry.example.com/pith"), /registry/);
  assert.match(says("from https://build.example.internal/pith"), /one network/);
  assert.match(says("at 10.1.2.3"), /one network/);
  assert.equal(says("http://127.0.0.1:7484/photos and https://nodejs.org and src/work/x"), "");
  const lock = '{\n  "resolved": "https://example.com/a.tgz"\n}\n';
  assert.match(complaints({ "package-lock.json": lock }).join(), /download address/);
});

test("default exports and tests that leave others out are found", () => {
  assert.match(complaints(reached("export default function a() {}\n")).join(), /default/);
  const only = { "src/cli/a.test.ts": 'test.only("a", () => {});\n' };
  assert.match(complaints(only).join(), /leaves other tests out/);
});

test("dead files are found: in src, in kernels, in test", () => {
  assert.deepEqual(complaints({ "src/cli/old.ts": HEADER }), [
    "src/cli/old.ts:0 nobody imports this",
  ]);
  assert.match(complaints({ "kernels/old.ts": HEADER }).join(), /nobody imports this/);
  assert.match(complaints({ "test/tools.ts": HEADER }).join(), /nobody imports this/);
  const tested = { "src/cli/old.ts": HEADER, "src/cli/old.test.ts": 'import "./old.ts";\n' };
  assert.match(complaints(tested).join(), /only tests use this/);
  const worker =
    "new Worker(new URL(`./work$" + "{extname(import.meta.filename)}`, import.meta.url));\n";
  assert.deepEqual(complaints({ ...reached(worker), "src/cli/work.ts": HEADER }), []);
});

test("functions just past 70 lines are found, giants and short ones are not", () => {
  const lines = (count: number): string => "  work();\n".repeat(count);
  const plain = (count: number): string => `export function long(): void {\n${lines(count - 2)}}\n`;
  assert.deepEqual(complaints(reached(plain(70))), []);
  assert.match(complaints(reached(plain(71))).join(), /long has 71 lines/);
  assert.deepEqual(complaints(reached(plain(150))), []);
});

test("what a function holds in functions of its own is theirs, not its", () => {
  const inner = (name: string, form: string): string =>
    `    ${form.replace("NAME", name)} {\n${"      work();\n".repeat(38)}    }`;
  const source = [
    "export function driver(): Driver {",
    "  return {",
    `${inner("get", "async NAME(key: string): Promise<void>")},`,
    `${inner("put", "NAME: (key) =>")},`,
    "  };",
    "}",
    "",
  ].join("\n");
  assert.deepEqual(complaints(reached(source)), []);
  assert.deepEqual(
    functionsOf(source).map(({ name, lines }) => [name, lines]),
    [
      ["driver", 4],
      ["get", 40],
      ["put", 40],
    ],
  );
});

test("functions are measured in each of their forms", () => {
  const source = [
    "export async function first(",
    "  a: number,",
    "): Promise<void> {",
    "  if (a) {",
    "    call(() => {",
    "    });",
    "  }",
    "}",
    "const second = (a: number): void => {",
    "  run(a);",
    "};",
    "class Third {",
    "  async fourth<T>(a: T): Promise<void> {",
    "    await run(a);",
    "  }",
    "  call(a);",
    "}",
    "",
  ].join("\n");
  const measured = functionsOf(source).map(({ name, line, lines }) => [name, line, lines]);
  assert.deepEqual(measured, [
    ["first", 1, 8],
    ["second", 9, 3],
    ["fourth", 13, 3],
  ]);
});
