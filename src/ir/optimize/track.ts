/**
 * Track: the commands of one IR over its bytes, ready to be entered at any byte.
 *
 *   commands  |insert 3|copy 5 from 2|dict 6|        hints and empty commands are left out
 *   starts    0        3             8      14       one more than there are commands
 */
import { COMMAND_KINDS, type CommandKind, type Ir } from "../command.ts";
import { commandCount, IrCursor } from "../cursor.ts";
import { isHint } from "./rewriter.ts";

export class Track {
  /** Commands that make bytes. */
  readonly count: number;
  /** Where each begins; last, where all end. */
  readonly starts: Uint32Array;
  readonly operands: Uint32Array;
  readonly #kinds: Uint8Array;

  constructor(ir: Ir) {
    const most = commandCount(ir);
    this.starts = new Uint32Array(most + 1);
    this.operands = new Uint32Array(most);
    this.#kinds = new Uint8Array(most);
    const cursor = new IrCursor(ir);
    let count = 0;
    while (cursor.next()) {
      const { kind, length, position, operand } = cursor;
      if (kind === undefined || isHint(kind) || length === 0) continue;
      this.starts[count] = position;
      this.operands[count] = operand;
      this.#kinds[count] = COMMAND_KINDS[kind];
      count++;
      this.starts[count] = position + length;
    }
    this.count = count;
  }

  isCopy(command: number): boolean {
    return this.#kinds[command] === COMMAND_KINDS.copy;
  }

  isInsert(command: number): boolean {
    return !this.isCopy(command) && !this.isWord(command);
  }

  isWord(command: number): boolean {
    return this.#kinds[command] === COMMAND_KINDS.dict;
  }

  /** The kind of an insert. */
  insertKind(command: number): CommandKind & ("insert" | "rndins") {
    return this.#kinds[command] === COMMAND_KINDS.rndins ? "rndins" : "insert";
  }
}

/** Where any of the tracks has a command begin, in order, and last where all end. */
export function placesOf(tracks: readonly Track[]): Uint32Array {
  const places = new Uint32Array(tracks.reduce((sum, track) => sum + track.count + 1, 0));
  let filled = 0;
  for (const track of tracks) {
    places.set(track.starts.subarray(0, track.count + 1), filled);
    filled += track.count + 1;
  }
  places.sort();
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    if (i === 0 || places[i] !== places[i - 1]) places[count++] = places[i]!;
  }
  return places.subarray(0, count);
}
