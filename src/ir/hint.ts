/**
 * Hint: what a `prediction` line may say, and how its sections are named.
 *
 * The meaning of the sections is in docs/formats/ir.md; here are the bounds of their lists. A hint
 * changes how commands are coded, never which bytes they make.
 */
import { CONTEXT_MODES, type ContextMode, type PredictionHint } from "./command.ts";

/** The lists of bytes: verb, how many values at most, and how large each may be. */
export const MAP_SECTIONS = {
  literalContextMap: { verb: "lcontextmap", maximumCount: 16_384, maximum: 255 },
  distanceContextMap: { verb: "dcontextmap", maximumCount: 1_024, maximum: 255 },
  mixingValues: { verb: "mixingvalues", maximumCount: 8_192, maximum: 8 },
} as const;
export type MapSection = keyof typeof MAP_SECTIONS;

/** The pairs of speeds, low nibble and high nibble, each at most SPEED_MAXIMUM. */
export const SPEED_SECTIONS = {
  contextMapIncrement: "cmspeedinc",
  contextMapLimit: "cmspeedmax",
  strideIncrement: "stspeedinc",
  strideLimit: "stspeedmax",
  mixingIncrement: "mxspeedinc",
  mixingLimit: "mxspeedmax",
} as const;
export type SpeedSection = keyof typeof SPEED_SECTIONS;
export const SPEED_MAXIMUM = 16_384;

const NO_VALUES = new Uint8Array(0);

/** A hint with nothing but a mode. */
export function plainHint(mode: ContextMode): PredictionHint {
  return {
    mode,
    literalContextMap: NO_VALUES,
    distanceContextMap: NO_VALUES,
    mixingValues: NO_VALUES,
    speeds: {
      contextMapIncrement: [],
      contextMapLimit: [],
      strideIncrement: [],
      strideLimit: [],
      mixingIncrement: [],
      mixingLimit: [],
    },
  };
}

/** What a hint breaks; empty when it is as it must be. */
export function checkHint(hint: PredictionHint): string {
  if (!CONTEXT_MODES.includes(hint.mode)) return "no such context mode";
  for (const [name, { verb, maximumCount, maximum }] of Object.entries(MAP_SECTIONS)) {
    const values = hint[name as MapSection];
    if (values.length > maximumCount) return `more than ${maximumCount} values of ${verb}`;
    if (exceeds(values, maximum)) return `a value of ${verb} beyond ${maximum}`;
  }
  for (const [name, verb] of Object.entries(SPEED_SECTIONS)) {
    const pair = hint.speeds[name as SpeedSection];
    if (pair.length !== 0 && pair.length !== 2) return `${verb} without two numbers`;
    if (pair.some((speed) => !Number.isInteger(speed) || speed < 0 || speed > SPEED_MAXIMUM)) {
      return `a number of ${verb} beyond ${SPEED_MAXIMUM}`;
    }
  }
  return "";
}

/** Whether any value is beyond a maximum. A loop of its own: a hint has 25,000 values, and `some` takes
 * several times as long. */
function exceeds(values: Uint8Array, maximum: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! > maximum) return true;
  return false;
}
