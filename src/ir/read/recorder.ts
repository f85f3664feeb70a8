/**
 * Recorder: writes down what a decoder does, as IR, and keeps the bytes that it makes.
 *
 *   decoder    literal literal literal | match | literal | match
 *   plain      t       h       e       | ...   | x       | ...     grows, up to the caller's limit
 *   commands   insert 3                | copy  | insert 1 | copy
 *
 * Literals that follow each other become one insert; a match, a word or a hint ends it. The window of
 * a decoder is the end of `plain` itself. How far back a match may reach is for the decoder to check,
 * in its own terms, before it calls `copy`.
 */
import { PithError } from "../../core/errors.ts";
import { IR_CONTEXT_MAP_BYTES_MAXIMUM } from "../../core/limits.ts";
import { IrBuilder, WINDOW_BITS_MAXIMUM, WINDOW_BITS_MINIMUM } from "../build.ts";
import { COMMAND_LENGTH_MAXIMUM, type Ir, type PredictionHint } from "../command.ts";

const PLAIN_BYTES_AT_FIRST = 64 * 1024;

/** What a stream says and what it makes. */
export interface Recorded {
  readonly ir: Ir;
  /** The bytes that the commands make. */
  readonly plain: Uint8Array<ArrayBuffer>;
}

export class CommandRecorder {
  readonly #builder = new IrBuilder();
  readonly #maximumBytes: number;
  #plain: Uint8Array<ArrayBuffer>;
  #at = 0;
  #recordedAt = 0; // what lies between here and #at are literals that no command has yet
  #hint: PredictionHint | undefined;
  #contextMapBytes = 0;
  readonly #types = { literal: 0, command: 0, distance: 0 };
  #windowBits = 0;

  /** @param maximumBytes - the most that may be decoded before OutputLimit */
  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
    this.#plain = new Uint8Array(Math.min(PLAIN_BYTES_AT_FIRST, maximumBytes));
  }

  /** Bytes made so far. */
  get position(): number {
    return this.#at;
  }

  /** The byte `distance` before the end of what is made; 0 before the first one. */
  before(distance: number): number {
    return this.#plain[this.#at - distance] ?? 0;
  }

  /** What was made from `begin` on: a view that holds until the next byte is made. */
  since(begin: number): Uint8Array<ArrayBuffer> {
    return this.#plain.subarray(begin, this.#at);
  }

  literal(byte: number): void {
    if (this.#at === this.#plain.length) this.#grow(1);
    this.#plain[this.#at++] = byte;
  }

  /** Literals at once: what a stream stores as it is. */
  literals(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#plain.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A match; `distance` is at least 1 and reaches back to the first byte at most. */
  copy(length: number, distance: number): void {
    this.#endInsert();
    this.#grow(length);
    const plain = this.#plain;
    let target = this.#at;
    let source = target - distance;
    const end = target + length;
    if (distance >= length) plain.copyWithin(target, source, source + length);
    else while (target < end) plain[target++] = plain[source++]!;
    this.#builder.copy(length, distance);
    this.#at = end;
    this.#recordedAt = end;
  }

  /** A word of the dictionary; `bytes` is what its transform makes of it. */
  word(wordLength: number, word: number, transform: number, bytes: Uint8Array): void {
    this.#endInsert();
    this.literals(bytes);
    this.#builder.dict(wordLength, word, transform);
    this.#recordedAt = this.#at;
  }

  literalType(type: number): void {
    this.#endInsert();
    this.#builder.literalType(type, 0);
    this.#types.literal = type;
  }

  commandType(type: number): void {
    this.#endInsert();
    this.#builder.commandType(type);
    this.#types.command = type;
  }

  distanceType(type: number): void {
    this.#endInsert();
    this.#builder.distanceType(type);
    this.#types.distance = type;
  }

  /** New blocks begin, of type 0 each, with a hint; one that says what the last one said is left out. */
  blocks(hint: PredictionHint): void {
    if (this.#hint === undefined || !sameHint(this.#hint, hint)) {
      this.#endInsert();
      this.#builder.prediction(hint);
      this.#hint = hint;
      this.#contextMapBytes += hint.literalContextMap.length + hint.distanceContextMap.length;
      if (this.#contextMapBytes > IR_CONTEXT_MAP_BYTES_MAXIMUM) {
        throw new PithError("IrTooLarge", {
          contextMapBytes: "more",
          maximum: IR_CONTEXT_MAP_BYTES_MAXIMUM,
        });
      }
    }
    if (this.#types.literal !== 0) this.literalType(0);
    if (this.#types.command !== 0) this.commandType(0);
    if (this.#types.distance !== 0) this.distanceType(0);
  }

  /** The stream says that no distance is beyond `bytes`; noted where it changes. */
  window(bytes: number): void {
    const exact = Math.ceil(Math.log2(bytes));
    const bits = Math.min(WINDOW_BITS_MAXIMUM, Math.max(WINDOW_BITS_MINIMUM, exact));
    if (bits === this.#windowBits) return;
    this.#endInsert();
    this.#builder.window(bits);
    this.#windowBits = bits;
  }

  finish(): Recorded {
    this.#endInsert();
    return { ir: this.#builder.finish(), plain: this.#plain.slice(0, this.#at) };
  }

  #endInsert(): void {
    while (this.#recordedAt < this.#at) {
      const end = Math.min(this.#at, this.#recordedAt + COMMAND_LENGTH_MAXIMUM);
      this.#builder.insert(this.#plain.subarray(this.#recordedAt, end));
      this.#recordedAt = end;
    }
  }

  /** Makes room for `count` bytes more. */
  #grow(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#plain.length) return;
    if (needed > this.#maximumBytes) {
      throw new PithError("OutputLimit", { maximumBytes: this.#maximumBytes });
    }
    const grown = new Uint8Array(Math.min(this.#maximumBytes, 2 * needed));
    grown.set(this.#plain.subarray(0, this.#at));
    this.#plain = grown;
  }
}

/** Whether two hints of a decoder say the same: it sets mode and context maps only. */
function sameHint(first: PredictionHint, second: PredictionHint): boolean {
  return (
    first.mode === second.mode &&
    sameValues(first.literalContextMap, second.literalContextMap) &&
    sameValues(first.distanceContextMap, second.distanceContextMap)
  );
}

function sameValues(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((value, i) => value === second[i]);
}
