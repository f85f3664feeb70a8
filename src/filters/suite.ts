/**
 * What the tests of filters share: any filter from a seed, and bytes that filters are made for.
 */
import type { Random } from "../../test/random.ts";
import { type Filter, SAMPLE_FORMS, WORD_FORMS, wordBytes, X86_FORMS } from "./filter.ts";

/** Any filter, small parameters as often as large ones. */
export function anyFilter(random: Random): Filter {
  const far = (most: number): number => 1 + random.upTo(random.pick([4, 40, 700, most]));
  switch (random.upTo(6)) {
    case 0:
      return { kind: "x86", form: random.pick(X86_FORMS) };
    case 1:
      return { kind: "arm64" };
    case 2:
      return { kind: "delta", distance: far(65_536) };
    case 3: {
      const word = random.pick(WORD_FORMS);
      return { kind: "words", word, stride: far(65_536), phase: random.upTo(wordBytes(word)) };
    }
    case 4:
      return { kind: "transpose", stride: far(65_536) };
    default: {
      const channels = random.pick([1, 1, 3, 4, 1 + random.upTo(16)]);
      const [sample, width] = [random.pick(SAMPLE_FORMS), far(65_536)];
      return { kind: "predict", sample, width, channels, tail: random.upTo(16) };
    }
  }
}

/** Bytes thick with what looks like branches of x86 and ARM64, overlapping ones too. */
export function branches(random: Random, size: number): Uint8Array<ArrayBuffer> {
  const pieces = [[0xe8], [0xe9], [0x48, 0x8d, 0x05], [0x4f, 0x63, 0x3d], [0x4c, 0x3b, 0x15]];
  const bytes = random.bytes(size);
  for (let at = 0; at < size; at += random.upTo(9)) {
    const piece = random.oneIn(3) ? [0, 0, 0, random.pick([0, 0xff])] : random.pick(pieces);
    bytes.set(piece.slice(0, size - at), at);
    at += piece.length;
    if (random.oneIn(4)) {
      const word = (at & ~3) + 3;
      if (word < size) bytes[word] = random.pick([0x94, 0x97, 0x90, 0xb0, 0xf0]);
    }
  }
  return bytes;
}

/** A picture of slow slopes and some noise. */
export function picture(random: Random, size: number, width: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    bytes[i] = 128 + 60 * Math.sin(x / 19) + 50 * Math.cos(y / 23) + random.upTo(4);
  }
  return bytes;
}
