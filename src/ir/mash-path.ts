/**
 * Path of a mash-up: the cheapest way through several tracks of commands.
 *
 *   state     a place and the track that arrived there: the least bits so far, the recent distances,
 *             where its run of literals began, and the state it came from
 *
 * States are visited in the order of places, each when all that lead to it are known. One arrival by
 * each track is kept, not all: one that costs a bit more with better distances may be lost, which is
 * why mash.ts compares the whole with both parents.
 */
import type { IrPrices } from "./command.ts";
import { RecentDistances } from "./optimize/recent.ts";
import { placesOf, type Track } from "./optimize/track.ts";

/** Of a copy's places before its end, as many are tried; the end always is. On a table, a text and a
 * program twice as many save nothing, half as many lose one byte, and one alone 0.01 to 0.04 %. */
const PLACES_AHEAD = 8;
/** A part of a copy that is shorter is not tried: a codec may have no short way to say it. */
const PART_BYTES_MINIMUM = 2;
const NOT_IN_RUN = 0xffff_ffff;

/** A piece of a command: which track's, which command, and where the piece ends. */
export interface Piece {
  readonly track: Track;
  readonly command: number;
  readonly end: number;
}

/** A track among the places. */
interface Lane {
  readonly number: number;
  readonly track: Track;
  /** The command that makes the byte at each place. */
  readonly commands: Uint32Array;
  /** The number of the place where each command begins, and where the last one ends. */
  readonly placeNumbers: Uint32Array;
}

export class MashPath {
  readonly #prices: IrPrices;
  readonly #places: Uint32Array;
  readonly #lanes: readonly Lane[];
  // Of each state: its number is that of the place times the number of lanes, plus that of the lane.
  readonly #bits: Float64Array;
  readonly #recent: Uint32Array;
  readonly #runStart: Uint32Array;
  readonly #from: Uint32Array;
  readonly #arriving = new RecentDistances();
  readonly #leaving = new RecentDistances();

  /** @param tracks - over the same bytes; none without commands */
  constructor(tracks: readonly Track[], prices: IrPrices) {
    this.#prices = prices;
    const places = placesOf(tracks);
    this.#places = places;
    this.#lanes = tracks.map((track, number) => ({
      number,
      track,
      commands: commandsAt(track, places),
      placeNumbers: placeNumbersOf(track, places),
    }));
    const states = tracks.length * places.length;
    this.#bits = new Float64Array(states).fill(Number.POSITIVE_INFINITY);
    this.#recent = new Uint32Array(4 * states);
    this.#runStart = new Uint32Array(states).fill(NOT_IN_RUN);
    this.#from = new Uint32Array(states);
  }

  /** The pieces of the cheapest way, in order. */
  find(): Piece[] {
    this.#bits[0] = 0;
    const last = this.#places.length - 1;
    const count = this.#lanes.length;
    for (let place = 0; place < last; place++) {
      for (let state = place * count; state < (place + 1) * count; state++) {
        if (this.#bits[state] === Number.POSITIVE_INFINITY) continue;
        for (const lane of this.#lanes) this.#goOn(state, place, lane);
      }
    }
    let best = last * count;
    for (let state = best; state < (last + 1) * count; state++) {
      if (this.#bits[state]! < this.#bits[best]!) best = state;
    }
    return this.#piecesTo(best);
  }

  /** Tries all ways from a state with what one lane has there. */
  #goOn(state: number, place: number, lane: Lane): void {
    const { track } = lane;
    const command = lane.commands[place]!;
    const lastPlace = lane.placeNumbers[command + 1]!;
    const isWhole = track.starts[command] === this.#places[place];
    if (track.isWord(command)) {
      if (isWhole) this.#goByWord(state, lane, track.operands[command]!, lastPlace);
    } else if (track.isCopy(command)) {
      const distance = track.operands[command]!;
      this.#goByCopy(state, lane, distance, place, lastPlace, isWhole);
      const most = Math.min(lastPlace - 1, place + PLACES_AHEAD);
      for (let next = place + 1; next <= most; next++) {
        this.#goByCopy(state, lane, distance, place, next, false);
      }
    } else this.#goByLiterals(state, lane, place);
  }

  #goByWord(state: number, lane: Lane, operand: number, next: number): void {
    const bits = this.#bits[state]! + this.#prices.dict((operand >>> 16) & 0xff, operand >>> 24);
    const target = this.#stateAt(next, lane);
    if (bits >= this.#bits[target]!) return;
    this.#arrive(state, target, bits, NOT_IN_RUN, this.#listOf(state));
  }

  #goByCopy(
    state: number,
    lane: Lane,
    distance: number,
    place: number,
    next: number,
    isWhole: boolean,
  ): void {
    const length = this.#places[next]! - this.#places[place]!;
    if (length < PART_BYTES_MINIMUM && !isWhole) return;
    const recent = this.#listOf(state);
    const price = this.#prices.copy(length, distance, recent.find(distance));
    const bits = this.#bits[state]! + price;
    const target = this.#stateAt(next, lane);
    if (bits >= this.#bits[target]!) return;
    const leaving = this.#leaving.become(recent);
    leaving.use(distance);
    this.#arrive(state, target, bits, NOT_IN_RUN, leaving);
  }

  /** Literals up to the next place; a run that was begun goes on, and costs what that adds. */
  #goByLiterals(state: number, lane: Lane, place: number): void {
    const position = this.#places[place]!;
    const end = this.#places[place + 1]!;
    const begun = this.#runStart[state]!;
    const start = begun === NOT_IN_RUN ? position : begun;
    const added =
      this.#prices.insert(start, end - start) -
      (start === position ? 0 : this.#prices.insert(start, position - start));
    const bits = this.#bits[state]! + added;
    const target = this.#stateAt(place + 1, lane);
    if (bits >= this.#bits[target]!) return;
    this.#arrive(state, target, bits, start, this.#listOf(state));
  }

  #arrive(
    from: number,
    target: number,
    bits: number,
    runStart: number,
    recent: RecentDistances,
  ): void {
    this.#bits[target] = bits;
    this.#from[target] = from;
    this.#runStart[target] = runStart;
    for (let i = 0; i < 4; i++) this.#recent[4 * target + i] = recent.at(i);
  }

  #stateAt(place: number, lane: Lane): number {
    return place * this.#lanes.length + lane.number;
  }

  /** The recent distances of a state, until the next one's are asked for. */
  #listOf(state: number): RecentDistances {
    const list = this.#arriving;
    list.first = this.#recent[4 * state]!;
    list.second = this.#recent[4 * state + 1]!;
    list.third = this.#recent[4 * state + 2]!;
    list.fourth = this.#recent[4 * state + 3]!;
    return list;
  }

  #piecesTo(final: number): Piece[] {
    const pieces: Piece[] = [];
    const count = this.#lanes.length;
    for (let state = final; state >= count; state = this.#from[state]!) {
      const { track, commands } = this.#lanes[state % count]!;
      const begin = Math.floor(this.#from[state]! / count);
      const end = this.#places[Math.floor(state / count)]!;
      pieces.push({ track, command: commands[begin]!, end });
    }
    return pieces.reverse();
  }
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
