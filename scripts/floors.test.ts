import assert from "node:assert/strict";
import { test } from "node:test";
import { drawFloors, exportsOf, FLOORS, findSteps } from "./floors.ts";
import { importsOf } from "./sources.ts";

/** The problems of one planted file among sound ones. */
function complaints(file: string, source: string): string[] {
  const sources = new Map([
    ["src/core/bytes.ts", "export function toHex(): void {}\n"],
    ["src/deflate/index.ts", 'export { gzip } from "./gzip.ts";\n'],
    ["src/deflate/gzip.ts", 'import { toHex } from "../core/bytes.ts";\n'],
    ["src/store/put.ts", 'import { encode } from "../container/index.ts";\n'],
    [file, source],
  ]);
  return findSteps(sources).map((problem) => `${problem.file}:${problem.line} ${problem.says}`);
}

test("steps down, and steps through doors, are allowed", () => {
  assert.deepEqual(complaints("src/core/hex.ts", 'import { toHex } from "./bytes.ts";\n'), []);
  assert.deepEqual(complaints("src/cli/put.ts", 'import { put } from "../store/index.ts";\n'), []);
  const worker =
    "new Worker(new URL(`./worker$" + "{extname(import.meta.filename)}`, import.meta.url));\n";
  assert.deepEqual(complaints("src/container/coder.ts", worker), []);
  assert.deepEqual(
    complaints("src/core/a.test.ts", 'import { forSeeds } from "../../test/random.ts";\n'),
    [],
  );
});

test("a step up, a step past a door and a step outside are found", () => {
  const up = complaints("src/core/hex.ts", 'import { put } from "../store/index.ts";\n');
  assert.deepEqual(up, ["src/core/hex.ts:1 a step up: core may not know store"]);
  const typed = complaints("src/core/hex.ts", '\nimport type { Put } from "../store/index.ts";\n');
  assert.match(typed.join(), /hex\.ts:2 a step up/);
  const past = complaints("src/cli/put.ts", 'import { put } from "../store/put.ts";\n');
  assert.match(past.join(), /past the front door/);
  const lazy = complaints("src/core/hex.ts", '  await import("../store/index.ts");\n');
  assert.match(lazy.join(), /a step up/);
  const out = complaints("src/cli/put.ts", 'import { check } from "../../scripts/tidy.ts";\n');
  assert.match(out.join(), /leads out of src/);
  const helper = complaints("src/cli/put.ts", 'import { forSeeds } from "../../test/random.ts";\n');
  assert.match(helper.join(), /only tests import from test/);
  assert.match(complaints("src/loose.ts", "").join(), /stands on no floor/);
});

test("a package without leave, Node's modules behind a browser's door, and wasm are found", () => {
  const pack = complaints("src/store/put.ts", 'import pino from "pino";\n');
  assert.match(pack.join(), /store has no leave to use the package pino/);
  const node = complaints("src/core/bytes.ts", 'import { hash } from "node:crypto";\n');
  assert.match(node.join(), /node:crypto is not in a browser/);
  const kernel = 'new URL("../../wasm/deflate.simd.wasm", import.meta.url);\n';
  assert.match(complaints("src/core/hex.ts", kernel).join(), /only core\/kernel\.ts/);
  assert.deepEqual(complaints("src/core/kernel.ts", kernel), []);
});

test("a front door has a dozen exports at most and names them", () => {
  const names = (count: number): string =>
    `export { ${Array.from({ length: count }, (_, i) => `name${i}`).join(", ")} } from "./a.ts";\n`;
  assert.deepEqual(complaints("src/store/index.ts", names(12)), []);
  assert.match(complaints("src/store/index.ts", names(13)).join(), /13 exports/);
  assert.match(complaints("src/store/index.ts", 'export * from "./a.ts";\n').join(), /names each/);
  const source =
    'export type { A, B } from "./a.ts";\nexport const c = 1;\nexport async function d() {}\n';
  assert.deepEqual(exportsOf(source), ["A", "B", "c", "d"]);
});

test("bench sees front doors only", () => {
  const door =
    'import { gzip } from "../src/deflate/index.ts";\nimport { put } from "pith/store";\n';
  assert.deepEqual(complaints("bench/deflate.ts", door), []);
  const inside = 'import { gzip } from "../src/deflate/gzip.ts";\n';
  assert.match(complaints("bench/deflate.ts", inside).join(), /no front door/);
});

test("imports are told apart by how they load", () => {
  const source = [
    'import { a } from "./a.ts";',
    'import type { B } from "./b.ts";',
    'import { type C, type D } from "./c.ts";',
    'import { type E, f } from "./e.ts";',
    'import "./g.ts";',
    "export {",
    "  h,",
    '} from "./h.ts";',
    ' * import { example } from "pith";',
    'const lazy = await import("./i.ts");',
  ].join("\n");
  const found = importsOf(source).map((one) => `${one.how} ${one.specifier} ${one.line}`);
  assert.deepEqual(found.sort(), [
    "dynamic ./i.ts 10",
    "static ./a.ts 1",
    "static ./e.ts 4",
    "static ./g.ts 5",
    "static ./h.ts 6",
    "type ./b.ts 2",
    "type ./c.ts 3",
  ]);
});

test("the picture names every floor from the top down", () => {
  const picture = drawFloors(new Map([["src/store/a.ts", 'import { x } from "../core/x.ts";\n']]));
  const names = picture
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(" ")[0]);
  assert.deepEqual(
    names,
    FLOORS.map((floor) => floor.name),
  );
  assert.match(picture, /store .* 1 files -> core/);
});
