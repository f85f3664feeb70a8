/**
 * `prediction` lines: a mode, then sections in any order.
 *
 *   prediction utf8 lcontextmap 0 0 1 2 dcontextmap 0 0 1 1 mixingvalues 4 4 stspeedinc 8 8
 *
 * A list ends at the first field that is not a number; what is no section ends the line's meaning,
 * and the rest is ignored as it is behind other commands.
 */
import { CONTEXT_MODES, type ContextMode, type PredictionHint } from "./command.ts";
import {
  MAP_SECTIONS,
  type MapSection,
  plainHint,
  SPEED_MAXIMUM,
  SPEED_SECTIONS,
  type SpeedSection,
} from "./hint.ts";
import type { TextLine } from "./text-line.ts";

const MAPS = new Map(Object.entries(MAP_SECTIONS).map(([name, { verb }]) => [verb, name]));
const SPEEDS = new Map(Object.entries(SPEED_SECTIONS).map(([name, verb]) => [verb, name]));

/** The hint of a line whose verb has been taken. A section that comes again replaces the first. */
export function parseHint(line: TextLine): PredictionHint {
  const mode = line.word("mode") as ContextMode;
  if (!CONTEXT_MODES.includes(mode)) throw line.wrong("no such context mode");
  const maps: { -readonly [Name in MapSection]?: Uint8Array } = {};
  const speeds: { -readonly [Name in SpeedSection]?: readonly number[] } = {};
  while (line.more) {
    const verb = line.word("section");
    const map = MAPS.get(verb as never) as MapSection | undefined;
    const speed = SPEEDS.get(verb as never) as SpeedSection | undefined;
    if (map !== undefined) maps[map] = parseValues(line, map);
    else if (speed !== undefined) {
      speeds[speed] = [line.number32(verb, SPEED_MAXIMUM), line.number32(verb, SPEED_MAXIMUM)];
    } else if (verb === "") throw line.wrong("two spaces");
    else break;
  }
  const plain = plainHint(mode);
  return { ...plain, ...maps, speeds: { ...plain.speeds, ...speeds } };
}

function parseValues(line: TextLine, map: MapSection): Uint8Array {
  const { verb, maximumCount, maximum } = MAP_SECTIONS[map];
  const values: number[] = []; // by what the line holds: an empty list may come a million times
  while (line.numberFollows) {
    const value = line.number32(verb, maximum);
    if (values.length === maximumCount) {
      throw line.wrong(`more than ${maximumCount} values of ${verb}`);
    }
    values.push(value);
  }
  return Uint8Array.from(values);
}
