/**
 * Making a coder: its codecs, its kill switch, its threads or none.
 */
import type { Effort } from "../core/codec.ts";
import {
  DENSE_SEARCH_TIMEOUT_MS,
  JOB_TIMEOUT_MS,
  SEARCH_TIMEOUT_MS,
  WORKER_HEAP_MIB,
} from "../core/limits.ts";
import { coresOfMachine } from "../core/thread.ts";
import type { Coder, CoderEvent } from "./coder.ts";
import { FILTERS_SWITCH } from "./filtering.ts";
import { createGate, type Gate } from "./gate.ts";
import { createInlineCoder } from "./inline-coder.ts";
import { loadRegistry } from "./load-registry.ts";
import { createPoolCoder } from "./pool-coder.ts";

export interface CreateCoderOptions {
  /** Threads that work at once; default one a core. 0 works on the caller's thread, without
   * deadlines: a codec that hangs takes the caller along. */
  readonly threads?: number | undefined;
  /** File of the kill switch, see gate.ts; default a switch in memory. */
  readonly gateFile?: string | undefined;
  /** Modules that export `codecs`, an array of codecs (core/codec.ts), beside the built-in ones. */
  readonly codecModules?: readonly URL[] | undefined;
  /** Told what each codec makes of each chunk, as it happens; must not throw. */
  readonly onEvent?: ((event: CoderEvent) => void) | undefined;
  /** Wall-clock milliseconds for any job; default JOB_TIMEOUT_MS, and more for searches. */
  readonly timeoutMs?: number | undefined;
  /** JavaScript heap of a thread in MiB; default WORKER_HEAP_MIB. */
  readonly heapMib?: number | undefined;
}

/**
 * Makes a coder. Its threads start when they are first needed, and do not keep the process alive
 * while they are idle; `close` ends them and stops watching the kill switch.
 *
 * @throws PithError "BadConfig" when a codec module cannot be loaded
 *
 * @example
 * const coder = await createCoder({ gateFile: "codecs-off.txt" });
 * for await (const chunk of coder.encode(source, { effort: "default" })) keep(chunk.frame);
 * await coder.close();
 */
export async function createCoder(options: CreateCoderOptions = {}): Promise<Coder> {
  const { threads = coresOfMachine(), gateFile, onEvent = () => undefined } = options;
  const codecModules = (options.codecModules ?? []).map((module) => module.href);
  const registry = await loadRegistry(codecModules);
  const known = [...registry.codecs.map((codec) => codec.name), FILTERS_SWITCH];
  const gate = await createGate({ file: gateFile, known });
  const { timeoutMs = JOB_TIMEOUT_MS, heapMib = WORKER_HEAP_MIB } = options;
  const codeTimeoutMs = timeoutsOf(options.timeoutMs);
  const pooled = { threads, codecModules, timeoutMs, codeTimeoutMs, heapMib };
  const coder =
    threads === 0
      ? createInlineCoder({ registry, gate, onEvent })
      : createPoolCoder({ registry, gate, onEvent, ...pooled });
  return closingGate(coder, gate);
}

/** How long coding a chunk may take by effort, unless one time is given for all. */
function timeoutsOf(timeoutMs: number | undefined): Readonly<Record<Effort, number>> {
  return {
    flat: timeoutMs ?? JOB_TIMEOUT_MS,
    fast: timeoutMs ?? JOB_TIMEOUT_MS,
    default: timeoutMs ?? SEARCH_TIMEOUT_MS,
    dense: timeoutMs ?? DENSE_SEARCH_TIMEOUT_MS,
  };
}

function closingGate(coder: Coder, gate: Gate): Coder {
  const close = async (): Promise<void> => {
    gate.close();
    await coder.close();
  };
  return { ...coder, close };
}
