/**
 * LZMA decoder: the symbols of LZMA, out of a range coder, into a recorder.
 *
 *   0                  literal      eight bits, in the context of the byte before and the position
 *   1 0                match        length, distance
 *   1 1 0 0            short rep    one byte from the last distance
 *   1 1 0 1            rep 0        length, the last distance
 *   1 1 1 0            rep 1        length, the distance before that
 *   1 1 1 1 0 / 1      rep 2, 3     and those before
 *
 * `state` remembers the last symbols: 0..6 after a literal, 7..11 after a match. After a match a
 * literal is coded with the byte that the match would have had next. .lzma and LZMA2 differ in who
 * says where the symbols end, and what is reset when (lzma-file.ts, lzma2.ts). Source: the LZMA
 * specification of the 7-Zip SDK.
 */
import { PROBABILITY_HALF, type RangeDecoder } from "./range-decoder.ts";
import type { CommandRecorder } from "./recorder.ts";
import { corrupt } from "./source-bytes.ts";

/** How many bits of context literals and positions have. */
export interface LzmaProperties {
  /** Upper bits of the byte before a literal, 0..8. */
  readonly literalContextBits: number;
  /** Lower bits of a literal's position, 0..4. */
  readonly literalPositionBits: number;
  /** Lower bits of any symbol's position, 0..4. */
  readonly positionBits: number;
}

const STATES = 12;
const STATE_AFTER_MATCH = 7; // the first state in which the last symbol was no literal
const POSITION_STATES_MAXIMUM = 16;

// Where the probabilities of everything but literals begin in their one array.
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES_MAXIMUM;
const IS_REP_1 = IS_REP + STATES; // ... of a rep: not the last distance
const IS_REP_2 = IS_REP_1 + STATES; // ... nor the one before
const IS_REP_3 = IS_REP_2 + STATES; // ... nor the one before that
const IS_LONG = IS_REP_3 + STATES; // a rep of the last distance that is not a short one
const SLOT = IS_LONG + STATES * POSITION_STATES_MAXIMUM;
const SLOT_BITS = 6;
const LENGTH_STATES = 4; // lengths 2, 3, 4 and above have distances of their own
const SPECIAL = SLOT + (LENGTH_STATES << SLOT_BITS);
const SPECIAL_SLOT_FIRST = 4;
const SPECIAL_SLOT_END = 14; // slots from here on have bits without probabilities
const ALIGN = SPECIAL + (1 << (SPECIAL_SLOT_END >> 1));
const ALIGN_BITS = 4;
const MATCH_LENGTH = ALIGN + (1 << ALIGN_BITS);

// Within the probabilities of a length.
const LENGTH_CHOICE = 0;
const LENGTH_CHOICE_2 = 1;
const LENGTH_LOW = 2; // 8 lengths for each position state
const LENGTH_MIDDLE = LENGTH_LOW + POSITION_STATES_MAXIMUM * 8;
const LENGTH_HIGH = LENGTH_MIDDLE + POSITION_STATES_MAXIMUM * 8; // 256 lengths
const LENGTH_PROBABILITIES = LENGTH_HIGH + 256;

const REP_LENGTH = MATCH_LENGTH + LENGTH_PROBABILITIES;
const PROBABILITIES = REP_LENGTH + LENGTH_PROBABILITIES;

const LENGTH_LEAST = 2;
const LITERAL_PROBABILITIES = 0x300;
/** A match at this distance is no match: it marks the end. */
const END_MARKER_DISTANCE = 2 ** 32;

/** Where decoding may stop. */
export interface LzmaBounds {
  /** The output's length at which the symbols end. */
  readonly end: number;
  /** Where in the output the oldest byte is that a match may reach. */
  readonly dictionaryBegin: number;
  /** The farthest distance. */
  readonly dictionaryBytes: number;
}

export class LzmaDecoder {
  readonly #output: CommandRecorder;
  #literalContextBits = 0;
  #literalPositionMask = 0;
  #positionMask = 0;
  #literals = new Uint16Array(0);
  readonly #probabilities = new Uint16Array(PROBABILITIES);
  #state = 0;
  // The last four distances.
  #rep0 = 1;
  #rep1 = 1;
  #rep2 = 1;
  #rep3 = 1;

  constructor(output: CommandRecorder) {
    this.#output = output;
  }

