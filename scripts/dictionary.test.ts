import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { buildDictionary, DICTIONARY_FILE, joinDictionary } from "./dictionary.ts";
import { buildKernels } from "./kernels.ts";

const ROOT = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "pith-dictionary-"));
after(() => rmSync(folder, { recursive: true }));
for (const name of ["package.json", "node_modules/brotli", "node_modules/base64-js"]) {
  cpSync(join(ROOT, name), join(folder, name), { recursive: true });
}
mkdirSync(join(folder, "node_modules/assemblyscript"));
writeFileSync(join(folder, "node_modules/assemblyscript/package.json"), '{"version":"0.0.0"}');
const file = join(folder, "wasm", DICTIONARY_FILE);

test("the dictionary is built when it is absent or damaged, and stays beside the kernels", async () => {
  assert.equal(buildDictionary(folder), true);
  assert.equal(buildDictionary(folder), false, "nothing to do");
  const bytes = readFileSync(file);
  assert.equal(bytes.length, 122_784 + 121 * 32);

  const damaged = Uint8Array.from(bytes);
  damaged[70_000]! ^= 1;
  writeFileSync(file, damaged);
  assert.equal(buildDictionary(folder), true, "a flipped bit");
  assert.deepEqual(readFileSync(file), bytes);

  writeFileSync(join(folder, "wasm/stray.bin"), "");
  await buildKernels(folder, []);
  assert.deepEqual(readFileSync(file), bytes, "kernels.ts leaves it alone");
  assert.throws(() => readFileSync(join(folder, "wasm/stray.bin")), { code: "ENOENT" });
});

test("words or transforms that are not the RFC's are refused", () => {
  const load = createRequire(join(ROOT, "package.json"));
  const words = (load("brotli/dec/dictionary-data.js") as { init(): Uint8Array }).init();
  const { kTransforms } = load("brotli/dec/transform.js") as {
    kTransforms: Parameters<typeof joinDictionary>[1];
  };
  assert.equal(joinDictionary(words, kTransforms).length, 126_656);
  const other = Uint8Array.from(words);
  other[0]! ^= 1;
  assert.throws(() => joinDictionary(other, kTransforms), /words .* not those of RFC 7932/);
  assert.throws(() => joinDictionary(words, kTransforms.slice(1)), /transforms/);
  const long = { prefix: new Uint8Array(13), transform: 0, suffix: new Uint8Array(0) };
  assert.throws(() => joinDictionary(words, [long, ...kTransforms.slice(1)]), /transforms/);
});
