/**
 * Upload: the body of a put as plain bytes, proved to be what the client announced.
 *
 *   socket -> aws-chunked, if so encoded -> lengths and checksums -> the store
 *
 * The last bytes are handed on before the proof is complete, and the end of the iteration after
 * it: whoever consumes to the end has a proved body, and a store that commits at the end
 * commits nothing wrong.
 */
import { PithError } from "../../core/errors.ts";
import { OBJECT_BYTES_MAXIMUM } from "../../core/limits.ts";
import type { Exchange } from "../http/exchange.ts";
import { type BodyProof, openProof } from "./checksum.ts";
import { type ChunkedReader, chunkedReader } from "./chunked.ts";
import { isChunked } from "./object-headers.ts";

export interface Upload {
  /** Length of the plain bytes where the client tells it. */
  readonly bytes: number | undefined;
  /** The plain bytes, once. Throws what makes the body unacceptable, at the latest at its end. */
  readonly source: AsyncIterable<Uint8Array>;
  /** After the end: headers for the answer that tell which checksum was proved. */
  proved(): Record<string, string>;
}

/**
 * Prepares the reading of a request's body.
 *
 * @throws PithError "LengthRequired", "NotImplemented", "EntityTooLarge", "InvalidDigest" or "InvalidArgument", all
 *   before a byte of the body is asked for
 */
export async function openUpload(exchange: Exchange): Promise<Upload> {
  if (!exchange.hasBody) throw new PithError("LengthRequired");
  // node:http takes the chunks apart and leaves what else a body was coded with as it is.
  const coding = exchange.header("transfer-encoding") ?? "chunked";
  if (coding.trim().toLowerCase() !== "chunked") throw new PithError("NotImplemented", { coding });
  const chunked = isChunked(exchange.headers);
  const announced = announcedBytes(exchange, chunked);
  if ((announced ?? 0) > OBJECT_BYTES_MAXIMUM) {
    throw new PithError("EntityTooLarge", { bytes: announced, limit: OBJECT_BYTES_MAXIMUM });
  }
  const proof = await openProof(exchange.headers);
  let proved: Record<string, string> = {};
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    proved = yield* provedBytes(
      exchange.body(),
      chunked ? chunkedReader() : undefined,
      announced,
      proof,
    );
  }
  return { bytes: announced, source: source(), proved: () => proved };
}

async function* provedBytes(
  body: AsyncIterable<Uint8Array>,
  chunks: ChunkedReader | undefined,
  announced: number | undefined,
  proof: BodyProof,
): AsyncGenerator<Uint8Array, Record<string, string>, undefined> {
  let bytes = 0;
  for await (const piece of body) {
    for (const plain of chunks === undefined ? [piece] : chunks.push(piece)) {
      bytes += plain.length;
      if (announced !== undefined && bytes > announced) {
        throw new PithError("BadRequest", {
          announced,
          why: "more bytes came than were announced",
        });
      }
      if (bytes > OBJECT_BYTES_MAXIMUM) {
        throw new PithError("EntityTooLarge", { limit: OBJECT_BYTES_MAXIMUM });
      }
      proof.update(plain);
      yield plain;
    }
  }
  const trailers = chunks === undefined ? new Map<string, string>() : chunks.finish();
  if (announced !== undefined && bytes < announced) {
    throw new PithError("IncompleteBody", { announced, bytes });
  }
  return proof.finish(trailers);
}

/** Length of the plain bytes where the client tells it. */
function announcedBytes(exchange: Exchange, chunked: boolean): number | undefined {
  const decoded = exchange.header("x-amz-decoded-content-length");
  if (!chunked || decoded === undefined) return chunked ? undefined : exchange.contentLength;
  if (!/^\d{1,15}$/.test(decoded)) {
    throw new PithError("InvalidArgument", { header: "x-amz-decoded-content-length", decoded });
  }
  return Number(decoded);
}
