/**
 * Path of a mash-up: the cheapest way through two tracks of commands.
 *
 *   state     a place and the track that arrived there: the least bits so far, the recent distances,
 *             where its run of literals began, and the state it came from
 *
 * States are visited in the order of places, each when all that lead to it are known. Two arrivals a
 * place are kept, not all: the one that costs a bit more with better distances may be lost, which
 * is why mash.ts compares the whole with both parents.
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
  readonly track: number;
  readonly command: number;
  readonly end: number;
}

export class MashPath {
  readonly #tracks: readonly [Track, Track];
  readonly #prices: IrPrices;
  readonly #places: Uint32Array;
  /** For each track, the command that makes the byte at each place. */
  readonly #commands: readonly [Uint32Array, Uint32Array];
  /** For each track, the number of the place where each command begins. */
  readonly #placeNumbers: readonly [Uint32Array, Uint32Array];
  readonly #bits: Float64Array;
  readonly #recent: Uint32Array;
  readonly #runStart: Uint32Array;
  readonly #from: Uint32Array;
  readonly #arriving = new RecentDistances();
  readonly #leaving = new RecentDistances();

  constructor(one: Track, other: Track, prices: IrPrices) {
    this.#tracks = [one, other];
    this.#prices = prices;
    this.#places = placesOf(one, other);
    this.#placeNumbers = [numbersOf(one, this.#places), numbersOf(other, this.#places)];
    this.#commands = [coveringOf(one, this.#places), coveringOf(other, this.#places)];
    const states = 2 * this.#places.length;
    this.#bits = new Float64Array(states).fill(Number.POSITIVE_INFINITY);
    this.#recent = new Uint32Array(4 * states);
    this.#runStart = new Uint32Array(states).fill(NOT_IN_RUN);
    this.#from = new Uint32Array(states);
  }

  /** The pieces of the cheapest way, in order. */
  find(): Piece[] {
    this.#bits[0] = 0;
    const last = this.#places.length - 1;
    for (let place = 0; place < last; place++) {
      for (let arrived = 0; arrived < 2; arrived++) {
        const state = 2 * place + arrived;
        if (this.#bits[state] === Number.POSITIVE_INFINITY) continue;
        this.#goOn(state, 0);
        this.#goOn(state, 1);
      }
    }
    return this.#piecesTo(
      this.#bits[2 * last]! <= this.#bits[2 * last + 1]! ? 2 * last : 2 * last + 1,
    );
  }

  /** Tries all ways from a state with what one track has there. */
  #goOn(state: number, track: 0 | 1): void {
    const place = state >> 1;
    const position = this.#places[place]!;
    const command = this.#commands[track][place]!;
    const { starts } = this.#tracks[track];
    const lastPlace = this.#placeNumbers[track][command + 1]!;
    const isWhole = starts[command] === position;
    if (this.#tracks[track].isWord(command)) {
      if (isWhole) this.#arriveByWord(state, track, lastPlace);
    } else if (this.#tracks[track].isCopy(command)) {
      this.#arriveByCopy(state, track, lastPlace, isWhole);
      const most = Math.min(lastPlace - 1, place + PLACES_AHEAD);
      for (let next = place + 1; next <= most; next++) {
        this.#arriveByCopy(state, track, next, false);
      }
    } else this.#arriveByLiterals(state, track, place + 1);
  }

  #arriveByWord(state: number, track: 0 | 1, next: number): void {
    const operand = this.#operand(state, track);
    const bits = this.#bits[state]! + this.#prices.dict((operand >>> 16) & 0xff, operand >>> 24);
    if (bits < this.#bits[2 * next + track]!) {
      this.#arrive(state, 2 * next + track, bits, NOT_IN_RUN, this.#listOf(state, this.#arriving));
    }
  }

  #arriveByCopy(state: number, track: 0 | 1, next: number, isWhole: boolean): void {
    const distance = this.#operand(state, track);
    const length = this.#places[next]! - this.#places[state >> 1]!;
    if (length < PART_BYTES_MINIMUM && !isWhole) return;
    const recent = this.#listOf(state, this.#arriving);
    const price = this.#prices.copy(length, distance, recent.find(distance));
    const bits = this.#bits[state]! + price;
    if (bits >= this.#bits[2 * next + track]!) return;
    const leaving = this.#leaving.become(recent);
    leaving.use(distance);
    this.#arrive(state, 2 * next + track, bits, NOT_IN_RUN, leaving);
  }

  /** Literals up to the next place; a run that was begun goes on, and costs what that adds. */
  #arriveByLiterals(state: number, track: 0 | 1, next: number): void {
    const position = this.#places[state >> 1]!;
    const end = this.#places[next]!;
    const start = this.#runStart[state]! === NOT_IN_RUN ? position : this.#runStart[state]!;
    const added =
      this.#prices.insert(start, end - start) -
      (start === position ? 0 : this.#prices.insert(start, position - start));
    const bits = this.#bits[state]! + added;
    if (bits >= this.#bits[2 * next + track]!) return;
    this.#arrive(state, 2 * next + track, bits, start, this.#listOf(state, this.#arriving));
  }

  #arrive(from: number, to: number, bits: number, runStart: number, recent: RecentDistances): void {
    this.#bits[to] = bits;
    this.#from[to] = from;
    this.#runStart[to] = runStart;
    for (let i = 0; i < 4; i++) this.#recent[4 * to + i] = recent.at(i);
  }

  #operand(state: number, track: 0 | 1): number {
    return this.#tracks[track].operands[this.#commands[track][state >> 1]!]!;
  }

  #listOf(state: number, list: RecentDistances): RecentDistances {
    list.first = this.#recent[4 * state]!;
    list.second = this.#recent[4 * state + 1]!;
    list.third = this.#recent[4 * state + 2]!;
    list.fourth = this.#recent[4 * state + 3]!;
    return list;
  }

  #piecesTo(final: number): Piece[] {
    const pieces: Piece[] = [];
    for (let state = final; state > 1; state = this.#from[state]!) {
      const track = state & 1;
      const place = this.#from[state]! >> 1;
      const command = this.#commands[track as 0 | 1][place]!;
      pieces.push({ track, command, end: this.#places[state >> 1]! });
    }
    return pieces.reverse();
  }
}

/** The number of the place where each command begins, and where the last one ends. */
function numbersOf(track: Track, places: Uint32Array): Uint32Array {
  const numbers = new Uint32Array(track.count + 1);
  let place = 0;
  for (let command = 0; command <= track.count; command++) {
    while (places[place]! < track.starts[command]!) place++;
    numbers[command] = place;
  }
  return numbers;
}

/** The command that makes the byte at each place. */
function coveringOf(track: Track, places: Uint32Array): Uint32Array {
  const commands = new Uint32Array(places.length);
  let command = 0;
  for (let place = 0; place < places.length; place++) {
    while (command + 1 < track.count && track.starts[command + 1]! <= places[place]!) command++;
    commands[place] = command;
  }
  return commands;
}
