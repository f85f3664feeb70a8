/**
 * Server: the service put together, started and stopped.
 *
 *   config -> log, metrics -> machine (store, coder, gate) -> listener
 *
 * Stopping goes the other way: no new connections, requests under way finish (SHUTDOWN_MS at most),
 * the store ends its chores and closes, the workers end. Everything belongs to one `Service`; a process may hold several.
 */
import type { AddressInfo } from "node:net";
import type { DestinationStream } from "pino";
import type { PithError } from "../core/errors.ts";
import {
  SHUTDOWN_MS,
  TRANSFER_BYTES_MAXIMUM,
  TRANSFER_SMALL_BYTES_MAXIMUM,
  TRANSFER_SMALL_ROOM_BYTES,
  TRANSFER_WAIT_MS,
  TRANSFERS_WAITING_MAXIMUM,
} from "../core/limits.ts";
import { buildVersion } from "../core/version.ts";
import {
  type Environment,
  resolveConfig,
  type ServiceConfig,
  type ServiceFlags,
} from "./config.ts";
import { serveRequest } from "./door.ts";
import { greeting } from "./greeting.ts";
import { healthOf, probeDisk } from "./health.ts";
import type { AdminContext } from "./http/admin.ts";
import type { Exchange } from "./http/exchange.ts";
import { LISTENER_BOUNDS, type ListenerBounds, listen } from "./http/listener.ts";
import { twoRoomLimiter } from "./limiter.ts";
import { type Logger, logCodecEvent, logExchange, logFault, openLog } from "./log.ts";
import { type Machine, openMachine } from "./machine.ts";
import { type Metrics, openMetrics } from "./metrics.ts";
import { recodeCalls } from "./recode.ts";
import type { Transfers } from "./s3/context.ts";
import { faultDocument } from "./s3/door.ts";
import { type ServiceStats, storeStats } from "./stats.ts";

/** A running service. */
export interface Service {
  /** For example `http://127.0.0.1:7484`. */
  readonly url: string;
  readonly address: AddressInfo;
  readonly config: ServiceConfig;
  /** For people: the address and three commands to try. */
  readonly greeting: string;
  /** Finishes what runs, closes the store, and lets go of everything. Harmless when repeated. */
  close(): Promise<void>;
}

/** What a service takes from its process; tests bring their own. */
export interface Surroundings {
  readonly environment: Environment;
  /** Where log lines go; stderr unless given. */
  readonly log?: DestinationStream;
  readonly bounds?: ListenerBounds;
}

/**
 * Starts the service.
 *
 * @param flags - what the command line says; the rest comes from the config file, the
 *   environment and the defaults (config.ts)
 * @throws PithError "BadConfig", "CannotListen", "StoreLocked", "VersionGate", "DatabaseDamaged" and
 *   what else keeps it from starting; nothing is left behind then
 */
