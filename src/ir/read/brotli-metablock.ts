/**
 * Metablock: up to 16 MiB of a Brotli stream that share their prefix codes.
 *
 *   header     blocks of literals, commands, distances; context modes and maps; codes
 *   commands   insert and copy length | literals | distance, again and again
 *
 * A distance beyond what there is to copy means a word of the dictionary. As IR: a `prediction` with
 * the maps, inserts that end where a block of literals does, a hint wherever a block type changes.
 * Source: RFC 7932, sections 5, 8, 9.2 and 9.3.
 */
import { CONTEXT_MODES, type ContextMode, type PredictionHint } from "../command.ts";
import type { Dictionary } from "../dictionary.ts";
import { plainHint } from "../hint.ts";
import { TRANSFORMS, wordCount } from "../words.ts";
import type { BrotliBits } from "./brotli-bits.ts";
import { Blocks, basesFrom } from "./brotli-blocks.ts";
import { type ContextMap, contextOf, readContextMap } from "./brotli-context.ts";
import { DistanceCodes, type LastDistances } from "./brotli-distance.ts";
import { type PrefixCode, readPrefixCode } from "./prefix-code.ts";
import type { CommandRecorder } from "./recorder.ts";
import { corrupt } from "./source-bytes.ts";

const LITERALS = 256;
const COMMANDS = 704;
const LITERAL_CONTEXTS = 64;
const DISTANCE_CONTEXTS = 4;

const INSERT_EXTRA_BITS = [
  ...[0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3],
  ...[4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24],
] as const;
const COPY_EXTRA_BITS = [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2],
  ...[3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24],
] as const;
const INSERT_BASES: readonly number[] = basesFrom(0, INSERT_EXTRA_BITS);
const COPY_BASES: readonly number[] = basesFrom(2, COPY_EXTRA_BITS);
/** Which eight codes of each length a command's upper bits choose. */
const INSERT_EIGHTS = [0, 0, 0, 0, 1, 1, 0, 2, 1, 2, 2] as const;
const COPY_EIGHTS = [0, 1, 0, 1, 0, 1, 2, 0, 2, 1, 2] as const;
/** Commands below this use the last distance, and have no distance code. */
const LAST_DISTANCE_COMMANDS = 128;

/** A transform that leaves nothing of a word costs bits only from this distance on. */
const EMPTY_WORD_DISTANCE = 120;

/** What a stream keeps from one metablock to the next. */
export interface BrotliStream {
  readonly input: BrotliBits;
  readonly output: CommandRecorder;
  readonly dictionary: Dictionary;
  readonly largeWindow: boolean;
  /** The farthest distance that is no word. */
  readonly windowBytes: number;
  readonly lastDistances: LastDistances;
}

/** Reads the header and the commands of a metablock that makes `size` bytes. */
export function readMetablock(stream: BrotliStream, size: number): void {
  new Metablock(stream, size).readCommands();
}

class Metablock {
  readonly #stream: BrotliStream;
  readonly #end: number;
  readonly #literalBlocks: Blocks;
  readonly #commandBlocks: Blocks;
  readonly #distanceBlocks: Blocks;
  readonly #distanceCodes: DistanceCodes;
  /** Of each type of literal blocks. */
  readonly #modes: readonly ContextMode[];
  readonly #literalMap: ContextMap;
  readonly #distanceMap: ContextMap;
  readonly #literals: readonly PrefixCode[];
  readonly #commands: readonly PrefixCode[];
  readonly #distances: readonly PrefixCode[];

  constructor(stream: BrotliStream, size: number) {
    const { input, output } = stream;
    this.#stream = stream;
    this.#end = output.position + size;
    this.#literalBlocks = new Blocks(input);
    this.#commandBlocks = new Blocks(input);
    this.#distanceBlocks = new Blocks(input);
    this.#distanceCodes = new DistanceCodes(input, stream.largeWindow);
    const { types: literalTypes } = this.#literalBlocks;
    this.#modes = Array.from({ length: literalTypes }, () => CONTEXT_MODES[input.take(2)]!);
    this.#literalMap = readContextMap(input, LITERAL_CONTEXTS * literalTypes);
    this.#distanceMap = readContextMap(input, DISTANCE_CONTEXTS * this.#distanceBlocks.types);
    const { symbols, namedSymbols } = this.#distanceCodes;
    this.#literals = readCodes(input, this.#literalMap.codes, LITERALS);
    this.#commands = readCodes(input, this.#commandBlocks.types, COMMANDS);
    this.#distances = readCodes(input, this.#distanceMap.codes, symbols, namedSymbols);
    output.blocks(this.#hint());
  }

  /** What the IR can say of the contexts. It knows one mode a metablock: where types differ in it,
   * a map of their contexts would say something else. */
  #hint(): PredictionHint {
    const [mode] = this.#modes;
    const oneMode = this.#modes.every((other) => other === mode);
    const hint = plainHint(mode!);
    return {
      ...hint,
      literalContextMap: oneMode ? this.#literalMap.map : hint.literalContextMap,
      distanceContextMap: this.#distanceMap.map,
    };
  }

