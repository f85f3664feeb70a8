/**
 * The doors of the writer: one array, a web stream, or an iterable of pieces. All three give the
 * same bytes for the same input, however it was cut and however many threads took part. The other
 * direction is inflate.ts.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { abortedFault } from "../core/intake.ts";
import { loadKernel } from "../core/kernel.ts";
import { linearBound } from "./linear.ts";
import { type DeflateOptions, type Settings, settingsOf } from "./options.ts";
import { WRAPPER_BYTES_MAXIMUM } from "./wrapper.ts";
import { DeflateWriter, wantsThreads } from "./writer.ts";

/**
 * Compresses bytes to gzip, zlib or raw deflate.
 *
 * @param bytes - any length; not changed, but read until the promise settles
 * @param options - see DeflateOptions; by default gzip by Huffman coding alone
 * @returns one stream or member that every inflate reads; the same bytes on every machine for
 *   level "huffman". Never more than linearBound(bytes.length) + 18 bytes then.
 * @throws PithError "InvalidArgument" for an option, "Aborted" by the signal, and what
 *   `onProgress` throws, unchanged
 *
 * Cost: about 1 GB/s a core for "huffman" on any content (levels: 150 down to 10 MB/s). Other work
 * of this thread gets its turn every 10 ms. Memory: the output twice, some MiB a kernel instance.
 *
 * @example
 * const gzipped = await deflate(new TextEncoder().encode("to be or not to be"));
 */
export async function deflate(
  bytes: Uint8Array,
  options: DeflateOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const settings = settingsOf(options);
  const writer = new DeflateWriter(settings);
  const atOnce = writer.wholeAtOnce(await loadKernel("deflate"), bytesOf(bytes));
  if (atOnce !== undefined) return atOnce;
  const here = settings.level === "huffman" && !wantsThreads(settings, bytes.length);
  return here ? intoBound(settings, bytes) : inParts(writer, bytes);
}

/** Into memory for the worst case, of which only what is written is ever touched; then cut to size.
 * Less copying than gathering parts: 1.6 times as fast on 16 MiB of random bytes. Not with
 * threads, where the parts are made elsewhere and this thread's time counts most. */
async function intoBound(settings: Settings, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const target = new Uint8Array(linearBound(bytes.length) + WRAPPER_BYTES_MAXIMUM);
  const writer = new DeflateWriter(settings, target);
  let size = 0;
  for await (const part of writer.whole(bytes)) size += part.length;
  return new Uint8Array(target.buffer.transfer(size));
}

async function inParts(writer: DeflateWriter, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of writer.whole(bytes)) parts.push(part);
  return concatenate(parts);
}

/**
 * A web stream that compresses what passes through it.
 *
 * @param options - as for `deflate`
 * @returns a transform of Uint8Array to Uint8Array. It fails with "Aborted" as soon as the signal
 *   says so, with "InvalidArgument" on a piece that is not a Uint8Array.
 *
 * Memory: input is gathered up to 1 MiB, in a buffer that grows with it; with threads a few MiB
 * each. Between writes it holds no kernel instance.
 *
 * @example
 * await file.stream().pipeThrough(deflateStream()).pipeTo(target);
 */
export function deflateStream(
  options: DeflateOptions = {},
): TransformStream<Uint8Array, Uint8Array> {
  const writer = new DeflateWriter(settingsOf(options));
  const { signal } = options;
  let onAbort = (): void => undefined;
  const forget = (): void => signal?.removeEventListener("abort", onAbort);
  const transformer: Transformer<Uint8Array, Uint8Array> & { cancel(): void } = {
    start(controller) {
      if (signal === undefined) return;
      onAbort = () => {
        const fault = abortedFault(signal);
        writer.close(fault);
        controller.error(fault);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    },
    async transform(bytes, controller) {
      await enqueueAll(writer.write(bytesOf(bytes)), controller);
    },
    async flush(controller) {
      await enqueueAll(writer.finish(), controller);
      forget();
    },
    cancel() {
      writer.close(new PithError("Aborted", { why: "the stream was cancelled" }));
      forget();
    },
  };
  return new TransformStream(transformer);
}

/** Hands parts to the reader of a transform, and stops when that has gone: then the stream tells its
 * own end, and a failure of ours would only hide it. */
async function enqueueAll(
  parts: AsyncIterable<Uint8Array>,
  controller: TransformStreamDefaultController<Uint8Array>,
): Promise<void> {
  let left = false;
  for await (const part of parts) {
    try {
      controller.enqueue(part);
    } catch {
      // Enqueueing fails only once the readable side is cancelled or in error.
      left = true;
    }
    if (left) return;
  }
}

/**
 * Compresses pieces as they come.
 *
 * @param source - pieces of any size (a Node stream is one)
 * @param options - as for `deflate`
 * @returns parts of the output, the caller's to keep. The source is asked for more only when the
 *   caller is; it is left when the loop is, when the signal says so, and on any error.
 * @throws PithError as `deflate`, and what the source throws, unchanged
 *
 * Memory: as for `deflateStream`.
 */
export async function* deflateIterable(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DeflateOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const writer = new DeflateWriter(settingsOf(options));
  try {
    for await (const bytes of abortable(source, options.signal))
      yield* writer.write(bytesOf(bytes));
    yield* writer.finish();
  } finally {
    writer.close(new PithError("Aborted", { why: "the stream was left" }));
  }
}

/** The source, left at once when the signal says so even while it is being waited for. */
async function* abortable(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortedFault(signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  aborted.catch(() => undefined);
  const pieces =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await Promise.race([pieces.next(), aborted]);
      if (next.done === true) break;
      yield next.value;
    }
    ended = true;
  } finally {
    signal.removeEventListener("abort", onAbort);
    // The source may be in the middle of a wait: it is told, not waited for.
    if (!ended) Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

function bytesOf(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw new PithError("InvalidArgument", { why: "a piece is not a Uint8Array" });
}
