/**
 * What `pith ir` reads and writes: files and stdin held whole, IR as text, and outputs that appear whole
 * or go to stdout.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { IR_LITERAL_BYTES_MAXIMUM, IR_TEXT_BYTES_MAXIMUM } from "../core/limits.ts";
import { type Ir, parseIr, printIr } from "../ir/index.ts";
import { fileFault } from "./file-fault.ts";
import type { IrOutputOptions } from "./ir.ts";
import { beginOutput } from "./output.ts";
import { readFile, readInput } from "./read-file.ts";
import type { Run } from "./run.ts";
import { writeOut } from "./write-out.ts";

/** Text leaves in pieces of so many characters. */
const PIECE_CHARACTERS = 1024 * 1024;

/** All bytes of a file, or of stdin for "-". @throws PithError "IrTooLarge" */
export async function readWhole(
  path: string,
  run: Run,
  maximumBytes = IR_LITERAL_BYTES_MAXIMUM,
): Promise<Uint8Array> {
  const source = path === "-" ? readInput(run.surroundings.stdin) : readFile(path);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > maximumBytes) throw new PithError("IrTooLarge", { maximumBytes });
    pieces.push(piece);
  }
  return concatenate(pieces);
}

/** The IR of a file of text. @throws PithError "IrSyntax", "IrInvalid", "IrTooLarge" */
export async function readIrText(path: string, run: Run): Promise<Ir> {
  return parseIr(await readWhole(path, run, IR_TEXT_BYTES_MAXIMUM));
}

/** Writes IR as text. */
export async function writeIr(ir: Ir, options: IrOutputOptions, run: Run): Promise<void> {
  const text = printIr(ir);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
      // The text is ASCII.
      yield Buffer.from(text.slice(at, at + PIECE_CHARACTERS), "latin1");
    }
  }
  await write(pieces(), options, run);
}

/** Writes bytes. */
export async function writeBytes(
  bytes: Uint8Array,
  options: IrOutputOptions,
  run: Run,
): Promise<void> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  await write(pieces(), options, run);
}

/** Whether what is made goes to stdout. */
export function goesToStdout({ output }: IrOutputOptions): boolean {
  return output === undefined || output === "-";
}

async function write(
  pieces: AsyncIterable<Uint8Array>,
  options: IrOutputOptions,
  run: Run,
): Promise<void> {
  const { output: target, force = false } = options;
  if (target === undefined || target === "-") {
    run.dataOnStdout = true;
    await writeOut(pieces, run.surroundings.stdout);
    return;
  }
  const output = await beginOutput(target, force);
  try {
    for await (const piece of pieces) await output.write(piece);
    await output.finish({}, force);
  } catch (error) {
    throw fileFault(error);
  } finally {
    await output.discard();
  }
}
