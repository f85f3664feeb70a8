/**
 * Path of a mash-up: the cheapest way through several tracks of commands over the same bytes.
 *
 *   places    where any track has a command begin; a way goes from place to place
 *   lane      a track among the places
 *   spans     |-- some 65,536 places --|-- as many --|-- the rest --|
 *
 * Spans end where all parents have a command begin. The way through one is decided before the next is
 * looked at, and goes on from there with its recent distances: memory is that of one span, and one
 * decision in tens of thousands is not the best. Spans are searched in mash-span.ts.
 */
import type { IrPrices } from "./command.ts";
import { type Entry, type Lane, MashSpan, type Way } from "./mash-span.ts";
import { RecentDistances } from "./optimize/recent.ts";
import { placesOf, type Track } from "./optimize/track.ts";

/** Places of a span: its arrivals take 9 MB. */
const SPAN_PLACES = 65_536;

/**
 * The cheapest way, span by span.
 *
 * @param tracks - over the same bytes, each with a command at least
 * @param spanPlaces - places of a span, at least
 */
export function* findPath(
  tracks: readonly Track[],
  prices: IrPrices,
  spanPlaces = SPAN_PLACES,
): Iterable<Way> {
  const places = placesOf(tracks);
  const lanes = tracks.map((track) => ({
    track,
    commands: commandsAt(track, places),
    placeNumbers: placeNumbersOf(track, places),
  }));
  let entry: Entry = { recent: new RecentDistances(), runStart: undefined };
  const last = places.length - 1;
  for (let first = 0; first < last; ) {
    const final = endOfSpan(lanes, places, first + spanPlaces);
    const span = new MashSpan(lanes, places, first, final, prices);
    const way = span.find(entry);
    yield way;
    entry = way.exit;
    first = final;
  }
}

/** The first place from `least` on where every lane can be left, or the last of all. */
function endOfSpan(lanes: readonly Lane[], places: Uint32Array, least: number): number {
  const last = places.length - 1;
  for (let place = least; place < last; place++) {
    const canEnd = lanes.every(({ track, commands }) => {
      const command = commands[place]!;
      return track.starts[command] === places[place] || track.isInsert(command);
    });
    if (canEnd) return place;
  }
  return last;
}

function placeNumbersOf(track: Track, places: Uint32Array): Uint32Array {
  const numbers = new Uint32Array(track.count + 1);
  let place = 0;
  for (let command = 0; command <= track.count; command++) {
    while (places[place]! < track.starts[command]!) place++;
    numbers[command] = place;
  }
  return numbers;
}

function commandsAt(track: Track, places: Uint32Array): Uint32Array {
  const commands = new Uint32Array(places.length);
  let command = 0;
  for (let place = 0; place < places.length; place++) {
    while (command + 1 < track.count && track.starts[command + 1]! <= places[place]!) command++;
    commands[place] = command;
  }
  return commands;
}
