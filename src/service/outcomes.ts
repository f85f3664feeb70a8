/**
 * Outcomes: what became of chunks at each codec since the start, and why.
 *
 *   codec    outcome   reason                   chunks
 *   lepton   coded     Success                  12,038
 *   lepton   refused   ProgressiveUnsupported       41
 *   lepton   failed    RoundTripFailure              1
 *
 * The table by which an operator sees what a codec is worth, and what to teach it next. A chunk that
 * is refused shows up again at the next codec. The same "RoundTripFailure" is everyday where a codec
 * has found out by itself, and an alarm where the proof has.
 */
import type { CoderEvent } from "../container/index.ts";
import type { FaultCode } from "../core/errors.ts";

export interface CodecOutcome {
  readonly codec: string;
  readonly outcome: CoderEvent["outcome"];
  /** Why, by fault; "Success" for what was coded. */
  readonly code: FaultCode | "Success";
  /** What came before the codec; not there where nothing did. */
  readonly filter?: string;
  readonly chunks: number;
}

export interface Outcomes {
  /** Counts an event; gives its line. */
  count(event: CoderEvent): CodecOutcome;
  /** All lines, by codec, outcome, reason and filter. */
  table(): readonly CodecOutcome[];
}

export function openOutcomes(): Outcomes {
  const lines = new Map<string, CodecOutcome>();
  return {
    count(event) {
      const { codec, outcome } = event;
      const code = event.outcome === "coded" ? "Success" : event.code;
      const filter = event.outcome === "coded" ? event.filter : undefined;
      const key = `${codec} ${outcome} ${code} ${filter ?? ""}`;
      const before = { codec, outcome, code, ...(filter === undefined ? {} : { filter }) } as const;
      const line = { ...before, chunks: (lines.get(key)?.chunks ?? 0) + 1 };
      lines.set(key, line);
      return line;
    },
    table: () =>
      [...lines].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, line]) => line),
  };
}
