import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { buildKernels } from "./kernels.ts";

const ROOT = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "pith-kernels-"));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, source: string): void {
  mkdirSync(join(folder, "kernels", "parts"), { recursive: true });
  writeFileSync(join(folder, "kernels", name), source);
}

symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
write("parts/twice.ts", "export function twice(value: u32): u32 {\n  return value * 2;\n}\n");
write(
  "first.ts",
  'import { twice } from "./parts/twice";\nexport function run(a: u32): u32 {\n  return twice(a);\n}\n',
);
write(
  "other.ts",
  "export function run(a: i32): i32 {\n  if (ASC_FEATURE_SIMD) return i32x4.extract_lane(i32x4.splat(a), 0);\n  return a;\n}\n",
);

test("kernels are built by content, each in both variants", async () => {
  const names = ["first", "other"];
  const all = ["first.scalar.wasm", "first.simd.wasm", "other.scalar.wasm", "other.simd.wasm"];
  assert.deepEqual((await buildKernels(folder, names)).sort(), all);
  assert.deepEqual(await buildKernels(folder, names), [], "nothing changed");
  utimesSync(join(folder, "kernels/other.ts"), new Date(), new Date());
  assert.deepEqual(await buildKernels(folder, names), [], "touched only");
  write(
    "parts/twice.ts",
    "export function twice(value: u32): u32 {\n  return value + value + 1;\n}\n",
  );
  const reached = (await buildKernels(folder, names)).sort();
  assert.deepEqual(reached, ["first.scalar.wasm", "first.simd.wasm"], "what reaches the change");
  rmSync(join(folder, "wasm/other.simd.wasm"));
  assert.deepEqual(await buildKernels(folder, names), ["other.simd.wasm"], "what is missing");

  const simd = readFileSync(join(folder, "wasm/other.simd.wasm"));
  const scalar = readFileSync(join(folder, "wasm/other.scalar.wasm"));
  assert.notDeepEqual(simd, scalar);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 4096 });
  const { instance } = await WebAssembly.instantiate(
    readFileSync(join(folder, "wasm/first.scalar.wasm")),
    { env: { memory } },
  );
  assert.equal((instance.exports["run"] as (a: number) => number)(20), 41);

  assert.deepEqual(await buildKernels(folder, ["first"]), []);
  assert.deepEqual(
    readdirSync(join(folder, "wasm")).sort(),
    all.slice(0, 2),
    "a kernel that is gone",
  );
});

test("a kernel that does not compile, or imports more than memory, is refused", async () => {
  write("bad.ts", "export function run(): u32 {\n  return nothing;\n}\n");
  await assert.rejects(buildKernels(folder, ["bad"]), /does not compile[\s\S]*Cannot find name/);
  write(
    "clock.ts",
    "declare function now(): u32;\nexport function run(): u32 {\n  return now();\n}\n",
  );
  await assert.rejects(buildKernels(folder, ["clock"]), /imports more than memory: clock\.now/);
  await assert.rejects(buildKernels(folder, ["absent"]), /no kernel source/);
});
