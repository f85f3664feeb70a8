/**
 * Codecs that break the contract, one way each. Each claims objects that begin with its name in
 * upper case; what it does not do wrong it does with deflate.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Codec, Encoded } from "../../src/core/codec.ts";
import { PithError } from "../../src/core/errors.ts";
import { CHUNK_BYTES } from "../../src/core/limits.ts";
import { devour, hang, trap } from "./trap.ts";

const NOTHING = new Uint8Array(0);

interface Ways {
  readonly encode?: (chunk: Uint8Array) => Encoded;
  readonly decode?: (payload: Uint8Array, plainBytes: number) => Uint8Array;
  readonly sniff?: () => never;
  readonly open?: () => never;
  readonly close?: () => never;
}

const WAYS: Readonly<Record<string, Ways>> = {
  liar: { decode: (_, plainBytes) => new Uint8Array(plainBytes) },
  short: { decode: (_, plainBytes) => new Uint8Array(plainBytes - 1) },
  hanger: { encode: hang },
  "hanging-reader": { decode: hang },
  trapper: { encode: trap },
  "trapping-reader": { decode: trap },
  glutton: { encode: devour },
  "gluttonous-reader": { decode: devour },
  thrower: {
    encode: () => {
      throw new Error("thrown by a codec");
    },
  },
  faulty: {
    encode: () => {
      throw new PithError("KernelFault", { fault: 3 });
    },
  },
  refuser: { encode: () => ({ refused: "CodecRefused", why: "not mine" }) },
  giant: { encode: () => ({ parameters: NOTHING, payload: new Uint8Array(32 * 1024 * 1024) }) },
  talker: {
    encode: () => ({ parameters: new Uint8Array(70_000), payload: NOTHING }),
  },
  typist: { encode: () => ({ parameters: NOTHING, payload: "text" }) as unknown as Encoded },
  mute: { encode: () => undefined as unknown as Encoded },
  sniffer: {
    sniff: () => {
      throw new Error("thrown while sniffing");
    },
  },
  closed: {
    open: () => {
      throw new Error("thrown while opening");
    },
  },
  slammer: {
    close: () => {
      throw new Error("thrown while closing");
    },
  },
  /** Changes the payload that it was given to read. */
  scribbler: {
    decode: (payload, plainBytes) => {
      const plain = inflated(payload, plainBytes);
      payload.fill(0);
      return plain;
    },
  },
  /** Changes the plain bytes that it was given to code. */
  vandal: {
    encode: (chunk) => {
      chunk.fill(7, 16, 32);
      return { refused: "CodecRefused", why: "spoilt" };
    },
  },
};

export const codecs: readonly Codec[] = Object.entries(WAYS).flatMap(([name, ways], index) => [
  codec(61_000 + index, name, true, ways),
  codec(62_000 + index, `${name}-in-line`, false, ways),
]);

function codec(id: number, name: string, independent: boolean, ways: Ways): Codec {
  const mark = new TextEncoder().encode(`${name.toUpperCase()}!`);
  return {
    id,
    name,
    version: 1,
    readableVersions: [1],
    independent,
    sniff(first) {
      if (!mark.every((byte, i) => first[i] === byte)) return undefined;
      ways.sniff?.();
      return { chunkBytes: CHUNK_BYTES, whole: false };
    },
    open: () => {
      ways.open?.();
      return {
        encode:
          ways.encode ?? ((chunk) => ({ parameters: NOTHING, payload: deflateRawSync(chunk) })),
        observe: () => undefined,
        close: () => ways.close?.(),
      };
    },
    decode: ({ payload }, _version, plainBytes) => (ways.decode ?? inflated)(payload, plainBytes),
  };
}

function inflated(payload: Uint8Array, plainBytes: number): Uint8Array {
  return inflateRawSync(payload, { maxOutputLength: plainBytes });
}
