/**
 * Machine: the store, its coder and the codec switch, opened together and closed together.
 *
 *   gate (a file in the data folder) -> coder (worker threads) -> store
 *
 * The switch lies beside the data, so that it can be thrown with an editor when the service does not
 * answer. Before the store does any work it asks whether this build can decode all it holds.
 */
import { join } from "node:path";
import { type Coder, type CoderEvent, createCoder } from "../container/index.ts";
import { assertThat, type PithError } from "../core/errors.ts";
import { buildVersion } from "../core/version.ts";
import { openStore, type Store } from "../store/index.ts";
import type { ServiceConfig } from "./config.ts";

/** Name of the switch's file in the data folder: one codec's name a line switches it off. */
export const GATE_FILE = "codecs-off";

export interface Machine {
  readonly store: Store;
  /** The codec switch. */
  readonly gate: Coder["gate"];
  /** Codec and filter of stored frames, in words. */
  readonly nameStored: Coder["nameStored"];
  /** Threads, and jobs on them. */
  workers(): ReturnType<Coder["stats"]>;
  /** Resolves when a worker has decoded something. @throws what keeps it from that */
  probeWorkers(): Promise<unknown>;
  close(): Promise<void>;
}

export interface MachineEvents {
  /** What a codec made of a chunk. */
  codecEvent(event: CoderEvent): void;
  gateChange(disabled: readonly string[], problems: readonly string[]): void;
  /** Damage, or a failure that nobody else hears of. */
  alarm(error: PithError): void;
}

/**
 * Opens the data folder and starts what works on it.
 *
 * @throws PithError of openStore; nothing is left running then
 */
export async function openMachine(config: ServiceConfig, events: MachineEvents): Promise<Machine> {
  const coder = await createCoder({
    gateFile: join(config.data, GATE_FILE),
    threads: config.threads,
    onEvent: (event) => events.codecEvent(event),
  });
  const { gate } = coder;
  const switched = (): void => events.gateChange([...gate.disabled()].sort(), gate.problems());
  const unheard = gate.onChange(switched);
  if (gate.disabled().size > 0 || gate.problems().length > 0) switched();
  let store: Store;
  try {
    store = await openStore({
      folder: config.data,
      coder,
      mode: config.mode,
      effort: config.effort,
      writer: `pith ${buildVersion()}`,
      chores: true,
      onAlarm: (error) => events.alarm(error),
    });
  } catch (error) {
    unheard();
    await coder.close();
    throw error;
  }
  return {
    store,
    gate,
    nameStored: coder.nameStored,
    workers: () => coder.stats(),
    probeWorkers: probeOf(coder),
    async close() {
      await store.close();
      unheard();
      await coder.close();
    },
  };
}

/** A tiny object through the whole coder once, and its frame through a worker each time. */
function probeOf(coder: Coder): () => Promise<unknown> {
  let frame: Uint8Array | undefined;
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("health");
  }
  return async () => {
    if (frame === undefined) {
      for await (const coded of coder.encode(source(), { effort: "flat", codec: "stored" }))
        frame = coded.frame;
    }
    assertThat(frame !== undefined, "the coder gives a frame");
    return await coder.decode(frame);
  };
}
