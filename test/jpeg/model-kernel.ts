/**
 * Drives the kernel's model alone from tests, without any JPEG: coefficients to a segment's stream
 * and back, in a store of all rows.
 *
 * Records and blocks are those of kernels/jpeg/frame.ts.
 */
import type { KernelInstance, KernelVariant } from "../../src/core/kernel.ts";
import type { CoefficientModel } from "../../src/lepton/coefficient-model.ts";
import { loadDecoder } from "../../src/lepton/kernels.ts";
import { ZIGZAG } from "./jpeg-picture.ts";
import type { ReferencePicture, ReferenceSegment } from "./lepton-reference.ts";

const STATUS = { done: 0, row: 1, input: 2, output: 3 };
const BLOCK_BYTES = 160;
const MASK_BYTE = 128;
/** Windows that hold a few blocks: the walk stops and goes on often. */
const WINDOW_BYTES = { lepton: 4096, dense: 8192 };

export class ModelKernel {
  readonly variant: KernelVariant;
  readonly #instance: KernelInstance;
  readonly #windowBytes: number;

  private constructor(variant: KernelVariant, instance: KernelInstance, windowBytes: number) {
    this.variant = variant;
    this.#instance = instance;
    this.#windowBytes = windowBytes;
  }

  static async load(
    variant: KernelVariant,
    model: CoefficientModel = "lepton",
  ): Promise<ModelKernel> {
    const kernel = await loadDecoder(model, variant);
    return new ModelKernel(variant, kernel.take(), WINDOW_BYTES[model]);
  }

  /** The stream of a segment. */
  encode(picture: ReferencePicture, segment: ReferenceSegment): Uint8Array {
    const instance = this.#open(picture, true);
    this.#fill(picture);
    instance.call("beginSegmentWrite", ...rowsOf(picture, segment));
    const pieces: number[] = [];
    for (;;) {
      const status = instance.call("writeSegmentRow");
      if (status === STATUS.done) break;
      if (status === STATUS.output) pieces.push(...this.#take(instance.call("settledOutput")));
    }
    instance.call("endSegmentWrite");
    pieces.push(...this.#take(instance.call("outputFilled")));
    return Uint8Array.from(pieces);
  }

  /** The coefficients of each component that a segment's stream holds; others are zero. */
  decode(
    picture: ReferencePicture,
    segment: ReferenceSegment,
    stream: Uint8Array,
  ): readonly Int16Array[] {
    const instance = this.#open(picture, false);
    let rest = stream;
    const feed = (): void => {
      const address = instance.call("makeInputRoom");
      const size = Math.min(instance.call("inputRoom"), rest.length);
      instance.bytes(address, size).set(rest.subarray(0, size));
      rest = rest.subarray(size);
      instance.call("feedInput", size, rest.length === 0 ? 1 : 0);
    };
    feed();
    instance.call("beginSegmentRead", ...rowsOf(picture, segment));
    for (;;) {
      const status = instance.call("readSegmentRow");
      if (status === STATUS.done) return this.#read(picture);
      if (status === STATUS.input) feed();
    }
  }

  #open(picture: ReferencePicture, isWriting: boolean): KernelInstance {
    const instance = this.#instance;
    const { components, mcuRows, arithmetic } = picture;
    const [first] = components;
    const mcuColumns = first!.blockColumns / first!.h;
    const fields = new Int32Array(32);
    // The whole grid of MCUs is the picture: no scan is read here that would care.
    const width = 8 * mcuColumns * Math.max(...components.map(({ h }) => h));
    const height = 8 * mcuRows * Math.max(...components.map(({ v }) => v));
    fields.set([components.length, mcuColumns, mcuRows, width, height, mcuRows, 0]);
    fields.set([this.#windowBytes, this.#windowBytes], 7);
    const quantizers = new Uint16Array(4 * 64);
    for (const [c, { h, v, codedBlocks, quantization }] of components.entries()) {
      fields.set([h, v, codedBlocks], 16 + 4 * c);
      quantizers.set(quantization, 64 * c);
    }
    this.#put("frameAddress", fields);
    this.#put("quantizersAddress", quantizers);
    instance.call("openFrame");
    const { dc16, adv16, clampsPrior } = arithmetic;
    instance.call("openModel", +isWriting, +dc16, +adv16, +clampsPrior);
    instance.call("clearPicture");
    return instance;
  }

  #fill({ components }: ReferencePicture): void {
    let address = this.#instance.call("pictureAddress");
    for (const { coefficients } of components) {
      for (let i = 0; i < coefficients.length; i += 64) {
        const bytes = this.#instance.bytes(address, BLOCK_BYTES);
        const block = coefficients.subarray(i, i + 64);
        bytes.set(new Uint8Array(block.buffer, block.byteOffset, 128));
        for (const [z, r] of ZIGZAG.entries()) {
          if (block[r] !== 0) bytes[MASK_BYTE + (z >> 3)]! |= 1 << (z & 7);
        }
        address += BLOCK_BYTES;
      }
    }
  }

  #read({ components }: ReferencePicture): Int16Array[] {
    let address = this.#instance.call("pictureAddress");
    return components.map(({ coefficients }) => {
      const read = new Int16Array(coefficients.length);
      for (let i = 0; i < read.length; i += 64, address += BLOCK_BYTES) {
        read.set(new Int16Array(this.#instance.bytes(address, 128).slice().buffer), i);
      }
      return read;
    });
  }

  #take(size: number): Uint8Array {
    const taken = this.#instance.bytes(this.#instance.call("outputStart"), size).slice();
    this.#instance.call("dropOutput", size);
    return taken;
  }

  #put(at: string, fields: ArrayBufferView): void {
    const bytes = new Uint8Array(fields.buffer, fields.byteOffset, fields.byteLength);
    this.#instance.bytes(this.#instance.call(at), bytes.length).set(bytes);
  }
}

/** First and end MCU row, and whether it is the last segment, as the kernel's calls take them. */
function rowsOf(picture: ReferencePicture, segment: ReferenceSegment): [number, number, number] {
  const { v } = picture.components[0]!;
  return [segment.firstRow / v, segment.endRow / v, segment.isLast ? 1 : 0];
}
