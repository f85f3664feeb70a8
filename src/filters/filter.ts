/**
 * Filter: which reversible change of bytes, and its parameters; a small value and its few bytes.
 *
 *   { kind: "delta", distance: 13 }    <->    06 0c 00        number, then parameters
 *
 * A filter keeps the length of what it changes, and what it does to any bytes can be taken back. This
 * file names filters, reads and writes them; apply.ts does what they say, detect.ts and choose.ts
 * find one that helps. Bytes: docs/formats/filters.md. No filter is no bytes.
 */
import { PithError } from "../core/errors.ts";
import { FILTER_CHANNELS_MAXIMUM, FILTER_DISTANCE_MAXIMUM } from "../core/limits.ts";

export type Filter =
  | { readonly kind: "none" }
  /** Distances in x86 calls and jumps, and at RIP, to positions. */
  | { readonly kind: "x86"; readonly form: X86Form }
  /** Distances in ARM64's BL and ADRP to positions. */
  | { readonly kind: "arm64" }
  /** Each byte less the one `distance` before. */
  | { readonly kind: "delta"; readonly distance: number }
  /** Each word less the one `stride` words before; the first `phase` bytes belong to no word. */
  | {
      readonly kind: "words";
      readonly word: WordForm;
      readonly stride: number;
      readonly phase: number;
    }
  /** Records of `stride` bytes to columns. */
  | { readonly kind: "transpose"; readonly stride: number }
  /** Samples of a picture less what their neighbours foretell: `width` samples in a row, of which
   * each `channels` belong to one point; the last row ends `tail` bytes before the end. */
  | {
      readonly kind: "predict";
      readonly sample: SampleForm;
      readonly width: number;
      readonly channels: number;
      readonly tail: number;
    };

export type X86Form = (typeof X86_FORMS)[number];
export type WordForm = (typeof WORD_FORMS)[number];
export type SampleForm = (typeof SAMPLE_FORMS)[number];

export const NO_FILTER: Filter = { kind: "none" };

/** In the order of their numbers, which begin at X86_FIRST, WORDS_FIRST and SAMPLES_FIRST. */
export const X86_FORMS = ["little", "little-rip", "big", "big-rip"] as const;
export const WORD_FORMS = ["16-little", "16-big", "32-little", "32-big"] as const;
export const SAMPLE_FORMS = ["8", "16-little", "16-big"] as const;

const X86_FIRST = 1;
const ARM64 = 5;
const DELTA = 6;
const WORDS_FIRST = 7;
const TRANSPOSE = 11;
const SAMPLES_FIRST = 12;

/** Names by number, for people and metrics. */
const NAMES: readonly string[] = [
  "none",
  ...X86_FORMS.map((form) => `x86-${form}`),
  "arm64",
  "delta",
  ...WORD_FORMS.map((word) => `words-${word}`),
  "transpose",
  ...SAMPLE_FORMS.map((sample) => `predict-${sample}`),
];

/** Bytes of a word. */
export function wordBytes(word: WordForm): number {
  return word.startsWith("16") ? 2 : 4;
}

/** Bytes of a sample. */
export function sampleBytes(sample: SampleForm): number {
  return sample === "8" ? 1 : 2;
}

/** The name of a filter's number, its first byte; undefined for one that this build has not. */
export function filterName(number: number): string | undefined {
  return NAMES[number];
}

/** A filter in a few words: "delta 13", "predict-16-little 512". */
export function describeFilter(filter: Filter): string {
  const { number, first, other } = numbersOf(filter);
  const name = NAMES[number] as string;
  const sizes = first > 1 || hasFirst(number) ? ` ${first}` : "";
  return `${name}${sizes}${other > 0 ? `+${other}` : ""}`;
}

/** What the kernel takes: the number, then distance, stride or width, then all else in one byte. */
export interface FilterNumbers {
  readonly number: number;
  readonly first: number;
  readonly other: number;
}

/** @throws PithError "InvalidArgument" for parameters that cannot be written */
export function numbersOf(filter: Filter): FilterNumbers {
  const numbers = unchecked(filter);
  const { number, first, other } = numbers;
  const others = isWholeIn(other, 0, 255) && isPhaseOrTail(filter);
  if (number > 0 && isWholeIn(first, 1, FILTER_DISTANCE_MAXIMUM) && others) return numbers;
  if (filter.kind === "none") return numbers;
  throw new PithError("InvalidArgument", { what: "parameters of a filter", filter });
}

