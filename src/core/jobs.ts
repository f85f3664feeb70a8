/**
 * Jobs: the side of a worker thread. A worker module is a table of jobs handed to `serveJobs`:
 *
 *   export type Jobs = typeof jobs;
 *   const jobs = { double: (bytes: Uint8Array) => transferring(twice(bytes), [...]) };
 *   serveJobs(jobs);
 *
 * and whoever runs them makes a `Pool<Jobs>` with that module's address (core/pool.ts).
 *
 * Messages, in order for each thread:
 *
 *   to the thread      { setup }                      once, before the first job
 *                      { id, job, payload }           one at a time
 *   from the thread    { id, value }                  the job's answer
 *                      { id, fault: PlainFault }      it threw: a PithError keeps its code, anything
 *                                                     else becomes AssertionFailure
 *                      { id, trap: string }           a kernel trapped: the thread must be replaced,
 *                                                     for the state of its instances is unknown
 */
import { PithError, type PlainFault } from "./errors.ts";
import { builtIn } from "./thread.ts";

/** A job takes one value that can be cloned and gives one back, now or later. */
export type JobTable = Readonly<Record<string, (payload: never) => unknown>>;

export type ToThread =
  | { readonly setup: unknown }
  | { readonly id: number; readonly job: string; readonly payload: unknown };

export type FromThread =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: PlainFault }
  | { readonly id: number; readonly trap: string };

const transfers = new WeakMap<object, readonly ArrayBuffer[]>();

/** Marks `value` so that these buffers move to the other thread with it instead of being copied. */
export function transferring<T extends object>(value: T, buffers: readonly ArrayBuffer[]): T {
  transfers.set(value, buffers);
  return value;
}

/**
 * Makes this thread answer jobs. Called once, by a worker module.
 *
 * @param jobs - the table; handlers run one at a time, since the pool sends the next job only
 *   after the answer to the one before
 * @param setup - takes what the pool was given as `setup` (a compiled kernel, addresses of
 *   further modules), before the first job; a failure ends the thread
 */
export function serveJobs<Jobs extends JobTable>(
  jobs: Jobs,
  setup: (setup: unknown) => void | Promise<void> = () => undefined,
): void {
  const port = portOfThread();
  let ready: Promise<void> | undefined;
  port.listen((message) => {
    if ("setup" in message) {
      // Its failure is told by the first job that waits for it.
      ready = Promise.resolve(message.setup).then(setup);
      ready.catch(() => undefined);
      return;
    }
    const { id } = message;
    Promise.resolve(ready)
      .then(() => jobNamed(jobs, message.job)(message.payload as never))
      .then((value) => port.post({ id, value }, buffersOf(value)))
      .catch((error: unknown) => port.post(failureOf(id, error), []));
  });
}

function jobNamed<Jobs extends JobTable>(jobs: Jobs, name: string): (payload: never) => unknown {
  const handler = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
  if (handler === undefined) {
    throw new PithError("AssertionFailure", { what: "the thread has no such job", job: name });
  }
  return handler;
}

function buffersOf(value: unknown): readonly ArrayBuffer[] {
  return typeof value === "object" && value !== null ? (transfers.get(value) ?? []) : [];
}

function failureOf(id: number, error: unknown): FromThread {
  if (error instanceof PithError) return { id, fault: cloneable(error) };
  if (error instanceof WebAssembly.RuntimeError) return { id, trap: error.message };
  // Engines have no type of their own for this; the texts are V8's and SpiderMonkey's.
  const why = error instanceof Error ? error.message : String(error);
  const starved = error instanceof RangeError && /alloc|memory/i.test(why);
  const code = starved ? "OutOfMemory" : "AssertionFailure";
  return { id, fault: { code, facts: { what: "a job threw", why } } };
}

/** Facts are for people: what cannot be cloned crosses as text. */
function cloneable(error: PithError): PlainFault {
  const facts: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(error.facts)) {
    const plain = fact === null || !["object", "function", "symbol"].includes(typeof fact);
    facts[name] = plain ? fact : String(fact);
  }
  return { code: error.code, facts };
}

interface Port {
  listen(listener: (message: ToThread) => void): void;
  post(message: FromThread, transfer: readonly ArrayBuffer[]): void;
}

function portOfThread(): Port {
  const node = builtIn("node:worker_threads") as typeof import("node:worker_threads") | undefined;
  if (node !== undefined) {
    const { parentPort } = node;
    if (parentPort === null) {
      throw new PithError("AssertionFailure", { what: "this module runs in a worker thread" });
    }
    return {
      listen: (listener) => void parentPort.on("message", listener),
      post: (message, transfer) => parentPort.postMessage(message, [...transfer]),
    };
  }
  const scope = globalThis as unknown as {
    onmessage: ((event: { data: ToThread }) => void) | null;
    postMessage(message: FromThread, transfer: ArrayBuffer[]): void;
  };
  return {
    listen: (listener) => {
      scope.onmessage = (event) => listener(event.data);
    },
    post: (message, transfer) => scope.postMessage(message, [...transfer]),
  };
}
