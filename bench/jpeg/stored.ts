/**
 * Whole files as Pith stores them: cut into chunks, each with the codec that took it, proved, and
 * read back; at the default effort, and at the effort dense.
 */
import { compress, createCoder, expand } from "../../src/container/index.ts";
import type { JpegFile } from "./files.ts";
import { preparePriors } from "./priors.ts";

export interface StoredFile {
  readonly file: string;
  readonly effort: string;
  readonly plainBytes: number;
  readonly storedBytes: number;
  /** The codec of each chunk, in order. */
  readonly chunks: readonly string[];
  readonly restored: boolean;
}

export async function storedFiles(files: readonly JpegFile[]): Promise<StoredFile[]> {
  // Priors are this thread's.
  const coder = await createCoder({ threads: 0 });
  const stored: StoredFile[] = [];
  for (const file of files) {
    const { name, bytes } = file;
    for (const effort of ["default", "dense"] as const) {
      if (effort === "dense") await preparePriors(file);
      const chunks: string[] = [];
      const onChunk = ({ codec }: { readonly codec: { readonly name: string } }): unknown =>
        chunks.push(codec.name);
      const packed = await compress(bytes, { coder, effort, onChunk });
      stored.push({
        file: name,
        effort,
        plainBytes: bytes.length,
        storedBytes: packed.length,
        chunks,
        restored: Buffer.compare(await expand(packed, { coder }), bytes) === 0,
      });
    }
    console.error(`stored: ${name}`);
  }
  await coder.close();
  return stored;
}
