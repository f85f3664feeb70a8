/**
 * Training of the header dictionary: `npm run train:headers -- FOLDER... [-o FILE]
 * [--folds N [--also FOLDER]... [--keep FOLDER]]`.
 *
 *   JPEGs -> headers, those of JPEGs within them too -> dictionary -> FILE, and its sum
 *
 * The same files give the same bytes, wherever they lie. The sum goes into src/lepton/header-model.ts.
 * With --folds FILE is not written: each file's header is packed with a dictionary of the makers in other
 * folds, and the sums of each folder stand beside those of zlib. JPEGs within headers are left out on
 * both sides, and packed as files of their own. What --also names is measured, and not trained on.
 * The folds' dictionaries go to fold-0/ ... of the folder that --keep names; the folds are those of train.ts
 * for the same files and the same number.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { deflateSync } from "node:zlib";
import { checksumOf } from "../src/core/checksum.ts";
import { Kernel, loadKernel } from "../src/core/kernel.ts";
import { withDictionary, writeModelled } from "../src/lepton/header-model.ts";
import { foldsOf, groupOf } from "./folds.ts";
import { DICTIONARY_OPTIONS, makeDictionary } from "./header-dictionary.ts";
import { type Material, materialsOf } from "./header-material.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: {
      type: "string",
      short: "o",
      default: resolve(import.meta.dirname, "trained/jpeg-headers.bin"),
    },
    folds: { type: "string", default: "0" },
    keep: { type: "string" },
    also: { type: "string", multiple: true, default: [] },
  },
});

const paths = positionals.flatMap(jpegsOf);
if (paths.length === 0) throw new Error("no JPEGs there: npm run train:headers -- FOLDER...");
const kernel = await loadKernel("header");
const materials = await materialsOf(paths);
if (Number(values.folds) > 1) await reportFolds(Number(values.folds));
else writeDictionary();

function jpegsOf(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
  return names.sort().map((name) => join(folder, name));
}

function writeDictionary(): void {
  const dictionary = makeDictionary(kernel.take(), materials);
  writeFileSync(values.output, dictionary);
  const sum = checksumOf(dictionary).toString(16).padStart(8, "0");
  process.stdout.write(`${values.output}: ${dictionary.length} bytes, CRC-32C 0x${sum}\n`);
}

interface Row {
  headers: number;
  plain: number;
  zlib: number;
  packed: number;
}

async function reportFolds(count: number): Promise<void> {
  const files = paths.map((path) => {
    const bytes = readFileSync(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { path, bytes: bytes.length, sha256, group: groupOf(path, bytes) };
  });
  const dealt = foldsOf(files, count);
  const foldOf = new Map(files.map(({ group }, i) => [group, dealt[i] ?? 0]));
  const measured = [...materials, ...(await materialsOf(values.also.flatMap(jpegsOf)))];
  const rows = new Map<string, Row>();
  for (let fold = 0; fold < count; fold++) {
    const isIn = ({ group }: Material): boolean => (foldOf.get(group) ?? 0) === fold;
    const others = materials.filter((material) => !isIn(material));
    const dictionary = makeDictionary(kernel.take(), others, DICTIONARY_OPTIONS);
    if (values.keep !== undefined) keepDictionary(values.keep, fold, dictionary);
    const trained = new Kernel(withDictionary(kernel, dictionary));
    for (const material of measured.filter(isIn)) addTo(rows, material, trained);
  }
  process.stdout.write(
    "| headers of | | bytes | zlib | packed |\n| --- | --: | --: | --: | --: |\n",
  );
  for (const [name, { headers, plain, zlib, packed }] of rows) {
    process.stdout.write(`| ${name} | ${headers} | ${plain} | ${zlib} | ${packed} |\n`);
  }
}

function keepDictionary(parent: string, fold: number, dictionary: Uint8Array): void {
  const folder = join(parent, `fold-${fold}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "jpeg-headers.bin"), dictionary);
}

function addTo(rows: Map<string, Row>, material: Material, trained: Kernel): void {
  const kind = material.path.includes("#") ? ", within" : "";
  const name = `${basename(dirname(material.path.split("#", 1)[0] ?? ""))}${kind}`;
  const row = rows.get(name) ?? { headers: 0, plain: 0, zlib: 0, packed: 0 };
  rows.set(name, row);
  row.headers += 1;
  row.plain += material.residue.length;
  row.zlib += deflateSync(material.residue, { level: 9 }).length;
  row.packed += 1 + trained.use((instance) => packedBytes(instance, material));
}

function packedBytes(instance: ReturnType<Kernel["take"]>, { modelled }: Material): number {
  const steps = writeModelled(instance, modelled);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value?.length ?? 0;
}
