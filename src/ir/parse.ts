/**
 * Parse: the text form of commands, one a line, into the compact form.
 *
 *   window 22
 *   insert 3 "ab "          literals, or 616220
 *   copy 6 from 3
 *   dict 5 word 4,102 func 1
 *
 * The grammar is that of docs/formats/ir.md: the original's, and beside it empty lines and remarks
 * that begin with `#`. Fields are in text-line.ts, literals in parse-literal.ts, `prediction` lines in
 * parse-hint.ts; what is written comes from print.ts.
 */
import { PithError } from "../core/errors.ts";
import { IR_TEXT_BYTES_MAXIMUM } from "../core/limits.ts";
import { IrBuilder, WINDOW_BITS_MAXIMUM, WINDOW_BITS_MINIMUM } from "./build.ts";
import { COMMAND_LENGTH_MAXIMUM, type Ir } from "./command.ts";
import { parseHint } from "./parse-hint.ts";
import { parseLiteral } from "./parse-literal.ts";
import { TextLine } from "./text-line.ts";
import { checkWord, transformedLength } from "./words.ts";

/** What our writer puts behind a window that its IR does not have (see print.ts). */
export const IMPLIED_WINDOW = "implied";

type ParseLine = (line: TextLine, builder: IrBuilder) => void;

const VERBS: ReadonlyMap<string, ParseLine> = new Map<string, ParseLine>([
  ["insert", (line, builder) => builder.insert(parseLiteral(line))],
  ["rndins", (line, builder) => builder.insertRandom(parseLiteral(line))],
  ["copy", parseCopy],
  ["dict", parseDict],
  ["ltype", parseLiteralType],
  ["ctype", (line, builder) => builder.commandType(lastBlockType(line))],
  ["dtype", (line, builder) => builder.distanceType(lastBlockType(line))],
  ["prediction", (line, builder) => builder.prediction(parseHint(line))],
  ["window", (line, builder) => builder.window(parseWindow(line))],
]);

/**
 * Reads IR text.
 *
 * @param text - as bytes, since quoted literals may hold any; a string counts as its UTF-8
 * @returns commands that can be run: `parseIr(printIr(ir))` equals `ir` where its literals and hints
 *   lie in the order in which they are used, as those of `IrBuilder` do
 * @throws PithError "IrSyntax" when it breaks the grammar, "IrInvalid" when a command could not be
 *   run, both with `line`, `column` and `why`; "IrTooLarge" from 256 MiB on
 *
 * One pass; memory is in proportion to the text, whatever the commands would make.
 */
export function parseIr(text: Uint8Array | string): Ir {
  if (text.length > IR_TEXT_BYTES_MAXIMUM) throw tooLarge(text.length);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : plainView(text);
  if (bytes.length > IR_TEXT_BYTES_MAXIMUM) throw tooLarge(bytes.length);

  const line = new TextLine(bytes);
  const builder = new IrBuilder();
  if (!line.step()) throw line.wrong("no command at all; the first is a window");
  if (line.word("verb") !== "window") throw line.wrong("the first command is a window");
  const bits = parseWindow(line);
  const implied = line.more && line.word("end") === IMPLIED_WINDOW;
  if (!implied) builder.window(bits);

  while (line.step()) {
    const parseLine = VERBS.get(line.word("verb"));
    if (parseLine === undefined) throw line.wrong("no such command");
    try {
      parseLine(line, builder);
    } catch (error) {
      throw placed(error, line);
    }
  }
  return builder.finish();
}

function parseCopy(line: TextLine, builder: IrBuilder): void {
  const length = line.number32("length", COMMAND_LENGTH_MAXIMUM);
  line.expect("from");
  builder.copy(length, line.number32("distance"));
}

function parseDict(line: TextLine, builder: IrBuilder): void {
  const finalLength = line.number32("final length", COMMAND_LENGTH_MAXIMUM);
  const lengthAt = line.place();
  line.expect("word");
  const [wordLength, word] = line.pair("word");
  const why = checkWord(wordLength, word, 0);
  if (why !== "") throw line.invalid(why);
  line.skipTo("func");
  const transform = line.number32("transform");
  builder.dict(wordLength, word, transform);
  const made = transformedLength(wordLength, transform);
  if (finalLength !== 0 && finalLength !== made) {
    const wrong = `the transformed word has ${made} bytes`;
    throw new PithError("IrInvalid", { ...lengthAt, why: wrong });
  }
}

function parseLiteralType(line: TextLine, builder: IrBuilder): void {
  const type = line.number32("block type", 255);
  builder.literalType(type, line.number32("stride", 8));
  line.finish();
}

function lastBlockType(line: TextLine): number {
  const type = line.number32("block type", 255);
  line.finish();
  return type;
}

function parseWindow(line: TextLine): number {
  const bits = line.number32("window");
  if (bits < WINDOW_BITS_MINIMUM || bits > WINDOW_BITS_MAXIMUM) {
    throw line.wrong("a window has 10 to 30 bits");
  }
  return bits;
}

/** A fault of the builder, which counts commands, with the place of the field taken last. */
function placed(error: unknown, line: TextLine): unknown {
  if (!(error instanceof PithError) || "line" in error.facts) return error;
  return new PithError(error.code, { ...line.place(), ...error.facts }, error);
}

/** The same bytes without what a Node Buffer puts on top, which costs time at each look. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function tooLarge(bytes: number): PithError {
  return new PithError("IrTooLarge", { bytes, maximum: IR_TEXT_BYTES_MAXIMUM });
}
