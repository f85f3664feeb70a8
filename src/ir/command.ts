/**
 * Command: one step of the intermediate representation (IR), in the compact form of the pipeline.
 *
 *   words     | kind, length | operand | kind, length | operand | ...      two words a command
 *   literals  the bytes of all inserts, one after the other
 *   hints     what `prediction` lines say; a command names its hint by number
 *
 *   kind                     length             operand
 *   insert, rndins           bytes              where its bytes begin in `literals`
 *   copy                     bytes              distance, 1 = the byte before
 *   dict                     bytes it becomes   word | word length << 16 | transform << 24
 *   ltype                    0                  block type | stride << 8
 *   ctype, dtype             0                  block type
 *   prediction               0                  number of the hint
 *   window                   0                  log2 of the window
 *
 * Only insert, rndins, copy and dict make bytes; the rest are hints that any reader may ignore. The
 * text form is in parse.ts and print.ts, what commands mean in run.ts. Format: docs/formats/ir.md.
 */

/** Kinds of command, as the low four bits of a command's first word. Fixed: kernels know them. */
export const COMMAND_KINDS = {
  insert: 0,
  copy: 1,
  dict: 2,
  ltype: 3,
  ctype: 4,
  dtype: 5,
  prediction: 6,
  window: 7,
  rndins: 8,
} as const;
export type CommandKind = keyof typeof COMMAND_KINDS;

export const WORDS_A_COMMAND = 2;
/** A command's length takes the upper 28 bits of its first word. */
export const COMMAND_LENGTH_MAXIMUM = 2 ** 28 - 1;

/** How literals are to be predicted from the two bytes before them (RFC 7932, section 7.1). */
export const CONTEXT_MODES = ["lsb6", "msb6", "utf8", "sign"] as const;
export type ContextMode = (typeof CONTEXT_MODES)[number];

/** What a `prediction` line says. Lists that a line lacks are empty. */
export interface PredictionHint {
  readonly mode: ContextMode;
  readonly literalContextMap: Uint8Array;
  readonly distanceContextMap: Uint8Array;
  readonly mixingValues: Uint8Array;
  /** Increment and limit for the low nibble, then for the high one; [] where the line has none. */
  readonly speeds: {
    readonly contextMapIncrement: readonly number[];
    readonly contextMapLimit: readonly number[];
    readonly strideIncrement: readonly number[];
    readonly strideLimit: readonly number[];
    readonly mixingIncrement: readonly number[];
    readonly mixingLimit: readonly number[];
  };
}

/** A sequence of commands: what a generator makes, an optimizer changes and a codec codes. Nobody
 * changes one in place. */
export interface Ir {
  /** WORDS_A_COMMAND numbers for each command. */
  readonly words: Uint32Array;
  readonly literals: Uint8Array;
  readonly hints: readonly PredictionHint[];
}

/** Makes IR from bytes. */
export interface Generator {
  readonly name: string;
  /** @returns commands that make exactly `plain` */
  generate(plain: Uint8Array): Ir | Promise<Ir>;
}

/** Makes IR of the same meaning: `runIr` of what it returns gives the same bytes. */
export interface Optimizer {
  readonly name: string;
  /**
   * @param ir - not changed
   * @param plain - the bytes that it makes
   * @param prices - what commands cost
   */
  optimize(ir: Ir, plain: Uint8Array, prices: IrPrices): Ir | Promise<Ir>;
}

/**
 * What commands cost, in bits: frozen, so that two ways to say the same bytes can be compared. A
 * command is priced in the state that the commands before it leave.
 */
export interface IrPrices {
  /** @param position - where in the plain bytes the literals stand */
  insert(position: number, length: number): number;
  /** @param recent - 0..3 when the distance is that of a recent copy (0 = the last), else -1 */
  copy(length: number, distance: number, recent: number): number;
  dict(wordLength: number, transform: number): number;
}
