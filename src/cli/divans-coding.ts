/**
 * Coding to plain .dvn files and back: DivANS without a container, for people who want one small file and
 * for what `pith ir encode` makes.
 *
 *   bytes -> units of 4 MiB, each coded, decoded again and compared -> .dvn
 */
import { decodeDivansStream, encodeDivansStream } from "../divans/index.ts";
import type { CodingOptions, Outcome } from "./coding.ts";

/** Codes bytes of any kind. */
export async function* encodeDivansFile(
  plain: AsyncIterable<Uint8Array>,
  { effort, threads, filters }: CodingOptions,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  yield* through(plain, encodeDivansStream({ effort, threads, filters }));
  ended({ codec: "divans", verified: true });
}

/** Decodes a .dvn file; a unit's checksum holds before its bytes come out. */
export async function* decodeDivansFile(
  coded: AsyncIterable<Uint8Array>,
  threads: number,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  yield* through(coded, decodeDivansStream({ threads }));
  ended({ codec: "divans", verified: true });
}

/** Decodes a .dvn file for what it holds. @throws PithError when it cannot be decoded */
export async function readDivansUnits(
  coded: AsyncIterable<Uint8Array>,
): Promise<{ readonly plainBytes: number; readonly units: number }> {
  let plainBytes = 0;
  let units = 0;
  for await (const unit of through(coded, decodeDivansStream())) {
    plainBytes += unit.length;
    units++;
  }
  return { plainBytes, units };
}

/** Pieces through a pair of streams; given up early, their source is told. */
function through(
  source: AsyncIterable<Uint8Array>,
  pair: TransformStream<Uint8Array, Uint8Array>,
): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  const readable = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return readable.pipeThrough(pair);
}
