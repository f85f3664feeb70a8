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
import {
  CHUNKS_IN_FLIGHT,
  JOB_TIMEOUT_MS,
  JOBS_WAITING_MAXIMUM,
  WORKER_HEAP_MIB,
} from "../core/limits.ts";
import { Pool, type PoolStats } from "../core/pool.ts";
import { coresOfMachine, moduleBeside } from "../core/thread.ts";
import type { CodeReply, PlainChunk } from "./code-chunk.ts";
import type { CodedChunk, Coder, CoderEvent, EncodeOptions } from "./coder.ts";
import { SharedChunkMemory } from "./cut.ts";
import type { Engine, EngineSession, Placed, ProvedFrame } from "./engine.ts";
import { checkFrame } from "./frame.ts";
import { createGate, type Gate } from "./gate.ts";
import { loadRegistry } from "./load-registry.ts";
import { ChunkBudget, encodeObject, type PipelineParts } from "./pipeline.ts";
import type { Registry } from "./registry.ts";
import type { CodingJobs, WorkerSetup } from "./worker.ts";

export interface PoolCoderOptions {
  /** Threads that work at once; default one a core. One of them proves on a spare thread. */
  readonly threads?: number | undefined;
  /** Which codecs may write; default all. The coder does not close it. */
  readonly gate?: Gate | undefined;
  /** Modules that export `codecs`, loaded here and on every thread. */
  readonly codecModules?: readonly URL[];
  /** Told of refusals and failures of codecs as they happen; must not throw. */
  readonly onEvent?: (event: CoderEvent) => void;
  /** Wall-clock milliseconds for a job. */
  readonly timeoutMs?: number;
  /** JavaScript heap of a thread in MiB. */
  readonly heapMib?: number;
}

/** A coder on worker threads, and what a server wants to know of it. */
export interface PoolCoder extends Coder {
  readonly registry: Registry;
  readonly gate: Gate;
  stats(): PoolStats;
}

/**
 * Makes a coder with its own worker threads, which start when they are first needed and do not
 * keep the process alive while they are idle.
 *
 * @throws PithError "BadConfig" when a codec module cannot be loaded
 */
export async function createPoolCoder(options: PoolCoderOptions = {}): Promise<PoolCoder> {
  const codecModules = (options.codecModules ?? []).map((module) => module.href);
  const registry = await loadRegistry(codecModules);
  const known = registry.codecs.map((codec) => codec.name);
  const gate = options.gate ?? (await createGate({ known }));
  return new ThreadedCoder(registry, gate, { codecModules }, options);
}

class ThreadedCoder implements PoolCoder {
  readonly registry: Registry;
  readonly gate: Gate;
  readonly #pool: Pool<CodingJobs>;
  readonly #parts: PipelineParts;

  constructor(registry: Registry, gate: Gate, setup: WorkerSetup, options: PoolCoderOptions) {
    const threads = Math.max(1, options.threads ?? coresOfMachine());
    this.registry = registry;
    this.gate = gate;
    this.#pool = new Pool({
      module: moduleBeside("worker", import.meta.url),
      name: "pith coder",
      // Coding and proof need two threads even where one works at a time.
      threads: Math.max(2, threads),
      busyMaximum: threads,
      timeoutMs: options.timeoutMs ?? JOB_TIMEOUT_MS,
      heapMib: options.heapMib ?? WORKER_HEAP_MIB,
      waitingMaximum: JOBS_WAITING_MAXIMUM,
      setup,
    });
    this.#parts = {
      engine: new PoolEngine(this.#pool),
      registry,
      gate,
      memory: new SharedChunkMemory(),
      budget: new ChunkBudget(CHUNKS_IN_FLIGHT * Math.max(2, threads)),
      onEvent: options.onEvent ?? (() => undefined),
    };
  }

  encode(source: AsyncIterable<Uint8Array>, options: EncodeOptions): AsyncIterable<CodedChunk> {
    return encodeObject(this.#parts, source, options);
  }

  async decode(frame: Uint8Array, expected?: string): Promise<Uint8Array> {
    const moving = new Uint8Array(frame);
    const job = { frame: moving, expected };
    return (await this.#pool.run("decode", job, { transfer: [moving.buffer] })).value;
  }

  stats(): PoolStats {
    return this.#pool.stats;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
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
    const close = (): void => {
      // A lost thread has lost the session too; one that closes badly is its codec's affair, and
      // the pool replaces it if it traps.
      if (lane.lost === undefined) lane.run("shut", { id }).catch(() => undefined);
      lane.close();
    };
    try {
      await lane.run("open", { id, codec, effort }, { signal });
    } catch (error) {
      close();
      throw error;
    }
    return {
      async encode(chunk) {
        const { value, thread } = await lane.run("encode", { id, chunk }, { signal });
        return { value, place: thread };
      },
      async observe(chunk) {
        await lane.run("observe", { id, chunk }, { signal });
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
    const options = { transfer: [frame.buffer], notOn: place, first: true, signal };
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
