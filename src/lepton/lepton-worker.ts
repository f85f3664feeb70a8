/**
 * Lepton worker: what a thread of the Lepton pool does. It gets the compiled kernel once, then jobs:
 * whole segments to code, and segments to decode piece by piece, each in a lane of its own that is
 * known by a number. See threads.ts.
 */
import { concatenate } from "../core/bytes.ts";
import { assertThat } from "../core/errors.ts";
import { serveJobs, transferring } from "../core/jobs.ts";
import {
  adoptKernel,
  type CompiledKernel,
  type Kernel,
  type KernelInstance,
} from "../core/kernel.ts";
import { encoderOf } from "./kernels.ts";
import type { LeptonPicture } from "./picture.ts";
import { SegmentDecoder, type SegmentToDecode } from "./segment-decoder.ts";
import { encodeSegment, openForEncoding, type SegmentToEncode } from "./segment-encoder.ts";
import { runAtOnce } from "./work.ts";

export interface EncodeRequest {
  readonly picture: LeptonPicture;
  readonly segment: SegmentToEncode;
}

export interface OpenRequest {
  readonly lane: number;
  readonly picture: LeptonPicture;
  readonly segment: SegmentToDecode;
}

export interface DecodeRequest {
  readonly lane: number;
  /** The next bytes of the segment's stream. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether they are its last. */
  readonly isFinal: boolean;
}

export interface DecodeAnswer {
  readonly output: Uint8Array<ArrayBuffer>;
  /** Whether more of the stream is needed, or more can be decoded of what there is, or nothing. */
  readonly state: "hungry" | "more" | "done";
}

export type LeptonJobs = typeof jobs;

/** Output at which an answer is given, so that no job is long and none gives much. */
const ANSWER_BYTES = 256 * 1024;

interface OpenLane {
  readonly instance: KernelInstance;
  readonly decoder: SegmentDecoder;
  /** Bytes that have not fitted into the kernel's window. */
  rest: Uint8Array;
}

let decoderKernel: Kernel | undefined;
let encoderKernel: Kernel | undefined;
const lanes = new Map<number, OpenLane>();

const jobs = {
  encode({ picture, segment }: EncodeRequest): { stream: Uint8Array<ArrayBuffer> } {
    assertThat(encoderKernel !== undefined, "the kernel comes before jobs");
    return encoderKernel.use((instance) => {
      openForEncoding(instance, picture);
      const stream = runAtOnce(encodeSegment(instance, picture, segment));
      return transferring({ stream }, [stream.buffer]);
    });
  },

  open({ lane, picture, segment }: OpenRequest): void {
    assertThat(decoderKernel !== undefined, "the kernel comes before jobs");
    const instance = decoderKernel.take();
    const decoder = new SegmentDecoder(instance, picture);
    decoder.open(segment);
    lanes.set(lane, { instance, decoder, rest: new Uint8Array(0) });
  },

  decode({ lane, bytes, isFinal }: DecodeRequest): DecodeAnswer {
    const open = lanes.get(lane);
    assertThat(open !== undefined, "a lane is opened before it is fed");
    try {
      const answer = decodeOn(open, bytes, isFinal);
      return transferring(answer, [answer.output.buffer]);
    } catch (error) {
      // The instance goes with it.
      lanes.delete(lane);
      throw error;
    }
  },

  close({ lane }: { readonly lane: number }): void {
    const open = lanes.get(lane);
    lanes.delete(lane);
    if (open !== undefined) decoderKernel?.release(open.instance);
  },
};

function decodeOn(open: OpenLane, bytes: Uint8Array, isFinal: boolean): DecodeAnswer {
  const { decoder } = open;
  open.rest = open.rest.length === 0 ? bytes : concatenate([open.rest, bytes]);
  open.rest = open.rest.subarray(decoder.feed(open.rest, isFinal));
  const pieces: Uint8Array[] = [];
  for (let filled = 0; filled < ANSWER_BYTES; ) {
    const piece = decoder.next();
    if (piece !== undefined) {
      if (piece.length > 0) pieces.push(piece);
      filled += piece.length;
    } else if (decoder.done) {
      return { output: concatenate(pieces), state: "done" };
    } else if (open.rest.length > 0) {
      open.rest = open.rest.subarray(decoder.feed(open.rest, isFinal));
    } else {
      return { output: concatenate(pieces), state: "hungry" };
    }
  }
  return { output: concatenate(pieces), state: "more" };
}

serveJobs(jobs, (setup) => {
  decoderKernel = adoptKernel(setup as CompiledKernel);
  encoderKernel = encoderOf(setup as CompiledKernel);
});