  readCommands(): void {
    const { input, output } = this.#stream;
    while (output.position < this.#end) {
      if (this.#commandBlocks.take()) output.commandType(this.#commandBlocks.type);
      const command = this.#commands[this.#commandBlocks.type]!.read(input);
      const eights = command >> 6;
      // The first two sixties-and-four are again the third and fourth, without a distance.
      const insertCode = 8 * INSERT_EIGHTS[eights]! + ((command >> 3) & 7);
      const copyCode = 8 * COPY_EIGHTS[eights]! + (command & 7);
      const insertLength = INSERT_BASES[insertCode]! + input.take(INSERT_EXTRA_BITS[insertCode]!);
      const copyLength = COPY_BASES[copyCode]! + input.take(COPY_EXTRA_BITS[copyCode]!);
      if (insertLength > this.#end - output.position) {
        throw corrupt("an insert beyond the metablock", input.at);
      }
      this.#readLiterals(insertLength);
      if (output.position === this.#end) return;
      this.#copy(copyLength, command < LAST_DISTANCE_COMMANDS ? 0 : this.#distanceCode(copyLength));
    }
  }

  #readLiterals(count: number): void {
    const { input, output } = this.#stream;
    const blocks = this.#literalBlocks;
    const { map } = this.#literalMap;
    let last = output.before(1);
    let before = output.before(2);
    for (let i = 0; i < count; i++) {
      if (blocks.take()) output.literalType(blocks.type);
      const context = contextOf(this.#modes[blocks.type]!, last, before);
      const code = map[LITERAL_CONTEXTS * blocks.type + context]!;
      const literal = this.#literals[code]!.read(input);
      output.literal(literal);
      before = last;
      last = literal;
    }
  }

  #distanceCode(copyLength: number): number {
    const { input, output } = this.#stream;
    const blocks = this.#distanceBlocks;
    if (blocks.take()) output.distanceType(blocks.type);
    const context = Math.min(copyLength - 2, DISTANCE_CONTEXTS - 1);
    const code = this.#distanceMap.map[DISTANCE_CONTEXTS * blocks.type + context]!;
    return this.#distances[code]!.read(input);
  }

  /** Copies, or writes a word where the distance reaches beyond what can be copied. */
  #copy(length: number, code: number): void {
    const { input, output, lastDistances } = this.#stream;
    const distance =
      code < 16 ? lastDistances.ofCode(code, input.at) : this.#distanceCodes.read(input, code);
    const farthest = Math.min(output.position, this.#stream.windowBytes);
    if (distance > farthest) {
      this.#writeWord(length, distance - farthest - 1, distance);
      return;
    }
    if (length > this.#end - output.position) {
      throw corrupt("a copy beyond the metablock", input.at);
    }
    if (code !== 0) lastDistances.push(distance);
    output.copy(length, distance);
  }

  /** @param reference - number of the word and of its transform together */
  #writeWord(wordLength: number, reference: number, distance: number): void {
    const { input, output, dictionary } = this.#stream;
    const words = wordCount(wordLength);
    const transform = Math.floor(reference / words);
    if (words === 0 || transform >= TRANSFORMS) {
      throw corrupt("a distance beyond window and dictionary", input.at);
    }
    const word = reference % words;
    const bytes = dictionary.transformedWord(wordLength, word, transform);
    if (bytes.length === 0 && distance <= EMPTY_WORD_DISTANCE) {
      throw corrupt("an empty word", input.at);
    }
    if (bytes.length > this.#end - output.position) {
      throw corrupt("a word beyond the metablock", input.at);
    }
    if (bytes.length > 0) output.word(wordLength, word, transform, bytes);
  }
}

function readCodes(
  input: BrotliBits,
  count: number,
  symbols: number,
  namedSymbols: number = symbols,
): PrefixCode[] {
  return Array.from({ length: count }, () => readPrefixCode(input, symbols, namedSymbols));
}
