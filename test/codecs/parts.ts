/**
 * A codec whose coded chunks have parts that decode alone: `parts`, and some that get it wrong.
 *
 *   parameters   way, number of parts, one byte each; then the bits of the chunk's own key
 *   payload      [length u32 | raw deflate of a part] ...
 *
 * Each part that is decoded is told to whoever listens on CHANNEL. In the way "meet" a part of a
 * frame in shared memory comes back only when another part of the same frame is being decoded on
 * another thread: what two threads do one after the other never ends so, but in an error.
 */
import { threadId } from "node:worker_threads";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { concatenate, toHex, viewOf } from "../../src/core/bytes.ts";
import type { Codec, Coded } from "../../src/core/codec.ts";
import { PithError } from "../../src/core/errors.ts";
import { CHUNK_BYTES } from "../../src/core/limits.ts";
import { hang, trap } from "./trap.ts";

export const CHANNEL = "pith test: parts";

/** What a listener hears of a part. */
export interface ToldPart {
  readonly key: string;
  readonly part: number;
  readonly thread: number;
}

/** What the last part of a chunk does; "meet" is what every part does. */
export const WAYS = [
  "well",
  "meet",
  "input",
  "blunder",
  "trap",
  "hang",
  "short",
  "long",
  "text",
  "same-buffer",
  "none",
  "too-many",
  "half",
  "puzzled",
  "trapped",
] as const;
export type Way = (typeof WAYS)[number];

const MARK = new TextEncoder().encode("PARTS!");
const MEETING_MS = 20_000;

/** An object that `parts` claims: its next two bytes are the way and the number of parts. */
export function partsObject(object: Uint8Array, way: Way, parts: number): Uint8Array {
  object.set(MARK);
  object.set([WAYS.indexOf(way), parts], MARK.length);
  return object;
}

/** The coded form of `plain` in `parts` parts of about the same length. */
export function codeParts(plain: Uint8Array, way: Way, parts: number, key: Uint8Array): Coded {
  const pieces: Uint8Array[] = [];
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * plain.length) / parts);
    const packed = deflateRawSync(
      plain.subarray(from, Math.floor(((part + 1) * plain.length) / parts)),
    );
    const length = new Uint8Array(4);
    viewOf(length).setUint32(0, packed.length, true);
    pieces.push(length, packed);
  }
  const parameters = Uint8Array.of(WAYS.indexOf(way), parts, ...key);
  return { parameters, payload: concatenate(pieces) };
}

function wayOf({ parameters }: Coded): Way {
  return WAYS[parameters[0] as number] as Way;
}

function countParts(coded: Coded): number {
  const way = wayOf(coded);
  if (way === "none") return 0;
  if (way === "too-many") return 17;
  if (way === "half") return 2.5;
  if (way === "puzzled") throw new PithError("BadLeptonFile", { why: "no parts can be told" });
  if (way === "trapped") trap();
  return coded.parameters[1] as number;
}

async function decodePart(coded: Coded, plainBytes: number, part: number): Promise<Uint8Array> {
  const { parameters, payload } = coded;
  const view = viewOf(payload);
  let at = 0;
  for (let i = 0; i < part; i++) at += 4 + view.getUint32(at, true);
  const packed = payload.subarray(at + 4, at + 4 + view.getUint32(at, true));
  const plain = inflateRawSync(packed, { maxOutputLength: plainBytes });
  const key = toHex(parameters.subarray(2));
  tell({ key, part, thread: threadId });
  const way = wayOf(coded);
  if (way === "meet" && payload.buffer instanceof SharedArrayBuffer) await meet(key, part);
  if (way === "same-buffer") return inSameBuffer(plain);
  return part === (parameters[1] as number) - 1 ? goWrong(way, plain) : plain;
}

function goWrong(way: Way, plain: Uint8Array): Uint8Array {
  if (way === "input") throw new PithError("BadLeptonFile", { why: "the last part" });
  if (way === "blunder") throw new TypeError("a plain mistake");
  if (way === "trap") trap();
  if (way === "hang") hang();
  if (way === "short") return plain.subarray(1);
  if (way === "long") return concatenate([plain, Uint8Array.of(1)]);
  return way === "text" ? ("text" as unknown as Uint8Array) : plain;
}

const SAME = new ArrayBuffer(1 << 20);
let used = 0;

/** Parts that lie in one buffer, one behind the other. */
function inSameBuffer(plain: Uint8Array): Uint8Array {
  used = used + plain.length > SAME.byteLength ? 0 : used;
  const place = new Uint8Array(SAME, used, plain.length);
  place.set(plain);
  used += plain.length;
  return place;
}

function tell(told: ToldPart): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(told);
  channel.close();
}

/** Comes back when another thread is in here for another part of the same chunk, or was when this
 * one came: each says that it is here, and says so again to who comes later. */
async function meet(key: string, part: number): Promise<void> {
  if (part > 1) return;
  const channel = new BroadcastChannel(`${CHANNEL}, ${key}`);
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error("nobody came")), MEETING_MS).unref();
      channel.onmessage = (event) => {
        const { thread } = (event as MessageEvent<{ thread: number }>).data;
        if (thread === threadId) return;
        channel.postMessage({ thread: threadId });
        resolve();
      };
      channel.postMessage({ thread: threadId });
    });
  } finally {
    channel.close();
  }
}

export const codecs: readonly Codec[] = [
  {
    id: 60_101,
    name: "parts",
    version: 1,
    readableVersions: [1],
    independent: true,
    sniff: (first) =>
      MARK.every((byte, i) => first[i] === byte)
        ? { chunkBytes: CHUNK_BYTES, whole: false }
        : undefined,
    open: () => {
      return {
        encode: (chunk) => {
          const [way, parts] = chunk.subarray(MARK.length);
          return codeParts(chunk, WAYS[way as number] as Way, parts as number, chunk.slice(8, 16));
        },
        observe: () => undefined,
        close: () => undefined,
      };
    },
    parts: countParts,
    decode: (coded, _version, plainBytes, part) => decodePart(coded, plainBytes, part),
  },
];
