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

  isWord(command: number): boolean {
    return this.#kinds[command] === COMMAND_KINDS.dict;
  }

  /** The kind of an insert. */
  insertKind(command: number): CommandKind & ("insert" | "rndins") {
    return this.#kinds[command] === COMMAND_KINDS.rndins ? "rndins" : "insert";
  }
}

/** Where either track has a command begin, in order, and last where both end. */
export function placesOf(one: Track, other: Track): Uint32Array {
  const places = new Uint32Array(one.count + other.count + 2);
  let [i, j, count] = [0, 0, 0];
  while (i <= one.count || j <= other.count) {
    const mine = i <= one.count ? one.starts[i]! : Number.POSITIVE_INFINITY;
    const theirs = j <= other.count ? other.starts[j]! : Number.POSITIVE_INFINITY;
    places[count++] = Math.min(mine, theirs);
    if (mine <= theirs) i++;
    if (theirs <= mine) j++;
  }
  return places.subarray(0, count);
}
