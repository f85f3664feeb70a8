/**
 * The coding worker: what runs on each thread of pool-coder.ts.
 *
 * A thread has its own registry, so its own kernel instance of every codec, and the sessions that
 * lanes opened on it. One job at a time; what a job may hold is bounded by the frame's limits.
 */
import type { Codec, Effort, EncodeSession } from "../core/codec.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { serveJobs, transferring } from "../core/jobs.ts";
import {
  type CodeReply,
  type CodeWish,
  codeAlone,
  codeChunk,
  openSession,
  type PlainChunk,
} from "./code-chunk.ts";
import { loadRegistry } from "./load-registry.ts";
import type { Registry } from "./registry.ts";
import { decodeFrame, joinParts, openFrame, type PlainClaim, proveFrame } from "./verify.ts";

/** What a thread is given before its first job. */
export interface WorkerSetup {
  /** Addresses of modules that export `codecs`, beside the built-in ones. */
  readonly codecModules: readonly string[];
}

/** One decoded part of a frame. */
export interface DecodedPart {
  readonly part: number;
  readonly plain: Uint8Array<ArrayBuffer>;
}

export type CodingJobs = typeof jobs;

let registry: Registry | undefined;
const sessions = new Map<number, { readonly codec: Codec; readonly session: EncodeSession }>();

const jobs = {
  async code({ codec, wish, chunk }: { codec: string; wish: CodeWish; chunk: PlainChunk }) {
    return movingFrame(await codeAlone(codecNamed(codec), wish, chunk));
  },

  async open({ id, codec, effort }: { id: number; codec: string; effort: Effort }) {
    const found = codecNamed(codec);
    sessions.set(id, { codec: found, session: await openSession(found, effort) });
  },

  async encode({ id, chunk }: { id: number; chunk: PlainChunk }) {
    const { codec, session } = sessionOf(id);
    return movingFrame(await codeChunk(codec, session, chunk));
  },

  async observe({ id, chunk }: { id: number; chunk: PlainChunk }) {
    await sessionOf(id).session.observe(chunk.plain, chunk.last);
  },

  shut({ id }: { id: number }) {
    const open = sessions.get(id);
    sessions.delete(id);
    open?.session.close();
  },

  async prove(job: { frame: Uint8Array<ArrayBuffer>; plainSha256: string }) {
    const { frame, plainSha256 } = job;
    await proveFrame(theRegistry(), frame, plainSha256);
    return transferring({ frame, frameSha256: sha256(frame) }, [frame.buffer]);
  },

  async decode({ frame, expected }: { frame: Uint8Array; expected: string | undefined }) {
    const plain = movable(await decodeFrame(theRegistry(), frame, expected));
    return transferring(plain, [plain.buffer]);
  },

  /** Decodes the parts that no other thread has taken yet; `turn` holds the next one. */
  async decodeParts(job: {
    frame: Uint8Array;
    expected: string | undefined;
    turn: Int32Array<SharedArrayBuffer>;
  }): Promise<DecodedPart[]> {
    const { frame, expected, turn } = job;
    const { parts, decode } = await openFrame(theRegistry(), frame, expected);
    const decoded: DecodedPart[] = [];
    const buffers = new Set<ArrayBuffer>();
    for (let part = takeTurn(turn); part < parts; part = takeTurn(turn)) {
      const bytes = await decode(part);
      // A buffer moves once, whatever else of it a codec gives.
      const plain = buffers.has(bytes.buffer as ArrayBuffer) ? bytes.slice() : movable(bytes);
      buffers.add(plain.buffer);
      decoded.push({ part, plain });
    }
    return transferring(decoded, [...buffers]);
  },

  async join({ frame, parts }: { frame: PlainClaim; parts: Uint8Array[] }) {
    const plain = movable(await joinParts(frame, parts));
    return transferring(plain, [plain.buffer]);
  },
};

function takeTurn(turn: Int32Array<SharedArrayBuffer>): number {
  return Atomics.add(turn, 0, 1);
}

serveJobs(jobs, async (setup) => {
  registry = await loadRegistry((setup as WorkerSetup).codecModules);
});

function theRegistry(): Registry {
  assertThat(registry !== undefined, "a coding worker is set up first");
  return registry;
}

function codecNamed(name: string): Codec {
  const codec = theRegistry().byName(name);
  if (codec === undefined) throw new PithError("AssertionFailure", { what: "no codec", name });
  return codec;
}

function sessionOf(id: number): { readonly codec: Codec; readonly session: EncodeSession } {
  const open = sessions.get(id);
  if (open === undefined) throw new PithError("AssertionFailure", { what: "no session", id });
  return open;
}

function movingFrame(reply: CodeReply): CodeReply {
  return "frame" in reply ? transferring(reply, [reply.frame.buffer]) : reply;
}

/** Slack that may travel with a moved view: more than a frame's header, less than any pool. */
const SLACK_BYTES = 1024;

/** `bytes` where their buffer can move to another thread with them, else a copy. */
function movable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const own = buffer instanceof ArrayBuffer && buffer.byteLength <= bytes.length + SLACK_BYTES;
  return own ? new Uint8Array(buffer, bytes.byteOffset, bytes.length) : new Uint8Array(bytes);
}
