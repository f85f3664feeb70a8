/**
 * The figures of a store, read from what the service answers at `/-/stats`.
 */
import { PithError } from "../core/errors.ts";
import type { CodecFigures, CodecOutcomeFigures, StoreFigures } from "./access.ts";

/** @throws PithError "ServiceFailed" when the answer is of another shape */
export function readFigures(answer: unknown): StoreFigures {
  const raw = record(answer);
  const codecs = raw["codecs"];
  const outcomes = raw["codecOutcomes"];
  const gate = raw["gate"] === undefined ? {} : record(raw["gate"]);
  const faults = raw["faults"] === undefined ? {} : record(raw["faults"]);
  return {
    buckets: count(raw, "buckets"),
    objects: count(raw, "objects"),
    plainBytes: count(raw, "plainBytes"),
    storedBytes: count(raw, "storedBytes"),
    awaiting: count(raw, "awaiting"),
    codecs: Array.isArray(codecs) ? codecs.map(readCodec) : [],
    disabledCodecs: Array.isArray(gate["disabled"]) ? gate["disabled"].map(String) : [],
    outcomes: Array.isArray(outcomes) ? outcomes.map(readOutcome) : [],
    faults: Object.fromEntries(Object.keys(faults).map((code) => [code, count(faults, code)])),
    raw,
  };
}

function readCodec(answer: unknown): CodecFigures {
  const codec = record(answer);
  return {
    name: String(codec["name"]),
    ...filterOf(codec),
    chunks: count(codec, "chunks"),
    plainBytes: count(codec, "plainBytes"),
    storedBytes: count(codec, "storedBytes"),
  };
}

function readOutcome(answer: unknown): CodecOutcomeFigures {
  const line = record(answer);
  return {
    codec: String(line["codec"]),
    outcome: String(line["outcome"]),
    code: String(line["code"]),
    ...filterOf(line),
    chunks: count(line, "chunks"),
  };
}

function filterOf(fields: Readonly<Record<string, unknown>>): { readonly filter?: string } {
  return fields["filter"] === undefined ? {} : { filter: String(fields["filter"]) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new PithError("ServiceFailed", { why: "its stats are of another shape" });
}

function count(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name];
  if (typeof value === "number") return value;
  throw new PithError("ServiceFailed", { why: `its stats have no ${name}` });
}
