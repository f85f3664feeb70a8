/**
 * The coder of servers and commands: all work on chunks on worker threads.
 *
 *   this thread    cuts, hashes plain bytes, decides (pipeline.ts)
 *   thread A       codes a chunk: plain bytes in shared memory, the frame moves back
 *   thread B       another kernel instance: decodes the frame, compares, moves it back
 *
 * A thread that hangs, traps, dies or eats its heap costs its job and the sessions on it; the
 * chunk's plain bytes are still here, and the next codec takes them.
 */
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { CHUNKS_IN_FLIGHT, JOBS_WAITING_MAXIMUM } from "../core/limits.ts";
import { Pool } from "../core/pool.ts";
import { moduleBeside } from "../core/thread.ts";
import type { CodeReply, PlainChunk } from "./code-chunk.ts";
import type { Coder, CoderEvent } from "./coder.ts";
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
  /** JavaScript heap of a thread in MiB. */
  readonly heapMib: number;
}

/** A coder on worker threads. They start when they are first needed. */
export function createPoolCoder(options: PoolCoderOptions): Coder {
  const { registry, gate, threads, codecModules, onEvent, timeoutMs, heapMib } = options;
  const setup: WorkerSetup = { codecModules };
  const pool = new Pool<CodingJobs>({
    module: moduleBeside("worker", import.meta.url),
    name: "pith coder",
    // Coding and proof need two threads even where one works at a time.
    threads: Math.max(2, threads),
    busyMaximum: threads,
    timeoutMs,
    heapMib,
    waitingMaximum: JOBS_WAITING_MAXIMUM,
    setup,
  });
  const parts: PipelineParts = {
    engine: new PoolEngine(pool),
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
    stats: () => pool.stats,
    close: () => pool.close(),
  };
}

class PoolEngine implements Engine {
  readonly #pool: Pool<CodingJobs>;
  #nextSession = 1;

  constructor(pool: Pool<CodingJobs>) {
    this.#pool = pool;
  }

  async code(
    codec: string,
    effort: Effort,
    chunk: PlainChunk,
    signal: AbortSignal,
  ): Promise<Placed<CodeReply>> {
    const { value, thread } = await this.#pool.run("code", { codec, effort, chunk }, { signal });
    return { value, place: thread };
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
