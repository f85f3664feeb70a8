/**
 * Coders that run in this process, on one thread: our codec at each effort, and zlib as Node has it.
 */
import { deflateSync, inflateSync } from "node:zlib";
import { decode, EFFORTS, type Effort, encode } from "./doors.ts";
import { ZLIB } from "./programs.ts";

export interface Coder {
  readonly name: string;
  /** Undefined for zlib. */
  readonly effort: Effort | undefined;
  encode(plain: Uint8Array): Promise<Uint8Array>;
  decode(coded: Uint8Array): Promise<Uint8Array>;
}

/** As tables name our own. */
export function oursAt(effort: Effort): string {
  return `pith ${effort}`;
}

export const CODERS: readonly Coder[] = [
  {
    name: ZLIB,
    effort: undefined,
    encode: async (plain) => new Uint8Array(deflateSync(plain, { level: 9 })),
    decode: async (coded) => new Uint8Array(inflateSync(coded)),
  },
  ...EFFORTS.map((effort) => ({
    name: oursAt(effort),
    effort,
    encode: (plain: Uint8Array) => encode(plain, effort),
    decode,
  })),
];
