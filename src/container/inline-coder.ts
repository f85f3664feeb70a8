/**
 * The coder without threads: for tests, small tools and places that have none.
 *
 * The same choice and the same proof as on threads, but a codec that hangs or traps takes its
 * caller along, and the proof runs on the same instances. A server uses pool-coder.ts.
 */

import type { Codec } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNKS_IN_FLIGHT } from "../core/limits.ts";
import { codeAlone, codeChunk, openSession } from "./code-chunk.ts";
import type { Coder, CoderEvent, CoderStats } from "./coder.ts";
import { plainChunkMemory } from "./cut.ts";
import type { Engine } from "./engine.ts";
import type { Gate } from "./gate.ts";
import { ChunkBudget, encodeObject, type PipelineParts } from "./pipeline.ts";
import type { Registry } from "./registry.ts";
import { decodeFrame, proveFrame } from "./verify.ts";

export interface InlineCoderOptions {
  readonly registry: Registry;
  readonly gate: Gate;
  readonly onEvent: (event: CoderEvent) => void;
}

const NO_THREADS: CoderStats = { threads: 0, busy: 0, waiting: 0, replaced: 0, done: 0 };

/** A coder that works on this thread. */
export function createInlineCoder(options: InlineCoderOptions): Coder {
  const { registry, gate, onEvent } = options;
  const parts: PipelineParts = {
    engine: inlineEngine(registry),
    registry,
    gate,
    memory: plainChunkMemory,
    budget: new ChunkBudget(CHUNKS_IN_FLIGHT),
    onEvent,
  };
  return {
    encode: (source, encodeOptions) => encodeObject(parts, source, encodeOptions),
    async decode(frame, expected) {
      try {
        // A copy: the bytes given back must not change with a frame that they may be a part of.
        return new Uint8Array(await decodeFrame(registry, frame, expected));
      } catch (error) {
        throw PithError.from(error, "AssertionFailure", { what: "a codec failed to decode" });
      }
    },
    codecs: registry.codecs.map(({ id, name, version }) => ({ id, name, version })),
    gate,
    requireReadable: (stored) => registry.requireReadable(stored),
    nameStored: (stored) => registry.nameStored(stored),
    stats: () => NO_THREADS,
    close: async () => undefined,
  };
}

function inlineEngine(registry: Registry): Engine {
  return {
    async code(name, wish, chunk) {
      return { value: await codeAlone(codecNamed(registry, name), wish, chunk), place: 0 };
    },
    async openSession(name, effort) {
      const codec = codecNamed(registry, name);
      const session = await openSession(codec, effort);
      return {
        encode: async (chunk) => ({ value: await codeChunk(codec, session, chunk), place: 0 }),
        observe: async ({ plain, last }) => session.observe(plain, last),
        close: async () => session.close(),
      };
    },
    async prove(frame, plainSha256) {
      await proveFrame(registry, frame, plainSha256);
      return { frame, frameSha256: sha256(frame) };
    },
  };
}

function codecNamed(registry: Registry, name: string): Codec {
  const codec = registry.byName(name);
  if (codec === undefined) throw new PithError("AssertionFailure", { what: "no codec", name });
  return codec;
}
