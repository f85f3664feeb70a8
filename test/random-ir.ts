/**
 * Random IRs that can be run, with everything in them that an IR may have: empty commands, copies that
 * overlap, words with all transforms, hints of all kinds, and bytes that stand at several distances.
 */

import { IrBuilder } from "../src/ir/build.ts";
import { COMMAND_KINDS, CONTEXT_MODES, type Ir } from "../src/ir/command.ts";
import { plainHint } from "../src/ir/hint.ts";
import { runIr } from "../src/ir/run.ts";
import { TRANSFORMS, wordCount } from "../src/ir/words.ts";
import type { Random } from "./random.ts";

/** Text in which words of the dictionary occur, for literals. */
const PHRASES = [
  "the ",
  "The department of ",
  " information",
  "WHICH, ",
  "ab",
  "\n",
  "description.",
];

/** An IR of about so many commands and the bytes that it makes. */
export async function randomIr(
  random: Random,
  commands: number,
): Promise<{ ir: Ir; plain: Uint8Array }> {
  const builder = new IrBuilder();
  const distances = [1 + random.upTo(4)];
  if (random.oneIn(2)) builder.window(10 + random.upTo(15));
  for (let i = 0; i < commands; i++) {
    const kind = random.pick(["insert", "insert", "copy", "copy", "copy", "dict", "hint"] as const);
    if (kind === "insert") addInsert(builder, random);
    else if (kind === "copy") addCopy(builder, random, distances);
    else if (kind === "dict") addWord(builder, random);
    else if (random.oneIn(3)) addHint(builder, random);
  }
  const ir = builder.finish();
  return { ir, plain: await runIr(ir) };
}

/** Another IR of the same bytes: copies wherever bytes agree at a small distance, else literals. */
export function otherIr(random: Random, plain: Uint8Array): Ir {
  const builder = new IrBuilder();
  let literals = 0;
  const flush = (): void => {
    if (literals === 0) return;
    builder.insert(plain.subarray(builder.position, builder.position + literals));
    literals = 0;
  };
  for (let at = 0; at < plain.length; ) {
    const distance = Math.min(at, 1 + random.upTo(40));
    let length = 0;
    while (at + length < plain.length && plain[at + length] === plain[at + length - distance]) {
      length++;
    }
    if (distance === 0 || length < 2 || random.oneIn(4)) {
      literals++;
      at++;
      continue;
    }
    flush();
    if (random.oneIn(5)) addHint(builder, random);
    const taken = Math.min(length, 1 + random.upTo(60));
    builder.copy(taken, distance);
    at += taken;
  }
  flush();
  return builder.finish();
}

function addInsert(builder: IrBuilder, random: Random): void {
  const letters = random.bytes(random.upTo(7)).map((byte) => 97 + (byte & 1));
  const bytes = random.oneIn(3) ? new TextEncoder().encode(random.pick(PHRASES)) : letters;
  if (random.oneIn(6)) builder.insertRandom(bytes);
  else builder.insert(bytes);
}

/** Half of all copies use a distance again. */
function addCopy(builder: IrBuilder, random: Random, distances: number[]): void {
  const length = random.oneIn(8) ? 0 : random.oneIn(10) ? random.upTo(400) : 1 + random.upTo(9);
  if (builder.position === 0) {
    builder.copy(0, 1 + random.upTo(9));
    return;
  }
  const used = random.pick(distances);
  const fresh =
    1 + random.upTo(random.oneIn(2) ? Math.min(12, builder.position) : builder.position);
  const distance = random.oneIn(2) && used <= builder.position ? used : fresh;
  distances.push(distance);
  builder.copy(length, distance);
}

function addWord(builder: IrBuilder, random: Random): void {
  const wordLength = 4 + random.upTo(21);
  const transform = random.oneIn(2) ? 0 : random.upTo(TRANSFORMS);
  builder.dict(wordLength, random.upTo(wordCount(wordLength)), transform);
}

function addHint(builder: IrBuilder, random: Random): void {
  const type = random.upTo(3);
  const kind = random.pick(["ltype", "ctype", "dtype", "prediction", "window"] as const);
  if (kind === "ltype") builder.literalType(type, random.upTo(2));
  else if (kind === "ctype") builder.commandType(type);
  else if (kind === "dtype") builder.distanceType(type);
  else if (kind === "window") builder.window(10 + random.upTo(15));
  else builder.prediction(plainHint(random.pick(CONTEXT_MODES)));
}

/** How many commands of one kind an IR has. */
export function countKind(ir: Ir, kind: keyof typeof COMMAND_KINDS): number {
  let count = 0;
  for (let i = 0; i < ir.words.length; i += 2) {
    if ((ir.words[i]! & 15) === COMMAND_KINDS[kind]) count++;
  }
  return count;
}
