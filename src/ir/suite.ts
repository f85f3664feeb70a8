/**
 * For tests of the IR: random commands, and a strict reader of the grammar that shares nothing with
 * ours.
 */
import assert from "node:assert/strict";
import type { Random } from "../../test/random.ts";
import { IrBuilder } from "./build.ts";
import { CONTEXT_MODES, type Ir, type PredictionHint } from "./command.ts";
import { plainHint } from "./hint.ts";
import { wordCount } from "./words.ts";

/** Any commands that can be run: every kind, every edge of every field, some of no bytes. */
export function randomIr(random: Random, commands: number): Ir {
  const builder = new IrBuilder();
  for (let i = 0; i < commands; i++) {
    const kind = random.upTo(12);
    if (kind < 4) builder.insert(randomLiterals(random));
    else if (kind === 4) builder.insertRandom(random.bytes(random.upTo(40)));
    else if (kind < 8) {
      const distance = 1 + random.upTo(random.pick([4, 70_000]));
      const length = random.upTo(random.pick([3, 300]));
      builder.copy(distance > builder.position ? 0 : length, distance);
    } else if (kind < 10) {
      const wordLength = 4 + random.upTo(21);
      builder.dict(wordLength, random.upTo(wordCount(wordLength)), random.upTo(121));
    } else if (kind === 10) randomBlockType(random, builder);
    else if (random.oneIn(2)) builder.window(10 + random.upTo(21));
    else builder.prediction(randomHint(random));
  }
  return builder.finish();
}

function randomLiterals(random: Random): Uint8Array {
  const size = random.upTo(random.pick([3, 30, 300]));
  if (random.oneIn(3)) return random.bytes(size);
  const letters = random.pick(["\n\r\t\\'\"?x#", " aE09\x7f\x00\xff", "the quick brown fox"]);
  return Uint8Array.from({ length: size }, () => letters.charCodeAt(random.upTo(letters.length)));
}

function randomBlockType(random: Random, builder: IrBuilder): void {
  const type = random.upTo(256);
  const kind = random.upTo(3);
  if (kind === 0) builder.literalType(type, random.upTo(9));
  else if (kind === 1) builder.commandType(type);
  else builder.distanceType(type);
}

function randomHint(random: Random): PredictionHint {
  const plain = plainHint(random.pick(CONTEXT_MODES));
  const pair = (): number[] =>
    random.oneIn(2) ? [] : [random.upTo(16_385), random.pick([0, 16_384])];
  return {
    ...plain,
    literalContextMap: random.bytes(random.pick([0, 0, 1, 64, 16_384])),
    distanceContextMap: random.bytes(random.pick([0, 4, 1024])),
    mixingValues: random.bytes(random.pick([0, 0, 3, 8192])).map((value) => value % 9),
    speeds: {
      contextMapIncrement: pair(),
      contextMapLimit: pair(),
      strideIncrement: pair(),
      strideLimit: pair(),
      mixingIncrement: pair(),
      mixingLimit: pair(),
    },
  };
}

const LITERAL =
  /^(?:insert|rndins) (?:0|([1-9]\d*) (?:((?:[0-9a-fA-F]{2})+)|"((?:[^"\\]|\\[nrt\\'"?]|\\x[0-9a-fA-F]{2})*)"))$/;
const COPY = /^copy \d+ from [1-9]\d*$/;
const DICT = /^dict \d+ word (\d+),(\d+)(?: [0-9a-f]+)? func (\d+)(?: [0-9a-f]+)?$/;
const WORD_BITS = "0000aabbaaaaa998778776655";

/** Fails unless a text is what dropbox/divans takes, as its grammar is known. */
export function assertGrammar(text: string): void {
  assert.match(text, /^[\n\x20-\x7e]*\n$/, "lines of ASCII, each ended");
  const lines = text.slice(0, -1).split("\n");
  assert.match(lines[0]!, /^window /, "a window first");
  for (const line of lines) assertLine(line);
}

function assertLine(line: string): void {
  const says = `not in the grammar: ${line.slice(0, 100)}`;
  assert.equal(line, line.trim(), says);
  const verb = line.split(" ", 1)[0]!;
  if (verb === "insert" || verb === "rndins") {
    const match = LITERAL.exec(line);
    assert.ok(match, says);
    const [, length = "0", digits = "", quoted = ""] = match;
    const bytes = quoted.replaceAll(/\\x..|\\./g, ".").length + digits.length / 2;
    assert.equal(bytes, Number(length), says);
  } else if (verb === "copy") assert.match(line, COPY, says);
  else if (verb === "dict") {
    const [, wordLength, word, transform] = DICT.exec(line)?.map(Number) ?? [];
    const bits = Number.parseInt(WORD_BITS[wordLength!] ?? "0", 36);
    assert.ok(bits > 0 && word! < 2 ** bits && transform! < 121, says);
  } else if (verb === "prediction") assertPrediction(line.split(" "));
  else if (verb === "window") assert.match(line, /^window (?:[12]\d|30)(?: \S+)*$/, says);
  else if (verb === "ltype") assert.match(line, /^ltype \d{1,3} [0-8]$/, says);
  else assert.match(line, /^[cd]type \d{1,3}$/, says);
}

function assertPrediction([, mode, ...fields]: string[]): void {
  assert.match(mode!, /^(utf8|sign|lsb6|msb6)$/);
  const text = ` ${fields.join(" ")}`;
  const section =
    /( (lcontextmap|dcontextmap)( \d{1,3})*| mixingvalues( [0-8])*| (cm|st|mx)speed(inc|max) \d+ \d+)/g;
  assert.equal(text.replaceAll(section, "").trim(), "", `sections: ${text.slice(0, 200)}`);
}
