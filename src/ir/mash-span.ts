/**
 * Span of a mash-up: the cheapest way from one place to another, through all lanes.
 *
 *   arrival   at a place: the least bits so far, the recent distances, where the run of literals began
 *             that it is in, and the arrival and the lane that it came by
 *
 * Places are visited in order, each when all that lead to it are known. A place keeps four arrivals,
 * sorted by their last distance alone: an arrival that costs a bit more, but leaves a distance that is
 * soon needed, is kept beside a cheaper one. Against one for each lane, four are 0.2 % cheaper on a
 * program and on a table and 0.04 % dearer on a text; eight are another 0.1 % cheaper.
 */
import type { IrPrices } from "./command.ts";
import { RecentDistances } from "./optimize/recent.ts";
import type { Track } from "./optimize/track.ts";

const ARRIVALS_BITS = 2;
const ARRIVALS = 1 << ARRIVALS_BITS;
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
export interface Lane {
  readonly track: Track;
  /** The command that makes the byte at each place. */
  readonly commands: Uint32Array;
  /** The number of the place where each command begins, and where the last one ends. */
  readonly placeNumbers: Uint32Array;
}

/** What the way before a span leaves: distances, and the run of literals that is open. */
export interface Entry {
  readonly recent: RecentDistances;
  readonly runStart: number | undefined;
}

/** The cheapest way through a span. */
export interface Way {
  readonly pieces: readonly Piece[];
  readonly bits: number;
  /** What it leaves for the next span. */
  readonly exit: Entry;
}

export class MashSpan {
  readonly #lanes: readonly Lane[];
  readonly #places: Uint32Array;
  readonly #first: number;
  readonly #final: number;
  readonly #prices: IrPrices;
  // Of each arrival: its number is four times its place in the span, and what #slot says.
  readonly #bits: Float64Array;
  readonly #recent: Uint32Array;
  readonly #runStart: Uint32Array;
  readonly #from: Uint32Array;
  readonly #by: Uint8Array;
  /** The list of the arrival that is gone on from, and after one more copy. */
  readonly #arrived = new RecentDistances();
  readonly #leaving = new RecentDistances();

  /** @param first - number of the place where the span begins; `final`, where it ends */
  constructor(
    lanes: readonly Lane[],
    places: Uint32Array,
    first: number,
    final: number,
    prices: IrPrices,
  ) {
    this.#lanes = lanes;
    this.#places = places;
    this.#first = first;
    this.#final = final;
    this.#prices = prices;
    const arrivals = ARRIVALS * (final - first + 1);
    this.#bits = new Float64Array(arrivals).fill(Number.POSITIVE_INFINITY);
    this.#recent = new Uint32Array(4 * arrivals);
    this.#runStart = new Uint32Array(arrivals);
    this.#from = new Uint32Array(arrivals);
    this.#by = new Uint8Array(arrivals);
  }

