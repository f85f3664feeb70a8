/**
 * Stream pair: web streams around a reader that takes its source piece by piece.
 *
 *   writable -> source -> reader -> readable
 *
 * Nothing is read ahead: a pair that is not read from takes no more than it is given.
 */
import type { ByteSource } from "./intake.ts";

/**
 * A pair for `pipeThrough`; an error shows on both sides.
 *
 * @param signal - the caller's; it and the end of the readable side abort the reader
 * @param read - begins reading; it leaves its source when the signal that it gets says so
 */
export function streamPair(
  signal: AbortSignal | undefined,
  read: (source: ByteSource, signal: AbortSignal) => AsyncIterator<Uint8Array>,
): TransformStream<Uint8Array, Uint8Array> {
  const entrance = new TransformStream<Uint8Array, Uint8Array>();
  const left = new AbortController();
  const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const pieces = read(entrance.readable, either);
  const readable = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const result = await pieces.next();
        if (result.done === true) controller.close();
        else controller.enqueue(result.value);
      },
      cancel(reason) {
        left.abort(reason);
        // Lets the reading find out and leave the entrance; it ends with the abort itself.
        pieces.next().catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return { readable, writable: entrance.writable };
}
