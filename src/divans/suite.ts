/**
 * For tests of DivANS: bytes of every kind that a codec meets, and commands of every kind that an IR has.
 */
import type { Random } from "../../test/random.ts";
import { type Ir, IrBuilder } from "../ir/index.ts";

type Content = (random: Random, size: number) => Uint8Array<ArrayBuffer>;

const WORDS =
  "the of and to in that was his he with it as had for at not on be him from said which all would " +
  'time people Information government 1,234 <td> </td> \r\n {"name": "value"}, -> \u00e9t\u00e9';

/** Kinds of content by name. */
export const CONTENTS: Readonly<Record<string, Content>> = {
  text: (random, size) => {
    const words = WORDS.split(" ");
    let text = "";
    while (text.length < size) text += `${random.pick(words)}${random.oneIn(9) ? "\n" : " "}`;
    return new TextEncoder().encode(text).slice(0, size);
  },
  table: (random, size) => {
    const stride = 1 + random.upTo(24);
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      const above = i < stride ? 0 : bytes[i - stride]!;
      bytes[i] = i % stride < 2 ? random.upTo(256) : above + random.upTo(3);
    }
    return bytes;
  },
  runs: (random, size) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const end = Math.min(size, at + 1 + random.upTo(random.pick([4, 40, 20_000])));
      bytes.fill(random.upTo(256), at, end);
      at = end;
    }
    return bytes;
  },
  repeats: (random, size) => {
    const bytes = random.bytes(size);
    const period = 1 + random.upTo(Math.max(1, random.pick([3, 300, size])));
    for (let i = period; i < size; i++) if (!random.oneIn(200)) bytes[i] = bytes[i - period]!;
    return bytes;
  },
  everyByte: (_random, size) => Uint8Array.from({ length: size }, (_, i) => i),
  noise: (random, size) => random.bytes(size),
  mixed: (random, size) => random.content(size),
};

/** Commands that can be run, of every kind, with lengths and distances at all edges. */
export function randomCommands(random: Random, commands: number, lengthMaximum: number): Ir {
  const builder = new IrBuilder();
  for (let i = 0; i < commands; i++) {
    const length = random.upTo(random.pick([3, 40, lengthMaximum]));
    const kind = random.upTo(10);
    if (kind < 3) builder.insert(random.bytes(random.upTo(random.pick([3, 40]))));
    else if (kind === 3) builder.insertRandom(random.bytes(random.upTo(40)));
    else if (kind < 7) {
      const distance = 1 + random.upTo(random.pick([4, 300, 10_000_000]));
      builder.copy(distance > builder.position ? 0 : length, distance);
    } else if (kind === 7) builder.dict(4 + random.upTo(21), random.upTo(32), random.upTo(121));
    else randomHint(random, builder);
  }
  return builder.finish();
}

function randomHint(random: Random, builder: IrBuilder): void {
  const kind = random.upTo(5);
  if (kind === 0) builder.literalType(random.upTo(256), random.upTo(9));
  else if (kind === 1) builder.commandType(random.upTo(256));
  else if (kind === 2) builder.distanceType(random.upTo(256));
  else if (kind === 3) builder.window(10 + random.upTo(21));
  else {
    const pair = (): number[] => (random.oneIn(2) ? [] : [random.upTo(16_385), 16_384]);
    builder.prediction({
      mode: random.pick(["lsb6", "msb6", "utf8", "sign"] as const),
      literalContextMap: random.bytes(random.pick([0, 1, 64, 16_384])),
      distanceContextMap: random.bytes(random.pick([0, 4, 1024])),
      mixingValues: random.bytes(random.pick([0, 3, 8192])).map((value) => value % 9),
      speeds: {
        contextMapIncrement: pair(),
        contextMapLimit: pair(),
        strideIncrement: pair(),
        strideLimit: pair(),
        mixingIncrement: pair(),
        mixingLimit: pair(),
      },
    });
  }
}
