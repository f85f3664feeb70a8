/**
 * Threads: one worker thread of the platform, the same face in Node and in a browser.
 *
 *   this thread   post(message) ->            <- message(reply)   |  died(fault), once
 *                            the thread's module (core/jobs.ts)
 *
 * In Node it is a thread of node:worker_threads, in a page a module worker. The Node module is
 * asked for at run time, so that this file also loads in a browser. Who gets which work is left
 * to core/pool.ts.
 */
import { PithError } from "./errors.ts";
import { WORKER_YOUNG_HEAP_MIB } from "./limits.ts";

export interface ThreadOptions {
  /** The module that the thread runs; it calls `serveJobs` of core/jobs.ts. */
  readonly module: URL;
  /** For people who look at a profile or a list of threads. */
  readonly name: string;
  /** JavaScript heap in MiB beyond which Node ends the thread; buffers and wasm memory are not
   * counted, and a browser has no such cap. */
  readonly heapMib: number;
}

export interface ThreadEvents {
  message(message: unknown): void;
  /** The thread is gone without having been asked; called at most once. */
  died(fault: PithError): void;
}

export interface Thread {
  /** Sends a message; the buffers in `transfer` move and are empty here afterwards. */
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Says whether the process must stay alive for this thread. */
  hold(holds: boolean): void;
  /** Ends the thread at once, also out of an endless loop. */
  stop(): Promise<void>;
}

/**
 * The address of another module of the same folder and build: `.ts` beside a source, `.js` beside
 * a built file.
 *
 * @param name - the file's name without its extension
 * @param importMetaUrl - `import.meta.url` of the caller
 */
export function moduleBeside(name: string, importMetaUrl: string): URL {
  const path = new URL(importMetaUrl).pathname;
  return new URL(`./${name}${path.slice(path.lastIndexOf("."))}`, importMetaUrl);
}

/**
 * How many threads the machine runs at once, at least 1: the default size of a pool.
 */
export function coresOfMachine(): number {
  const os = builtIn("node:os") as { availableParallelism(): number } | undefined;
  if (os !== undefined) return Math.max(1, os.availableParallelism());
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1);
}

/** Starts a thread; about 25 ms until it answers. It does not keep the process alive by itself. */
export function startThread(options: ThreadOptions, events: ThreadEvents): Thread {
  const threads = builtIn("node:worker_threads") as typeof import("node:worker_threads");
  return threads === undefined
    ? startBrowserThread(options, events)
    : startNodeThread(threads, options, events);
}

/** A module of Node, or undefined in a browser. */
export function builtIn(name: string): unknown {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): unknown };
  };
  return process?.getBuiltinModule?.(name);
}

function startNodeThread(
  threads: typeof import("node:worker_threads"),
  options: ThreadOptions,
  events: ThreadEvents,
): Thread {
  const worker = new threads.Worker(options.module, {
    name: options.name,
    resourceLimits: {
      maxOldGenerationSizeMb: options.heapMib,
      maxYoungGenerationSizeMb: WORKER_YOUNG_HEAP_MIB,
    },
    // Options of the test runner or of a debugger are not meant for a thread.
    execArgv: [],
  });
  const died = once(events.died);
  worker.unref();
  worker.on("message", (message) => events.message(message));
  worker.on("messageerror", (error) => died(PithError.from(error, "WorkerDied")));
  worker.on("error", (error: Error & { code?: string }) => {
    const code = error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "OutOfMemory" : "WorkerDied";
    died(PithError.from(error, code, { thread: options.name }));
  });
  worker.on("exit", (exitCode) => {
    died(new PithError("WorkerDied", { thread: options.name, exitCode }));
  });
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    hold: (holds) => (holds ? worker.ref() : worker.unref()),
    stop: async () => {
      died.spent = true;
      await worker.terminate();
    },
  };
}

function startBrowserThread(options: ThreadOptions, events: ThreadEvents): Thread {
  const worker = new Worker(options.module, { type: "module", name: options.name });
  const died = once(events.died);
  worker.onmessage = (event) => events.message(event.data);
  worker.onmessageerror = () => died(new PithError("WorkerDied", { thread: options.name }));
  worker.onerror = (event) => {
    event.preventDefault();
    died(new PithError("WorkerDied", { thread: options.name, why: event.message }));
  };
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    hold: () => undefined,
    stop: async () => {
      died.spent = true;
      worker.terminate();
    },
  };
}

/** `tell` that is heard once; setting `spent` silences it. */
function once(tell: (fault: PithError) => void): { (fault: PithError): void; spent: boolean } {
  const told = (fault: PithError): void => {
    if (told.spent) return;
    told.spent = true;
    tell(fault);
  };
  told.spent = false;
  return told;
}
