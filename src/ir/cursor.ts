/**
 * Cursor: walks the commands of an IR, one at a time, without making an object for each.
 *
 *   const cursor = new IrCursor(ir);
 *   while (cursor.next()) {
 *     if (cursor.kind === "copy") use(cursor.position, cursor.length, cursor.distance);
 *   }
 *
 * What a command's two words mean is in command.ts. A cursor believes them: whether an IR can be run
 * is for run.ts to say.
 */
import { COMMAND_KINDS, type CommandKind, type Ir, WORDS_A_COMMAND } from "./command.ts";

/** Names by number, as in COMMAND_KINDS. A number without a name is no command. */
const KIND_NAMES: readonly (CommandKind | undefined)[] = Array.from({ length: 16 }, (_, number) =>
  (Object.keys(COMMAND_KINDS) as CommandKind[]).find((name) => COMMAND_KINDS[name] === number),
);

/** How many commands an IR has. */
export function commandCount(ir: Ir): number {
  return ir.words.length / WORDS_A_COMMAND;
}

export class IrCursor {
  readonly ir: Ir;
  /** Number of the command that the cursor stands on, from 0; -1 before the first `next`. */
  index = -1;
  /** What it is; undefined when no kind has its number. */
  kind: CommandKind | undefined;
  /** Bytes that it makes; 0 for a hint. */
  length = 0;
  operand = 0;
  /** Bytes that the commands before it make. */
  position = 0;

  constructor(ir: Ir) {
    this.ir = ir;
  }

  /** Steps to the next command; false when there is none. */
  next(): boolean {
    const first = (this.index + 1) * WORDS_A_COMMAND;
    const { words } = this.ir;
    if (first + 1 >= words.length) return false;
    this.position += this.length;
    this.index++;
    const word = words[first]!;
    this.kind = KIND_NAMES[word & 15];
    this.length = word >>> 4;
    this.operand = words[first + 1]!;
    return true;
  }

  /** The bytes of an insert: a view. */
  get literals(): Uint8Array {
    return this.ir.literals.subarray(this.operand, this.operand + this.length);
  }

  /** How far back a copy reads. */
  get distance(): number {
    return this.operand;
  }

  /** Number of a dictionary word among those of its length. */
  get word(): number {
    return this.operand & 0xffff;
  }

  get wordLength(): number {
    return (this.operand >>> 16) & 0xff;
  }

  get transform(): number {
    return this.operand >>> 24;
  }

  /** The new type of a literal, command or distance block. */
  get blockType(): number {
    return this.operand & 0xff;
  }

  /** The stride of a literal block. */
  get stride(): number {
    return (this.operand >>> 8) & 0xff;
  }
}