export async function startService(
  flags: ServiceFlags = {},
  surroundings: Surroundings = { environment: process.env },
): Promise<Service> {
  const config = resolveConfig(flags, surroundings.environment);
  const log = openLog(config.logLevel, surroundings.log);
  const shared = {
    config,
    log,
    metrics: openMetrics(buildVersion()),
    surroundings,
    told: new WeakSet<PithError>(),
  };
  const machine = await openMachine(config, {
    codecEvent(event) {
      shared.metrics.codecEvent(event);
      logCodecEvent(log, event);
    },
    gateChange(disabled, problems) {
      log.warn({ disabled, problems }, "the codec switch changed");
    },
    alarm: (error) => tellFault(shared, error, {}),
  });
  try {
    return await serveMachine(machine, shared);
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** What the parts of one service share. */
interface Shared {
  readonly config: ServiceConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly surroundings: Surroundings;
  /** Faults that were told: the store raises an alarm for what a request then fails with. */
  readonly told: WeakSet<PithError>;
}

async function serveMachine(machine: Machine, shared: Shared): Promise<Service> {
  const { config, log, metrics, surroundings } = shared;
  const bounds = {
    whole: TRANSFER_BYTES_MAXIMUM,
    waiting: TRANSFERS_WAITING_MAXIMUM,
    waitMs: TRANSFER_WAIT_MS,
    smallShare: TRANSFER_SMALL_BYTES_MAXIMUM,
    smallWhole: TRANSFER_SMALL_ROOM_BYTES,
  };
  const transfers = { puts: twoRoomLimiter(bounds), gets: twoRoomLimiter(bounds) };
  const fault = (error: PithError, exchange: Exchange): void =>
    tellFault(shared, error, aboutOf(exchange));
  const door = {
    s3: { ...config, store: machine.store, transfers, alarm: fault },
    admin: adminContext(machine, transfers, shared),
    host: config.host,
    fault,
  };
  const listener = await listen(
    config.host,
    config.port,
    {
      handle: (exchange) => serveRequest(exchange, door),
      report(exchange, outcome) {
        metrics.exchange(exchange, outcome);
        logExchange(log, exchange, outcome);
      },
      fault: (error) => tellFault(shared, error, {}),
      describe: faultDocument,
    },
    surroundings.bounds ?? LISTENER_BOUNDS,
  );
  const { address } = listener;
  const url = urlOf(config.host, address.port);
  log.info({ url, pid: process.pid, build: buildVersion(), data: config.data }, "serving");

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    log.info("stopping");
    await listener.close(SHUTDOWN_MS);
    await machine.close();
    log.info("stopped");
  }
  return {
    url,
    address,
    config,
    greeting: greeting(url, config.data),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Counts and logs a fault once, wherever it came from. */
function tellFault({ log, metrics, told }: Shared, error: PithError, about: object): void {
  if (told.has(error)) return;
  told.add(error);
  metrics.fault(error.code);
  logFault(log, error, about);
}

function aboutOf({ id, operation, bucket, key }: Exchange): object {
  return {
    id,
    operation,
    ...(bucket === "" ? {} : { bucket }),
    ...(key === "" ? {} : { key }),
  };
}

function adminContext(
  machine: Machine,
  transfers: Transfers,
  { config, metrics }: Shared,
): AdminContext {
  const { store, gate } = machine;
  const startedMs = Date.now();
  const switches = () => ({
    disabledCodecs: [...gate.disabled()].sort(),
    problems: [...gate.problems()],
  });
  const health = healthOf(
    {
      metadata: () => store.totals(),
      disk: () => probeDisk(config.data),
      workers: () => machine.probeWorkers(),
    },
    switches,
  );
  return {
    health,
    async stats(): Promise<ServiceStats> {
      const { threads, busy, waiting, replaced } = machine.workers();
      const { disabledCodecs: disabled, problems } = switches();
      return {
        build: buildVersion(),
        node: process.version,
        pid: process.pid,
        startedAt: new Date(startedMs).toISOString(),
        uptimeSeconds: Math.round((Date.now() - startedMs) / 1000),
        data: config.data,
        mode: config.mode,
        effort: config.effort,
        ...storeStats(await store.totals(), machine.nameStored),
        codecOutcomes: metrics.codecOutcomes(),
        faults: metrics.faults(),
        gate: { disabled, problems },
        workers: { threads, busy, waiting, replaced },
      };
    },
    async metrics() {
      const { busy, waiting, replaced } = machine.workers();
      return metrics.page({
        totals: await store.totals(),
        recoding: await store.recoding(),
        nameStored: machine.nameStored,
        knownCodecs: gate.names,
        disabledCodecs: [...gate.disabled()],
        jobsRunning: busy,
        jobsWaiting: waiting,
        workersReplaced: replaced,
        transfers,
      });
    },
    disableCodec: (name) => gate.disable(name),
    enableCodec: (name) => gate.enable(name),
    collect: (signal) => store.collect({ signal }),
    backup: () => store.backup(),
    check: (deep, signal) => store.check({ deep, signal }),
    recode: recodeCalls(store),
  };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
