/**
 * Unit commands: an IR of any length, cut into lists of commands that the kernel codes, one a unit.
 *
 *   IR      insert 3 | copy 5,000,000 from 2 | hint | copy 1 from 9 | ...
 *   units   insert 3 | copy 4,194,301 from 2 || insert 2 | copy 805,697 from 2 | hint | insert 1 | ...
 *
 * A unit knows nothing of those before it: what a copy takes from there becomes literals. So does a copy of
 * one byte from a new distance, which has no code, and a word across a cut. Commands of no bytes go, and of
 * the hints at one place all but the last of each kind. What the commands make stays the same.
 */
import { PithError } from "../core/errors.ts";
import { DIVANS_COMMANDS_MAXIMUM, DIVANS_HINT_BYTES, DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { type Ir, IrCursor } from "../ir/index.ts";
import { HINT_KINDS, type HintKind, type HintToWrite, hintAt, hintKindOf } from "./hint-bytes.ts";

/** Kinds of command that make bytes, as the kernel and ir/command.ts number them. */
export const INSERT = 0;
export const COPY = 1;
export const DICT = 2;
/** An insert that is coded as it is. */
export const RAW = 8;
/** Bytes of a raw insert at most. */
export const RAW_BYTES_MAXIMUM = 0xffff;

/** The commands of one unit. */
export interface UnitCommands {
  /** Bytes that they make. */
  readonly plainBytes: number;
  /** Two words each: kind | length << 4, then the operand. Those of inserts have none; those of hints say
   * where their bytes begin. */
  readonly words: Uint32Array;
  readonly hintBytes: Uint8Array;
}

/** What each hint costs of DIVANS_HINT_BYTES beside its bytes. */
const HINT_COST_BYTES = 16;

/**
 * Cuts an IR that can be run.
 *
 * @param keepsHints - false drops all hints
 * @throws PithError "IrTooLarge" when a unit takes more commands than the kernel holds
 */
export function* cutIr(ir: Ir, keepsHints: boolean): Generator<UnitCommands, void, undefined> {
  const unit = new UnitList();
  const cursor = new IrCursor(ir);
  while (cursor.next()) {
    const hint = hintKindOf(cursor);
    if (hint !== undefined) {
      if (keepsHints) unit.hint(hint, hintAt(cursor));
      continue;
    }
    for (let left = cursor.length; left > 0; ) {
      if (unit.room === 0) yield unit.take();
      left -= part(unit, cursor, left, keepsHints);
    }
  }
  if (unit.room < DIVANS_UNIT_BYTES) yield unit.take();
}

/** Adds what fits of the command's last `left` bytes. @returns how many bytes that was */
function part(unit: UnitList, cursor: IrCursor, left: number, keepsHints: boolean): number {
  const size = Math.min(left, unit.room);
  if (cursor.kind === "rndins" && keepsHints) return unit.raw(Math.min(size, RAW_BYTES_MAXIMUM));
  if (cursor.kind === "copy") return unit.copy(size, cursor.distance);
  if (cursor.kind === "dict" && size === cursor.length) return unit.word(size, cursor.operand);
  return unit.insert(size);
}

/** The list of one unit while it grows. */
class UnitList {
  #words = new Uint32Array(1024);
  #wordCount = 0;
  #bytes = 0;
  #recent: [number, number, number, number] = [1, 2, 3, 4];
  #hints: Uint8Array[] = [];
  #hintBytes = 0;
  #hintCost = 0;
  /** Hints that wait for what comes after them. */
  #waiting = new Map<HintKind, HintToWrite>();

  /** Bytes that still fit. */
  get room(): number {
    return DIVANS_UNIT_BYTES - this.#bytes;
  }

  insert(length: number): number {
    const last = this.#wordCount - 2;
    const isMore = this.#waiting.size === 0 && last >= 0 && (this.#words[last]! & 15) === INSERT;
    if (isMore) {
      this.#words[last]! += length << 4;
      this.#bytes += length;
    } else {
      this.#add(INSERT, length, 0);
    }
    return length;
  }

  raw(length: number): number {
    return this.#add(RAW, length, 0);
  }

  copy(length: number, distance: number): number {
    if (distance > this.#bytes) return this.insert(Math.min(length, distance - this.#bytes));
    const recent = this.#recent.indexOf(distance);
    if (recent < 0 && length === 1) return this.insert(1);
    const [first, second, third] = this.#recent.filter((_, i) => i !== recent);
    this.#recent = [distance, first!, second!, third!];
    return this.#add(COPY, length, distance);
  }

  word(length: number, operand: number): number {
    return this.#add(DICT, length, operand);
  }

  hint(kind: HintKind, hint: HintToWrite): void {
    this.#waiting.delete(kind); // the last one also comes last
    this.#waiting.set(kind, hint);
  }

  /** Gives the unit away and begins the next. */
  take(): UnitCommands {
    const hintBytes = new Uint8Array(this.#hintBytes);
    let at = 0;
    for (const bytes of this.#hints) {
      hintBytes.set(bytes, at);
      at += bytes.length;
    }
    const words = this.#words.slice(0, this.#wordCount);
    const taken = { plainBytes: this.#bytes, words, hintBytes };
    this.#wordCount = 0;
    this.#bytes = 0;
    this.#recent = [1, 2, 3, 4];
    this.#hints = [];
    this.#hintBytes = 0;
    this.#hintCost = 0;
    return taken;
  }

  /** Hints before a command: those that fit. */
  #addHints(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [kind, hint] of waiting) {
      const cost = this.#hintCost + hint.size + HINT_COST_BYTES;
      if (cost > DIVANS_HINT_BYTES) continue;
      this.#hintCost = cost;
      const bytes = hint.write();
      this.#push(HINT_KINDS[kind] | (bytes.length << 4), this.#hintBytes);
      this.#hints.push(bytes);
      this.#hintBytes += bytes.length;
    }
  }

  #add(kind: number, length: number, operand: number): number {
    if (this.#waiting.size > 0) this.#addHints();
    this.#push(kind | (length << 4), operand);
    this.#bytes += length;
    return length;
  }

  #push(word: number, operand: number): void {
    if (this.#wordCount === 2 * DIVANS_COMMANDS_MAXIMUM) {
      throw new PithError("IrTooLarge", { unit: "more", maximum: DIVANS_COMMANDS_MAXIMUM });
    }
    if (this.#wordCount === this.#words.length) {
      const grown = new Uint32Array(2 * this.#wordCount);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[this.#wordCount++] = word;
    this.#words[this.#wordCount++] = operand;
  }
}
