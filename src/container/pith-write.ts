/**
 * Writing a .pith file: header, the coder's frames as they come, the index.
 *
 * Format: docs/formats/pith-file.md.
 */
import type { Effort } from "../core/codec.ts";
import { assertThat } from "../core/errors.ts";
import type { Coder, ToldChunk } from "./coder.ts";
import { decodeFrameHeader } from "./frame.ts";
import { encodePithHeader, IndexEntries, type PithMetadata } from "./pith-format.ts";

export interface CompressOptions {
  /** Default "default". */
  readonly effort?: Effort | undefined;
  /** A codec's name to use it alone before `stored`; default by content. */
  readonly codec?: string | undefined;
  /** False tries no filters before general codecs. */
  readonly filters?: boolean | undefined;
  /** What to keep of the plain file; default nothing, so that equal bytes give equal files. */
  readonly metadata?: PithMetadata | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onChunk?: ((chunk: ToldChunk) => void) | undefined;
}

/** The bytes of a .pith file; every frame in it has been proved before it comes out. */
export async function* writePith(
  coder: Coder,
  source: AsyncIterable<Uint8Array>,
  options: CompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { effort = "default", codec, filters, metadata, signal, onChunk } = options;
  const header = encodePithHeader(metadata);
  const entries = new IndexEntries();
  yield header;
  for await (const chunk of coder.encode(source, { effort, codec, filters, signal })) {
    assertThat(chunk.frame !== undefined && chunk.codec !== undefined, "each chunk has its frame");
    const { plainBytes, headerCrc32, frameBytes } = decodeFrameHeader(chunk.frame);
    entries.add({ frameBytes, plainBytes, headerCrc32 });
    onChunk?.({ plainBytes, frameBytes, codec: chunk.codec, filter: chunk.filter });
    yield chunk.frame;
  }
  yield entries.encode(header.length);
}