function unchecked(filter: Filter): FilterNumbers {
  switch (filter.kind) {
    case "none":
      return { number: 0, first: 1, other: 0 };
    case "x86":
      return { number: numberOf(X86_FIRST, X86_FORMS, filter.form), first: 1, other: 0 };
    case "arm64":
      return { number: ARM64, first: 1, other: 0 };
    case "delta":
      return { number: DELTA, first: filter.distance, other: 0 };
    case "words": {
      const number = numberOf(WORDS_FIRST, WORD_FORMS, filter.word);
      return { number, first: filter.stride, other: filter.phase };
    }
    case "transpose":
      return { number: TRANSPOSE, first: filter.stride, other: 0 };
    case "predict": {
      const number = numberOf(SAMPLES_FIRST, SAMPLE_FORMS, filter.sample);
      const other = (filter.channels - 1) * 16 + filter.tail;
      return { number, first: filter.width, other };
    }
  }
}

/** The number of a form, 0 for one that is not in the list (a caller without types). */
function numberOf(first: number, forms: readonly string[], form: string): number {
  const at = forms.indexOf(form);
  return at === -1 ? 0 : first + at;
}

function isPhaseOrTail(filter: Filter): boolean {
  if (filter.kind === "words") return isWholeIn(filter.phase, 0, wordBytes(filter.word) - 1);
  if (filter.kind !== "predict") return true;
  return isWholeIn(filter.channels, 1, FILTER_CHANNELS_MAXIMUM) && isWholeIn(filter.tail, 0, 15);
}

function isWholeIn(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Whether a number's filter has a distance, stride or width. */
function hasFirst(number: number): boolean {
  return number >= DELTA;
}

/**
 * The bytes of a filter: none for none, else one to four.
 *
 * @throws PithError "InvalidArgument" for parameters out of range
 */
export function writeFilter(filter: Filter): Uint8Array<ArrayBuffer> {
  const { number, first, other } = numbersOf(filter);
  if (number === 0) return new Uint8Array(0);
  if (number < DELTA) return Uint8Array.of(number);
  const less = first - 1;
  if (filter.kind === "delta" || filter.kind === "transpose") {
    return Uint8Array.of(number, less & 255, less >> 8);
  }
  return Uint8Array.of(number, less & 255, less >> 8, other);
}

/**
 * The filter that `writeFilter` wrote; a single zero byte is none, too.
 *
 * @throws PithError "CodecUnknown" for a number, parameters or a length that this build does not know
 */
export function readFilter(bytes: Uint8Array): Filter {
  const filter = parsed(bytes);
  if (filter !== undefined) return filter;
  throw new PithError("CodecUnknown", { filter: bytes[0], filterBytes: bytes.length });
}

function parsed(bytes: Uint8Array): Filter | undefined {
  const [number = 0, low = 0, high = 0, other = 0] = bytes;
  const size = bytes.length;
  if (number === 0) return size <= 1 ? NO_FILTER : undefined;
  const form = X86_FORMS[number - X86_FIRST];
  if (form !== undefined) return size === 1 ? { kind: "x86", form } : undefined;
  if (number === ARM64) return size === 1 ? { kind: "arm64" } : undefined;

  const first = low + 256 * high + 1;
  if (number === DELTA) return size === 3 ? { kind: "delta", distance: first } : undefined;
  if (number === TRANSPOSE) return size === 3 ? { kind: "transpose", stride: first } : undefined;

  if (size !== 4) return undefined;
  const word = WORD_FORMS[number - WORDS_FIRST];
  if (word !== undefined) {
    return other < wordBytes(word)
      ? { kind: "words", word, stride: first, phase: other }
      : undefined;
  }
  const sample = SAMPLE_FORMS[number - SAMPLES_FIRST];
  if (sample === undefined) return undefined;
  const channels = (other >> 4) + 1;
  return { kind: "predict", sample, width: first, channels, tail: other & 15 };
}
