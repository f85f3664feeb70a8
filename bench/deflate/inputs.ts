/**
 * Inputs of the deflate benchmark: the corpus, and larger data made on the spot.
 *
 * Each lies in a file too, for peers that are programs. Made data follow the corpus INDEX: zeros, a
 * keystream of AES-128-CTR, a tar of this machine's programs, cut at 64 MiB.
 */
import { execFileSync } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { corpus, corpusPath } from "../../test/corpus.ts";

const MIB = 1024 * 1024;

export interface Input {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Of the corpus: its means and the speed spread are over these alone. */
  readonly ofCorpus: boolean;
  /** Whether Huffman coding has much to gain; the spread is over such kinds. */
  readonly compressible: boolean;
}

/** Corpus files that are packed already. */
const PACKED = ["jpegs.bin", "random.bin"];

/** All inputs; files that are made go to `folder`. */
export function benchInputs(folder: string): Input[] {
  const inputs: Input[] = [];
  if (corpus !== undefined) {
    for (const name of readdirSync(corpusPath("deflate/data")).sort()) {
      const path = corpusPath(`deflate/data/${name}`);
      const compressible = !PACKED.includes(name);
      inputs.push({ name, path, bytes: readFileSync(path), ofCorpus: true, compressible });
    }
  }
  const make = (name: string, bytes: Uint8Array): void => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    inputs.push({ name, path, bytes, ofCorpus: false, compressible: false });
  };
  make("zeros-16MiB", new Uint8Array(16 * MIB));
  const cipher = createCipheriv("aes-128-ctr", new Uint8Array(16), new Uint8Array(16));
  make("random-16MiB", cipher.update(new Uint8Array(16 * MIB)));
  const layer = layerOf("/usr/bin");
  if (layer !== undefined) make("usr-bin.tar", layer);
  return inputs;
}

/** The first 64 MiB of a tar of a folder; undefined where there is no tar. */
function layerOf(folder: string): Uint8Array | undefined {
  if (!existsSync("/bin/tar") || !existsSync(folder)) return undefined;
  const fixed = "--sort=name --mtime=@0 --owner=0 --group=0";
  const command = `tar ${fixed} -cf - -C ${folder} . 2>/dev/null | head -c ${64 * MIB}`;
  return execFileSync("sh", ["-c", command], { maxBuffer: 65 * MIB });
}
