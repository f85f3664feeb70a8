/**
 * The coder of servers and commands: all work on chunks on worker threads.
 *
 *   this thread    cuts, hashes plain bytes, decides (pipeline.ts)
 *   thread A       codes a chunk: plain bytes in shared memory, the frame moves back
 *   thread B       another kernel instance: decodes the frame, compares, moves it back
 *
 * Coding that searches takes seconds a chunk. It has threads of its own, as many as there is memory
 * for, so that no read and no proof ever waits behind a search; the system shares the cores out. Only who
 * asks for a single thread has one at work, whatever it does.
 *
 * A thread that hangs, traps, dies or eats its heap costs its job and the sessions on it; the
 * chunk's plain bytes are still here, and the next codec takes them.
 */
import { totalmem } from "node:os";
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import {
  CHUNKS_IN_FLIGHT,
  JOBS_WAITING_MAXIMUM,
  SEARCH_BYTES_MAXIMUM,
  SEARCH_MEMORY_SHARE,
} from "../core/limits.ts";
import { Pool } from "../core/pool.ts";
import { moduleBeside } from "../core/thread.ts";
import type { CodeReply, CodeWish, PlainChunk } from "./code-chunk.ts";
import type { Coder, CoderEvent, CoderStats } from "./coder.ts";
import { SharedChunkMemory } from "./cut.ts";
import { decodeParts, lookForParts } from "./decode-parts.ts";
import type { Engine, EngineSession, Placed, ProvedFrame } from "./engine.ts";
import { checkFrame } from "./frame.ts";
import type { Gate } from "./gate.ts";
import { ChunkBudget, encodeObject, type PipelineParts } from "./pipeline.ts";
import type { Registry } from "./registry.ts";
import type { CodingJobs, WorkerSetup } from "./worker.ts";

export interface PoolCoderOptions {
  readonly registry: Registry;
  readonly gate: Gate;
  /** Threads that work at once, 1 or more. */
  readonly threads: number;
  /** Modules whose codecs the registry has beside the built-in ones, for the threads to load. */
  readonly codecModules: readonly string[];
  readonly onEvent: (event: CoderEvent) => void;
  /** Wall-clock milliseconds for a job. */
  readonly timeoutMs: number;
  /** The same for coding a chunk by a general codec, which may search for long. */
  readonly codeTimeoutMs: Readonly<Record<Effort, number>>;
  /** JavaScript heap of a thread in MiB. */
  readonly heapMib: number;
}

/** Efforts at which general codecs search. */
const SEARCHES: ReadonlySet<Effort> = new Set(["default", "dense"]);

/** What stands for the thread of a search where a proof asks for another one: it always gets one. */
const SEARCH_PLACE = 0;

/**
 * How many threads may search at once.
 *
 * @param memoryBytes - what the machine has, or the process may use of it
 */
export function searchThreads(threads: number, memoryBytes: number): number {
  const room = Math.floor((memoryBytes * SEARCH_MEMORY_SHARE) / SEARCH_BYTES_MAXIMUM);
  return Math.max(1, Math.min(threads, room));
}

/** A coder on worker threads. They start when they are first needed. */
export function createPoolCoder(options: PoolCoderOptions): Coder {
  const { registry, gate, threads, codecModules, onEvent } = options;
  const { timeoutMs, codeTimeoutMs, heapMib } = options;
  const setup: WorkerSetup = { codecModules };
  const shared = { module: moduleBeside("worker", import.meta.url), timeoutMs, heapMib, setup };
  const pool = new Pool<CodingJobs>({
    ...shared,
    name: "pith coder",
    // Coding and proof need two threads even where one works at a time.
    threads: Math.max(2, threads),
    busyMaximum: threads,
    waitingMaximum: JOBS_WAITING_MAXIMUM,
  });
  const searchers =
    threads === 1
      ? pool
      : new Pool<CodingJobs>({
          ...shared,
          name: "pith searcher",
          threads: searchThreads(threads, memoryOfProcess()),
          waitingMaximum: JOBS_WAITING_MAXIMUM,
        });
  const pools = [...new Set([pool, searchers])];
  const parts: PipelineParts = {
    engine: new PoolEngine(pool, searchers, codeTimeoutMs),
    registry,
    gate,
    memory: new SharedChunkMemory(),
    budget: new ChunkBudget(CHUNKS_IN_FLIGHT * Math.max(2, threads)),
    onEvent,
  };
  return {
    encode: (source, encodeOptions) => encodeObject(parts, source, encodeOptions),
    async decode(frame, expected) {
      const { busy, waiting } = pool.stats;
      const idle = threads - busy - waiting;
      const shared = idle > 1 ? lookForParts(registry, frame) : undefined;
      if (shared !== undefined) return await decodeParts(pool, shared, frame, expected, idle);
      const moving = new Uint8Array(frame);
      const job = { frame: moving, expected };
      return (await pool.run("decode", job, { transfer: [moving.buffer] })).value;
    },
    codecs: registry.codecs.map(({ id, name, version }) => ({ id, name, version })),
    gate,
    requireReadable: (stored) => registry.requireReadable(stored),
    nameStored: (stored) => registry.nameStored(stored),
    stats: () => pools.map(({ stats }) => stats).reduce(sumOf),
    async close() {
      await Promise.all(pools.map((each) => each.close()));
    },
  };
}

