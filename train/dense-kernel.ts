/**
 * Dense kernel: the model itself at work on whole pictures, for training and for weighing what was trained.
 */
import { type KernelInstance, loadKernel } from "../src/core/kernel.ts";
import { openModel, STATUS } from "../src/lepton/picture.ts";
import { cutByRows } from "../src/lepton/segments.ts";
import { storePicture } from "./pictures.ts";

/** The lowest rate, as in use: kernels/dense/additive.ts. */
const RATE_FLOOR = 197;

/** A stretch of MCU rows. */
export interface Part {
  readonly first: number;
  readonly end: number;
  readonly isLast: boolean;
}

export class DenseKernel {
  readonly #instance: KernelInstance;

  private constructor(instance: KernelInstance) {
    this.#instance = instance;
  }

  /** An instance with these regressions. */
  static async open(regressions: Uint8Array): Promise<DenseKernel> {
    const instance = (await loadKernel("dense")).take();
    const kernel = new DenseKernel(instance);
    kernel.#put("regressionsAddress", regressions);
    instance.call("takeRegressions");
    return kernel;
  }

  /** What tables begin as: those of a fresh instance, or those set last. A copy. */
  get priors(): Int16Array {
    return this.#tables("priorsAddress");
  }

  set priors(tables: Int16Array) {
    const bytes = new Uint8Array(tables.buffer, tables.byteOffset, tables.byteLength);
    this.#put("priorsAddress", bytes);
  }

  /** The tables as the last segment has left them. A copy. */
  get model(): Int16Array {
    return this.#tables("modelAddress");
  }

  /** Whether segments go on with the tables of the one before. */
  setTraining(keeps: boolean): void {
    this.#instance.call("setTraining", +keeps, RATE_FLOOR);
  }

  /** Reads a picture, to be coded part by part. @returns its parts, `count` at most */
  store(jpeg: Uint8Array, count: number): Part[] {
    const picture = storePicture(this.#instance, jpeg);
    openModel(this.#instance, picture, false);
    return cutByRows(picture.scan.frame.mcuRows, count);
  }

  /** Codes a part of the picture. @returns how many bytes that takes */
  code({ first, end, isLast }: Part): number {
    const instance = this.#instance;
    instance.call("restartOutput");
    instance.call("beginSegmentWrite", first, end, +isLast);
    let size = 0;
    for (;;) {
      const status = instance.call("writeSegmentRow");
      if (status === STATUS.done) break;
      if (status === STATUS.output) size += this.#drop(instance.call("settledOutput"));
    }
    instance.call("endSegmentWrite");
    return size + this.#drop(instance.call("outputFilled"));
  }

  #drop(size: number): number {
    this.#instance.call("dropOutput", size);
    return size;
  }

  #tables(at: string): Int16Array {
    const size = this.#instance.call("priorsBytes");
    return new Int16Array(this.#instance.bytes(this.#instance.call(at), size).slice().buffer);
  }

  #put(at: string, bytes: Uint8Array): void {
    this.#instance.bytes(this.#instance.call(at), bytes.length).set(bytes);
  }
}
