/**
 * Metrics: what Prometheus reads at `/-/metrics`.
 *
 * Counters are moved as things happen; gauges of the store are read when somebody asks. Labels
 * are operations, statuses, codecs, filters and fault codes: closed lists, never a bucket or a key. The
 * registry belongs to one service, so that several can live in one process.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Coder, CoderEvent } from "../container/index.ts";
import { FAULTS, type FaultCode } from "../core/errors.ts";
import type { Store, Totals } from "../store/index.ts";
import type { Exchange, Outcome } from "./http/exchange.ts";
import { type CodecOutcome, openOutcomes } from "./outcomes.ts";

/** What the gauges show; read anew for each page. */
export interface Readings {
  readonly totals: Totals;
  /** Coding what is stored anew: under way, or the last; undefined when there was none. */
  readonly recoding: Awaited<ReturnType<Store["recoding"]>>;
  readonly nameStored: Coder["nameStored"];
  readonly disabledCodecs: readonly string[];
  readonly knownCodecs: readonly string[];
  readonly jobsRunning: number;
  readonly jobsWaiting: number;
  /** Worker threads that hung, trapped or died since the start. */
  readonly workersReplaced: number;
  readonly transfers: Readonly<Record<"puts" | "gets", { running: number; waiting: number }>>;
}

export interface Metrics {
  exchange(exchange: Exchange, outcome: Outcome): void;
  fault(code: FaultCode): void;
  /** What a codec made of a chunk: coded it, refused it, failed. A failure is a fault too. */
  codecEvent(event: CoderEvent): void;
  /** How often each codec has coded, refused and failed since the start, by reason. */
  codecOutcomes(): readonly CodecOutcome[];
  /** How often each fault has happened since the start, where it has. */
  faults(): Readonly<Record<string, number>>;
  /** The page in the text format of Prometheus, and its content type. */
  page(readings: Readings): Promise<{ readonly type: string; readonly text: string }>;
}

/** A millisecond for a small read, minutes for gigabytes. */
const SECONDS_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
];

type MakeGauge = <L extends string>(
  name: string,
  help: string,
  labelNames?: readonly L[],
) => Gauge<L>;

/** The gauges of a recoding; the result sets them. */
function recodeGauges(gauge: MakeGauge): (status: Readings["recoding"]) => void {
  const running = gauge("pith_recode_running", "1 while what is stored is coded anew.");
  const objects = gauge("pith_recode_objects", "Objects that the newest recoding looked at.");
  const chunks = gauge("pith_recode_chunks", "Chunks by what the newest recoding made of them.", [
    "outcome",
  ]);
  const failed = gauge("pith_recode_failed_objects", "Objects that could not be recoded.", [
    "code",
  ]);
  const bytes = gauge("pith_recode_bytes", "What recoded chunks took, and take now.", ["when"]);
  return (status) => {
    if (status === undefined) return;
    const { counts, state } = status;
    running.set(state === "running" ? 1 : 0);
    objects.set(counts.objects);
    for (const outcome of ["rewritten", "kept", "skipped"] as const) {
      chunks.set({ outcome }, counts[outcome]);
    }
    failed.reset();
    for (const [code, count] of Object.entries(counts.failed)) failed.set({ code }, count);
    bytes.set({ when: "before" }, counts.bytesBefore);
    bytes.set({ when: "after" }, counts.bytesAfter);
  };
}

