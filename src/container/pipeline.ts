/**
 * The pipeline: one object's bytes into proven frames, in order.
 *
 *   source -> cut -> [ known? -> specialist's session -> general codecs -> proof ] -> yield
 *                      up to CHUNKS_IN_FLIGHT at once       (chunk-line.ts)
 *
 * While chunks are under way the next one is already being read, and a finished one is yielded
 * without waiting for it. Whatever ends the iteration (the consumer, the source, the signal) aborts
 * the jobs, closes the session and the source. Who does the work is an engine (engine.ts); what
 * happens to one chunk is in chunk-line.ts.
 */
import { PithError } from "../core/errors.ts";
import { CHUNK_BYTES, CHUNKS_IN_FLIGHT } from "../core/limits.ts";
import { choose, type Plan } from "./choose.ts";
import { type ChunkLine, type CodedPiece, openChunkLine } from "./chunk-line.ts";
import type { CodedChunk, CoderEvent, EncodeOptions } from "./coder.ts";
import { type ChunkMemory, type Cut, Cutter } from "./cut.ts";
import type { Engine } from "./engine.ts";
import type { Gate } from "./gate.ts";
import type { Registry } from "./registry.ts";

/** What all objects of a coder have in common. */
export interface PipelineParts {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly gate: Gate;
  readonly memory: ChunkMemory;
  /** Bounds the chunks of all objects together. */
  readonly budget: ChunkBudget;
  readonly onEvent: (event: CoderEvent) => void;
}

/**
 * Chunks under way over all objects. Each object may always have one, so that none waits for
 * another; further ones only while there is room.
 */
export class ChunkBudget {
  readonly #maximum: number;
  #taken = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Takes a place; `isFirst` says that the object has none yet. */
  take(isFirst: boolean): boolean {
    if (!isFirst && this.#taken >= this.#maximum) return false;
    this.#taken += 1;
    return true;
  }

  giveBack(): void {
    this.#taken -= 1;
  }
}

/** A chunk on its way. */
interface Underway {
  readonly cut: Cut;
  readonly pieces: Promise<readonly CodedPiece[]>;
}

/** See `Coder.encode` (coder.ts), which this is. */
export async function* encodeObject(
  shared: PipelineParts,
  source: AsyncIterable<Uint8Array>,
  options: EncodeOptions,
): AsyncGenerator<CodedChunk, void, undefined> {
  const parts = telling(shared, options);
  const { memory, budget } = parts;
  const end = new AbortController();
  const cutter = new Cutter(source, memory);
  const queue: Underway[] = [];
  let line: ChunkLine | undefined;
  let taken = 0;
  try {
    const plan = await abortable(options.signal, planFor(parts, cutter, options));
    line = openChunkLine(parts, plan, options, end.signal);
    const { chunkBytes } = plan.claim;
    let cutting: Promise<Cut | undefined> | undefined;
    let exhausted = false;
    let index = 0;
    for (;;) {
      const mayCut = cutting === undefined && !exhausted && queue.length < CHUNKS_IN_FLIGHT;
      if (mayCut && budget.take(queue.length === 0)) {
        taken += 1;
        cutting = heard(cutter.next(chunkBytes));
      }
      const head = queue[0];
      if (cutting === undefined && head === undefined) return;

      const first = Promise.race([
        ...(cutting === undefined ? [] : [cutting.then((cut) => ({ cut }))]),
        ...(head === undefined ? [] : [head.pieces.then((pieces) => ({ pieces, head }))]),
      ]);
      const next = await abortable(options.signal, first);
      if ("cut" in next) {
        cutting = undefined;
        exhausted = next.cut === undefined;
        if (next.cut !== undefined) {
          queue.push({ cut: next.cut, pieces: heard(line.code(next.cut)) });
          continue;
        }
      } else {
        for (const piece of next.pieces) {
          for (const chunk of await abortable(options.signal, line.settle(piece))) {
            yield { ...chunk, index: index++ };
          }
        }
        queue.shift();
        if (next.head.cut.buffer !== undefined) memory.giveBack(next.head.cut.buffer);
      }
      budget.giveBack();
      taken -= 1;
    }
  } finally {
    end.abort();
    for (; taken > 0; taken--) budget.giveBack();
    line?.close();
    await cutter.close();
  }
}

/** The same parts, whose events the object's own caller hears too. */
function telling(parts: PipelineParts, { passedOn }: EncodeOptions): PipelineParts {
  if (passedOn === undefined) return parts;
  const onEvent = (event: CoderEvent): void => {
    parts.onEvent(event);
    if (event.outcome !== "coded") passedOn(event);
  };
  return { ...parts, onEvent };
}

/** Looks at the object's beginning and chooses; drops a `whole` claim that does not hold. */
async function planFor(
  parts: PipelineParts,
  cutter: Cutter,
  options: EncodeOptions,
): Promise<Plan> {
  const { registry, gate, onEvent } = parts;
  const wish = { effort: options.effort, only: options.codec };
  const failed = (codec: { name: string }, error: unknown): void => {
    const { code, message } = PithError.from(error, "AssertionFailure");
    onEvent({ codec: codec.name, outcome: "failed", code, why: `sniffing: ${message}` });
  };
  const passedOver = new Set<string>();
  const isOff = (name: string): boolean => passedOver.has(name) || gate.disabled().has(name);
  for (;;) {
    // A longer look may move what a shorter one saw.
    const { first, ended } = await cutter.look(CHUNK_BYTES);
    const plan = choose(registry, first, ended, wish, isOff, failed);
    const [leader] = plan.specialists;
    if (!plan.claim.whole || leader === undefined) return plan;
    const { chunkBytes } = plan.claim;
    const { ended: fits } = await cutter.look(chunkBytes);
    if (fits) return plan;
    const { code, message } = new PithError("ChunkTooLarge", { chunkBytes });
    onEvent({ codec: leader.name, outcome: "refused", code, why: message });
    passedOver.add(leader.name);
  }
}

/** A promise whose failure is heard later, when its turn comes. */
function heard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** What `promise` gives, or "Aborted" as soon as `signal` says so. */
function abortable<Value>(
  signal: AbortSignal | undefined,
  promise: Promise<Value>,
): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new PithError("Aborted", {}, signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const settle = (): void => signal.removeEventListener("abort", abort);
    promise.finally(settle).then(resolve, reject);
  });
}