/** Memory that this process may use: the machine's, or less where it is confined. */
function memoryOfProcess(): number {
  const confined = process.constrainedMemory();
  return confined > 0 ? Math.min(confined, totalmem()) : totalmem();
}

function sumOf(one: CoderStats, other: CoderStats): CoderStats {
  return {
    threads: one.threads + other.threads,
    busy: one.busy + other.busy,
    waiting: one.waiting + other.waiting,
    replaced: one.replaced + other.replaced,
    done: one.done + other.done,
  };
}

class PoolEngine implements Engine {
  readonly #pool: Pool<CodingJobs>;
  readonly #searchers: Pool<CodingJobs>;
  readonly #codeTimeoutMs: Readonly<Record<Effort, number>>;
  #nextSession = 1;

  constructor(
    pool: Pool<CodingJobs>,
    searchers: Pool<CodingJobs>,
    codeTimeoutMs: Readonly<Record<Effort, number>>,
  ) {
    this.#pool = pool;
    this.#searchers = searchers;
    this.#codeTimeoutMs = codeTimeoutMs;
  }

  async code(
    codec: string,
    wish: CodeWish,
    chunk: PlainChunk,
    signal: AbortSignal,
  ): Promise<Placed<CodeReply>> {
    const options = { signal, timeoutMs: this.#codeTimeoutMs[wish.effort] };
    const pool = SEARCHES.has(wish.effort) ? this.#searchers : this.#pool;
    const { value, thread } = await pool.run("code", { codec, wish, chunk }, options);
    return { value, place: pool === this.#pool ? thread : SEARCH_PLACE };
  }

  async openSession(codec: string, effort: Effort, signal: AbortSignal): Promise<EngineSession> {
    const id = this.#nextSession++;
    const lane = this.#pool.lane();
    const close = async (): Promise<void> => {
      const shut = lane.lost ?? lane.run("shut", { id }, { admitted: true });
      lane.close();
      // A session that went down with its thread is closed.
      await shut;
    };
    try {
      await lane.run("open", { id, codec, effort }, { signal });
    } catch (error) {
      // The codec is blamed for not opening; there is nothing more to hear from it.
      await close().catch(() => undefined);
      throw error;
    }
    /** A session that went down with its thread is lost, but nothing its codec did. */
    const blameless = (error: unknown): never => {
      if (error !== lane.lost || this.#pool.isClosed) throw error;
      throw new PithError("CodecRefused", { why: "the session was lost with its thread" });
    };
    return {
      async encode(chunk) {
        const done = lane.run("encode", { id, chunk }, { signal }).catch(blameless);
        const { value, thread } = await done;
        return { value, place: thread };
      },
      async observe(chunk) {
        await lane.run("observe", { id, chunk }, { signal }).catch(blameless);
      },
      close,
    };
  }

  async prove(
    frame: Uint8Array<ArrayBuffer>,
    plainSha256: string,
    place: number,
    signal: AbortSignal,
  ): Promise<ProvedFrame> {
    const buffers = [frame.buffer];
    const options = { transfer: buffers, notOn: place, first: true, admitted: true, signal };
    const { value } = await this.#pool.run("prove", { frame, plainSha256 }, options);
    // What comes back must be what was proved, also if a kernel wrote where it should not.
    checkReturned(value.frame);
    return value;
  }
}

function checkReturned(frame: Uint8Array): void {
  try {
    checkFrame(frame);
  } catch (error) {
    const { message } = PithError.from(error, "FrameCorrupt");
    throw new PithError("RoundTripFailure", { why: `the proof changed the frame: ${message}` });
  }
}
