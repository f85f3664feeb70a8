/**
 * Whole files as Pith stores them: cut into chunks, each with the codec that took it, proved, and
 * read back.
 */
import { compress, expand } from "../../src/container/index.ts";
import type { JpegFile } from "./files.ts";

export interface StoredFile {
  readonly file: string;
  readonly plainBytes: number;
  readonly storedBytes: number;
  /** The codec of each chunk, in order. */
  readonly chunks: readonly string[];
  readonly restored: boolean;
}

export async function storedFiles(files: readonly JpegFile[]): Promise<StoredFile[]> {
  const stored: StoredFile[] = [];
  for (const { name, bytes } of files) {
    const chunks: string[] = [];
    const packed = await compress(bytes, { onChunk: ({ codec }) => chunks.push(codec.name) });
    stored.push({
      file: name,
      plainBytes: bytes.length,
      storedBytes: packed.length,
      chunks,
      restored: Buffer.compare(await expand(packed), bytes) === 0,
    });
    console.error(`stored: ${name}`);
  }
  return stored;
}