/** @param build - version of this build, shown as a label */
export function openMetrics(build: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });

  const requests = counter("pith_requests_total", "Requests that are over.", [
    "operation",
    "status",
  ]);
  const duration = new Histogram({
    name: "pith_request_duration_seconds",
    help: "From the head of a request to the end of its answer.",
    labelNames: ["operation"],
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const received = counter("pith_received_bytes_total", "Bytes of request bodies.", ["operation"]);
  const sent = counter("pith_sent_bytes_total", "Bytes of answer bodies.", ["operation"]);
  const cut = counter("pith_answers_cut_total", "Answers without their end.", ["operation"]);
  const faults = counter("pith_faults_total", "Faults by code and kind.", ["code", "kind"]);
  const codecEvents = counter(
    "pith_codec_events_total",
    "Chunks by what a codec made of them, and why.",
    ["codec", "outcome", "code", "filter"],
  );
  const faultCounts: Record<string, number> = {};
  const outcomes = openOutcomes();

  const buildGauge = gauge("pith_build_info", "The running build.", ["version"]);
  buildGauge.set({ version: build }, 1);
  const started = gauge("process_start_time_seconds", "Start of the process, in Unix time.");
  started.set(Math.round(Date.now() / 1000 - process.uptime()));
  const cpu = counter("process_cpu_seconds_total", "CPU time of the process.", []);
  const memory = gauge("process_resident_memory_bytes", "Resident memory.");
  const buckets = gauge("pith_buckets", "Buckets.");
  const objects = gauge("pith_objects", "Objects.");
  const objectBytes = gauge("pith_object_bytes", "Lengths of all objects together.");
  const storedBytes = gauge(
    "pith_stored_bytes",
    "Lengths of all blobs together, garbage included.",
  );
  const savedBytes = gauge("pith_saved_bytes", "Object bytes less stored bytes.");
  const awaiting = gauge("pith_objects_awaiting", "Objects with chunks that wait to be coded.");
  const by = ["codec", "filter"] as const;
  const chunks = gauge("pith_chunks", "Chunks by the codec that holds them, and filter.", by);
  const chunkPlain = gauge("pith_chunk_plain_bytes", "Plain bytes of chunks by codec.", by);
  const chunkStored = gauge("pith_chunk_stored_bytes", "Stored bytes of chunks by codec.", by);
  const disabled = gauge("pith_codec_disabled", "1 when a codec is switched off for writes.", [
    "codec",
  ]);
  const jobs = gauge("pith_jobs", "Coding and proving jobs.", ["state"]);
  const transfers = gauge("pith_transfers", "Puts and gets that hold chunks, or wait to.", [
    "kind",
    "state",
  ]);
  const recoding = recodeGauges(gauge);
  const replaced = gauge("pith_workers_replaced", "Worker threads replaced since the start.");
  let cpuSeen = 0;

  function read(readings: Readings): void {
    const { totals } = readings;
    const usage = process.cpuUsage();
    const cpuNow = (usage.user + usage.system) / 1e6;
    cpu.inc(Math.max(0, cpuNow - cpuSeen));
    cpuSeen = Math.max(cpuNow, cpuSeen);
    memory.set(process.memoryUsage.rss());
    buckets.set(totals.buckets);
    objects.set(totals.objects);
    objectBytes.set(totals.objectBytes);
    storedBytes.set(totals.blobBytes);
    savedBytes.set(totals.objectBytes - totals.blobBytes);
    awaiting.set(totals.awaiting);
    for (const each of [chunks, chunkPlain, chunkStored, disabled]) each.reset();
    for (const sums of totals.codecs) {
      const { codec, filter } = readings.nameStored(sums);
      const label = filter === undefined ? { codec } : { codec, filter };
      chunks.inc(label, sums.chunks);
      chunkPlain.inc(label, sums.plainBytes);
      chunkStored.inc(label, sums.storedBytes);
    }
    for (const codec of readings.knownCodecs) {
      disabled.set({ codec }, readings.disabledCodecs.includes(codec) ? 1 : 0);
    }
    jobs.set({ state: "running" }, readings.jobsRunning);
    jobs.set({ state: "waiting" }, readings.jobsWaiting);
    recoding(readings.recoding);
    replaced.set(readings.workersReplaced);
    for (const kind of ["puts", "gets"] as const) {
      const { running, waiting } = readings.transfers[kind];
      transfers.set({ kind, state: "running" }, running);
      transfers.set({ kind, state: "waiting" }, waiting);
    }
  }

  function countFault(code: FaultCode): void {
    faults.inc({ code, kind: FAULTS[code].kind });
    faultCounts[code] = (faultCounts[code] ?? 0) + 1;
  }

  return {
    exchange({ operation }, outcome) {
      requests.inc({ operation, status: String(outcome.status) });
      duration.observe({ operation }, outcome.seconds);
      if (outcome.receivedBytes > 0) received.inc({ operation }, outcome.receivedBytes);
      if (outcome.sentBytes > 0) sent.inc({ operation }, outcome.sentBytes);
      if (!outcome.whole) cut.inc({ operation });
    },
    fault: countFault,
    codecEvent(event) {
      const { chunks: _, ...labels } = outcomes.count(event);
      codecEvents.inc(labels);
      if (event.outcome === "failed") countFault(event.code);
    },
    codecOutcomes: outcomes.table,
    faults: () => ({ ...faultCounts }),
    async page(readings) {
      read(readings);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
