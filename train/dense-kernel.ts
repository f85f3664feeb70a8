/**
 * Dense kernel: the model itself at work on whole pictures, for training and for weighing what was trained.
 */
import { type KernelInstance, loadKernel } from "../src/core/kernel.ts";
import { openModel, STATUS } from "../src/lepton/picture.ts";
import { PRIOR_TABLES, RATE_FLOOR, ROW_LANES } from "../src/lepton/priors-layout.ts";
import { cutByRows } from "../src/lepton/segments.ts";
import { storePicture } from "./pictures.ts";

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
    return inOrderOfPriors(this.#tables("modelAddress"));
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

/** Tables as the kernel codes with them, as they are in priors: kernels/dense/priors.ts. */
function inOrderOfPriors(tables: Int16Array): Int16Array {
  const words = tables.slice();
  for (const [from, end] of stretchesOfRows()) {
    const upper = (end - from) / 2;
    const half = ROW_LANES / 2;
    for (let to = from; to < end; to += 2 * ROW_LANES) {
      const lower = from + (to - from) / 2;
      for (let lane = 0; lane < half; lane++) {
        words[to + lane] = tables[lower + lane]!;
        words[to + half + lane] = tables[lower + upper + lane]!;
        words[to + ROW_LANES + lane] = tables[lower + half + lane]!;
        words[to + ROW_LANES + half + lane] = tables[lower + upper + half + lane]!;
      }
    }
  }
  return words;
}

/** The word at which a table begins in the kernel: lower steps of a stretch of rows are its first half. */
export function placeInKernel(at: number): number {
  const stretch = stretchesOfRows().find(([from, end]) => at >= from && at < end);
  return stretch === undefined ? at : stretch[0] + (at - stretch[0]) / 2;
}

/** Tables of rows that follow each other, first word and the one behind the last. */
function stretchesOfRows(): [number, number][] {
  const stretches: [number, number][] = [];
  for (const { kind, at, end } of PRIOR_TABLES) {
    const last = stretches.at(-1);
    if (kind !== "rows") continue;
    if (last !== undefined && last[1] === at) last[1] = end;
    else stretches.push([at, end]);
  }
  return stretches;
}
