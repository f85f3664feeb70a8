/**
 * What the store's own tests stand on: a small coder, a clock that is turned by hand, and a store
 * in memory. The coder cuts short chunks, so that a few kilobytes are many chunks; the real coder
 * is tested in container/, and with the store in test/system.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { CodedChunk, Coder } from "../container/index.ts";
import { concatenate, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { Blobs } from "./blobs/blobs.ts";
import { memoryBlobs } from "./blobs/memory.ts";
import type { Clock } from "./clock.ts";
import { memoryMeta } from "./meta/memory.ts";
import type { Meta } from "./meta/meta.ts";
import { openStore, type Store, type StoreOptions } from "./store.ts";

/** Chunks of the small coder, in bytes. */
export const SMALL_CHUNK_BYTES = 1000;

export interface SmallCoder extends Coder {
  /** Chunks that it has coded so far. */
  coded: number;
  /** Chunks that it has decoded so far. */
  decoded: number;
}

/**
 * A coder of chunks of `chunkBytes`: a frame is one byte for the codec (1 stored, 2 deflated), 64 bytes
 * of SHA-256 over the rest in hexadecimal, and the coded bytes.
 */
export function smallCoder(chunkBytes = SMALL_CHUNK_BYTES): SmallCoder {
  const coder: SmallCoder = {
    coded: 0,
    decoded: 0,
    codecs: [
      { id: 1, name: "stored", version: 1 },
      { id: 2, name: "deflate", version: 1 },
    ],
    gate: {
      names: ["stored", "deflate"],
      disabled: () => new Set(),
      problems: () => [],
      disable: async () => {},
      enable: async () => {},
      onChange: () => () => {},
      close: () => {},
    },
    async requireReadable(stored) {
      const missing = [...stored].filter(
        ({ codec, codecVersion }) => codec > 2 || codecVersion > 1,
      );
      if (missing.length > 0) throw new PithError("VersionGate", { missing: missing.length });
    },
    nameStored: ({ codec, codecVersion: version }) => {
      return { codec: `codec ${codec}`, version, filter: undefined };
    },
    stats: () => ({ threads: 0, busy: 0, waiting: 0, replaced: 0, done: 0 }),
    async *encode(source, options) {
      let index = 0;
      let held: Uint8Array | undefined;
      for await (const plain of cut(source, chunkBytes)) {
        if (options.signal?.aborted === true)
          throw PithError.from(options.signal.reason, "Aborted");
        if (held !== undefined) yield await one(held, index++, false);
        held = plain;
      }
      if (held !== undefined) yield await one(held, index, true);

      async function one(plain: Uint8Array, at: number, last: boolean): Promise<CodedChunk> {
        const chunk = { index: at, plainBytes: plain.length, sha256: sha256(plain), last };
        if ((await options.known?.(chunk.sha256, plain.length)) === true) {
          const nothing = { frame: undefined, frameSha256: undefined, codec: undefined };
          return { ...chunk, ...nothing, filter: undefined, storedAs: undefined };
        }
        coder.coded += 1;
        const id = options.codec === "stored" ? 1 : 2;
        const payload = id === 1 ? plain : deflateRawSync(plain);
        const coded = concatenate([Uint8Array.of(id), payload]);
        const frame = concatenate([new TextEncoder().encode(sha256(coded)), coded]);
        const codec = { id, name: id === 1 ? "stored" : "deflate", version: 1 };
        const storedAs = { codec: id, codecVersion: 1 };
        return { ...chunk, frame, frameSha256: sha256(frame), codec, filter: undefined, storedAs };
      }
    },
    async decode(frame, expected) {
      coder.decoded += 1;
      const sum = new TextDecoder().decode(frame.subarray(0, 64));
      if (sum !== sha256(frame.subarray(64))) {
        throw new PithError("FrameCorrupt", { why: "checksum" });
      }
      const payload = frame.subarray(65);
      const plain = frame[64] === 1 ? payload : new Uint8Array(inflateRawSync(payload));
      if (expected !== undefined && sha256(plain) !== expected) {
        throw new PithError("FrameCorrupt", { why: "plain bytes" });
      }
      return plain.slice();
    },
    async close() {},
  };
  return coder;
}

async function* cut(
  source: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const part of source) {
    rest = concatenate([rest, part]);
    for (; rest.length >= chunkBytes; rest = rest.subarray(chunkBytes)) {
      yield rest.slice(0, chunkBytes);
    }
  }
  if (rest.length > 0) yield rest.slice();
}

/** A clock that stands still until it is turned. Waiting turns it by what is waited for. */
export interface HandClock extends Clock {
  /** Moves the time on, and calls what was due once. */
  turn(ms: number): void;
}

export function handClock(startMs = 1_000_000): HandClock {
  let now = startMs;
  const repeats = new Set<{ everyMs: number; dueMs: number; work: () => void }>();
  const turn = (ms: number): void => {
    now += ms;
    for (const repeat of repeats) {
      if (repeat.dueMs > now) continue;
      repeat.dueMs = now + repeat.everyMs;
      repeat.work();
    }
  };
  return {
    turn,
    nowMs: () => now,
    wait: async (ms) => {
      turn(ms);
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
    every: (everyMs, work) => {
      const repeat = { everyMs, dueMs: now + everyMs, work };
      repeats.add(repeat);
      return () => void repeats.delete(repeat);
    },
  };
}

/** A store in memory with everything that a test wants to reach into. */
export interface TestStore {
  readonly store: Store;
  readonly meta: Meta;
  readonly blobs: Blobs;
  readonly coder: SmallCoder;
  readonly clock: HandClock;
  readonly alarms: PithError[];
}

/** The grace time of test stores. */
export const TEST_GRACE_MS = 1000;

export async function testStore(
  options: Partial<StoreOptions> & { readonly meta?: Meta; readonly blobs?: Blobs } = {},
): Promise<TestStore> {
  const meta = options.meta ?? memoryMeta();
  const blobs = options.blobs ?? memoryBlobs();
  const coder = smallCoder();
  const clock = handClock();
  const alarms: PithError[] = [];
  const store = await openStore({
    drivers: { meta, blobs },
    coder,
    clock,
    graceMs: TEST_GRACE_MS,
    onAlarm: (alarm) => alarms.push(alarm),
    ...options,
  });
  return { store, meta, blobs, coder, clock, alarms };
}

/** The bytes as a stream of parts of at most `partBytes`. */
export async function* streamOf(bytes: Uint8Array, partBytes = 700): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

/** Everything that a stream gives. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return concatenate(parts);
}

/** All bytes of an object. */
export async function getBytes(store: Store, bucket: string, key: string): Promise<Uint8Array> {
  return await bytesOf((await store.getObject(bucket, key)).body);
}

/** `size` bytes that hold `seed` and are otherwise alike: distinct objects with shared chunks. */
export function numbered(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size).fill(0x61);
  if (size >= 4) viewOf(bytes).setUint32(0, seed);
  return bytes;
}