  /** Begins anew, with other properties. */
  setProperties(properties: LzmaProperties): void {
    const { literalContextBits, literalPositionBits, positionBits } = properties;
    this.#literalContextBits = literalContextBits;
    this.#literalPositionMask = (1 << literalPositionBits) - 1;
    this.#positionMask = (1 << positionBits) - 1;
    const contexts = 1 << (literalContextBits + literalPositionBits);
    const size = LITERAL_PROBABILITIES * contexts;
    if (this.#literals.length !== size) this.#literals = new Uint16Array(size);
    this.reset();
  }

  /** Begins anew, with the same properties. */
  reset(): void {
    this.#literals.fill(PROBABILITY_HALF);
    this.#probabilities.fill(PROBABILITY_HALF);
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 1;
  }

  /**
   * Decodes symbols up to the bound, or to the marker that says "end".
   *
   * @returns whether the marker came
   * @throws PithError StreamCorrupt where a match reaches back too far or beyond the end
   */
  decode(range: RangeDecoder, bounds: LzmaBounds): boolean {
    const output = this.#output;
    const { end, dictionaryBegin } = bounds;
    while (output.position < end) {
      const position = output.position - dictionaryBegin;
      const positionState = position & this.#positionMask;
      const context = (this.#state << 4) + positionState;
      if (range.bit(this.#probabilities, IS_MATCH + context) === 0) {
        this.#literal(range, position);
        continue;
      }
      const length = this.#match(range, positionState);
      if (length === 0) return true;
      const distance = this.#rep0;
      if (distance > position || distance > bounds.dictionaryBytes) {
        throw corrupt("a distance beyond the dictionary", range.at);
      }
      if (length > end - output.position) throw corrupt("a match beyond the end", range.at);
      output.copy(length, distance);
    }
    return false;
  }

  /**
   * Reads the marker behind symbols whose end is known without it.
   *
   * @throws PithError StreamCorrupt when something else comes
   */
  decodeMarker(range: RangeDecoder, bounds: LzmaBounds): void {
    const positionState = (this.#output.position - bounds.dictionaryBegin) & this.#positionMask;
    const context = (this.#state << 4) + positionState;
    const isMatch = range.bit(this.#probabilities, IS_MATCH + context) === 1;
    if (!isMatch || this.#match(range, positionState) !== 0) {
      throw corrupt("more symbols than the size says", range.at);
    }
    range.normalize();
  }

  #literal(range: RangeDecoder, position: number): void {
    const output = this.#output;
    const contextBits = this.#literalContextBits;
    const before = position === 0 ? 0 : output.before(1);
    const context =
      ((position & this.#literalPositionMask) << contextBits) + (before >> (8 - contextBits));
    const literals = this.#literals;
    const begin = LITERAL_PROBABILITIES * context;
    let node = 1;
    if (this.#state >= STATE_AFTER_MATCH) {
      let matched = output.before(this.#rep0) << 1;
      let agreeing = 0x100; // until a bit differs from the matched byte's
      while (node < 0x100) {
        const matchedBit = matched & agreeing;
        const bit = range.bit(literals, begin + agreeing + matchedBit + node);
        node = (node << 1) | bit;
        agreeing &= bit === 0 ? ~matchedBit : matchedBit;
        matched <<= 1;
      }
    } else {
      while (node < 0x100) node = (node << 1) | range.bit(literals, begin + node);
    }
    output.literal(node & 0xff);
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /** Reads a match whose distance is then `#rep0`. Returns its length, 0 for the end marker. */
  #match(range: RangeDecoder, positionState: number): number {
    const probabilities = this.#probabilities;
    const state = this.#state;
    const afterLiteral = state < STATE_AFTER_MATCH;
    if (range.bit(probabilities, IS_REP + state) === 0) {
      const length = this.#length(range, MATCH_LENGTH, positionState);
      this.#state = afterLiteral ? 7 : 10;
      const distance = this.#distance(range, length);
      if (distance === END_MARKER_DISTANCE) return 0;
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
      return length;
    }
    if (range.bit(probabilities, IS_REP_1 + state) === 0) {
      if (range.bit(probabilities, IS_LONG + (state << 4) + positionState) === 0) {
        this.#state = afterLiteral ? 9 : 11;
        return 1;
      }
    } else {
      this.#rep0 = this.#olderDistance(range);
    }
    this.#state = afterLiteral ? 8 : 11;
    return this.#length(range, REP_LENGTH, positionState);
  }

  /** Takes the second, third or fourth of the last distances out of their list. */
  #olderDistance(range: RangeDecoder): number {
    const state = this.#state;
    let distance = this.#rep1;
    if (range.bit(this.#probabilities, IS_REP_2 + state) === 1) {
      distance = this.#rep2;
      if (range.bit(this.#probabilities, IS_REP_3 + state) === 1) {
        distance = this.#rep3;
        this.#rep3 = this.#rep2;
      }
      this.#rep2 = this.#rep1;
    }
    this.#rep1 = this.#rep0;
    return distance;
  }

  #length(range: RangeDecoder, begin: number, positionState: number): number {
    const probabilities = this.#probabilities;
    const tree = begin + (positionState << 3);
    if (range.bit(probabilities, begin + LENGTH_CHOICE) === 0) {
      return LENGTH_LEAST + range.tree(probabilities, tree + LENGTH_LOW, 3);
    }
    if (range.bit(probabilities, begin + LENGTH_CHOICE_2) === 0) {
      return LENGTH_LEAST + 8 + range.tree(probabilities, tree + LENGTH_MIDDLE, 3);
    }
    return LENGTH_LEAST + 16 + range.tree(probabilities, begin + LENGTH_HIGH, 8);
  }

  /** A distance of its own: its slot says the two highest bits and how many follow. */
  #distance(range: RangeDecoder, length: number): number {
    const probabilities = this.#probabilities;
    const lengthState = Math.min(length - LENGTH_LEAST, LENGTH_STATES - 1);
    const slot = range.tree(probabilities, SLOT + (lengthState << SLOT_BITS), SLOT_BITS);
    if (slot < SPECIAL_SLOT_FIRST) return slot + 1;
    const lowBits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** lowBits;
    if (slot < SPECIAL_SLOT_END) {
      const tree = SPECIAL + base - slot;
      return base + range.reverseTree(probabilities, tree, lowBits) + 1;
    }
    const middle = range.direct(lowBits - ALIGN_BITS);
    const low = range.reverseTree(probabilities, ALIGN, ALIGN_BITS);
    return base + middle * 2 ** ALIGN_BITS + low + 1;
  }
}

/** The properties that a byte stands for; undefined when it stands for none. */
export function propertiesOf(byte: number): LzmaProperties | undefined {
  if (byte >= 9 * 5 * 5) return undefined;
  const literalContextBits = byte % 9;
  const positions = (byte - literalContextBits) / 9;
  const literalPositionBits = positions % 5;
  const positionBits = (positions - literalPositionBits) / 5;
  return { literalContextBits, literalPositionBits, positionBits };
}
