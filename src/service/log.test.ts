import assert from "node:assert/strict";
import { test } from "node:test";
import type { CoderEvent } from "../container/index.ts";
import { logCodecEvent, openLog } from "./log.ts";

type Line = Readonly<Record<string, unknown>>;

/** What the log says of events, but for the time and the prose. */
function linesOf(level: string, events: readonly CoderEvent[]): Line[] {
  const lines: Line[] = [];
  const log = openLog(level, { write: (line) => void lines.push(JSON.parse(line) as Line) });
  for (const event of events) logCodecEvent(log, event);
  return lines.map(({ level, codec, code, why, alarm }) => ({ level, codec, code, why, alarm }));
}

test("a codec that finds out by itself raises no alarm, one that is found out does", () => {
  const code = "RoundTripFailure" as const;
  const events: CoderEvent[] = [
    { codec: "lepton", outcome: "coded" },
    { codec: "lepton", outcome: "refused", code, why: "its own" },
    { codec: "lepton", outcome: "failed", code, why: "the proof's" },
    { codec: "lepton", outcome: "failed", code: "Timeout", why: "too slow" },
  ];
  const failed = { level: "error", codec: "lepton" };
  const alarms = [
    { ...failed, code, why: "the proof's", alarm: true },
    { ...failed, code: "Timeout", why: "too slow", alarm: false },
  ];
  assert.deepEqual(linesOf("info", events), alarms);
  const refused = { level: "debug", codec: "lepton", code, why: "its own", alarm: undefined };
  assert.deepEqual(linesOf("debug", events), [refused, ...alarms]);
});