  find(entry: Entry): Way {
    this.#bits[0] = 0;
    this.#runStart[0] = entry.runStart ?? NOT_IN_RUN;
    this.#keepList(0, entry.recent);
    for (let place = this.#first; place < this.#final; place++) {
      const begin = ARRIVALS * (place - this.#first);
      for (let arrival = begin; arrival < begin + ARRIVALS; arrival++) {
        if (this.#bits[arrival] === Number.POSITIVE_INFINITY) continue;
        this.#takeList(arrival, this.#arrived);
        for (let lane = 0; lane < this.#lanes.length; lane++) this.#goOn(arrival, place, lane);
      }
    }
    const end = ARRIVALS * (this.#final - this.#first);
    let best = end;
    for (let arrival = end; arrival < end + ARRIVALS; arrival++) {
      if (this.#bits[arrival]! < this.#bits[best]!) best = arrival;
    }
    const runStart = this.#runStart[best]!;
    const recent = this.#takeList(best, new RecentDistances());
    const exit = { recent, runStart: runStart === NOT_IN_RUN ? undefined : runStart };
    return { pieces: this.#piecesTo(best), bits: this.#bits[best]!, exit };
  }

  /** Tries all ways from an arrival with what one lane has there. */
  #goOn(arrival: number, place: number, by: number): void {
    const { track, commands, placeNumbers } = this.#lanes[by]!;
    const command = commands[place]!;
    if (track.isInsert(command)) {
      this.#goByLiterals(arrival, place, by);
      return;
    }
    const end = placeNumbers[command + 1]!;
    const isWhole = track.starts[command] === this.#places[place];
    const operand = track.operands[command]!;
    if (track.isWord(command)) {
      if (isWhole) this.#goByWord(arrival, operand, end, by);
      return;
    }
    this.#goByCopy(arrival, operand, place, end, isWhole, by);
    const most = Math.min(end - 1, place + PLACES_AHEAD);
    for (let next = place + 1; next <= most; next++) {
      this.#goByCopy(arrival, operand, place, next, false, by);
    }
  }

  /** Literals up to the next place; a run that was begun goes on, and costs what that adds. */
  #goByLiterals(arrival: number, place: number, by: number): void {
    const position = this.#places[place]!;
    const end = this.#places[place + 1]!;
    const begun = this.#runStart[arrival]!;
    const start = begun === NOT_IN_RUN ? position : begun;
    const added =
      this.#prices.insert(start, end - start) -
      (start === position ? 0 : this.#prices.insert(start, position - start));
    this.#arrive(arrival, place + 1, this.#bits[arrival]! + added, start, this.#arrived, by);
  }

  #goByWord(arrival: number, operand: number, next: number, by: number): void {
    const price = this.#prices.dict((operand >>> 16) & 0xff, operand >>> 24);
    this.#arrive(arrival, next, this.#bits[arrival]! + price, NOT_IN_RUN, this.#arrived, by);
  }

  #goByCopy(
    arrival: number,
    distance: number,
    place: number,
    next: number,
    isWhole: boolean,
    by: number,
  ): void {
    const length = this.#places[next]! - this.#places[place]!;
    if (length < PART_BYTES_MINIMUM && !isWhole) return;
    const recent = this.#arrived;
    const price = this.#prices.copy(length, distance, recent.find(distance));
    const leaving = this.#leaving.become(recent);
    leaving.use(distance);
    this.#arrive(arrival, next, this.#bits[arrival]! + price, NOT_IN_RUN, leaving, by);
  }

  /** Keeps an arrival when it is the cheapest of its kind. */
  #arrive(
    from: number,
    place: number,
    bits: number,
    runStart: number,
    recent: RecentDistances,
    by: number,
  ): void {
    const slot = Math.imul(recent.first, 0x9e3779b1) >>> (32 - ARRIVALS_BITS);
    const arrival = ARRIVALS * (place - this.#first) + slot;
    if (bits >= this.#bits[arrival]!) return;
    this.#bits[arrival] = bits;
    this.#from[arrival] = from;
    this.#by[arrival] = by;
    this.#runStart[arrival] = runStart;
    this.#keepList(arrival, recent);
  }

  #keepList(arrival: number, list: RecentDistances): void {
    for (let i = 0; i < 4; i++) this.#recent[4 * arrival + i] = list.at(i);
  }

  #takeList(arrival: number, list: RecentDistances): RecentDistances {
    list.first = this.#recent[4 * arrival]!;
    list.second = this.#recent[4 * arrival + 1]!;
    list.third = this.#recent[4 * arrival + 2]!;
    list.fourth = this.#recent[4 * arrival + 3]!;
    return list;
  }

  #piecesTo(final: number): Piece[] {
    const pieces: Piece[] = [];
    for (let arrival = final; arrival >= ARRIVALS; arrival = this.#from[arrival]!) {
      const { track, commands } = this.#lanes[this.#by[arrival]!]!;
      const begin = this.#first + (this.#from[arrival]! >> ARRIVALS_BITS);
      const end = this.#places[this.#first + (arrival >> ARRIVALS_BITS)]!;
      pieces.push({ track, command: commands[begin]!, end });
    }
    return pieces.reverse();
  }
}
