/**
 * Pictures: the coefficients of a JPEG with their quantizers, as a kernel reads them.
 *
 *   JPEG -> all scans into the kernel's store -> ReferencePicture, or the dense model itself
 */
import { type KernelInstance, loadKernel } from "../src/core/kernel.ts";
import { pictureOf } from "../src/lepton/encode-single.ts";
import { allBlocks } from "../src/lepton/jpeg-frame.ts";
import { readFirstScan } from "../src/lepton/jpeg-header.ts";
import { type LeptonPicture, openFrame } from "../src/lepton/picture.ts";
import { readScans } from "../src/lepton/scans-read.ts";
import { runAtOnce } from "../src/lepton/work.ts";
import { type ReferencePicture, valuesOf } from "./reference-block.ts";

/** A block in the kernel's store: kernels/jpeg/frame.ts. */
const BLOCK_BYTES = 160;

/** Reads all scans of a JPEG into a kernel's store. @throws PithError when the kernel cannot */
export function storePicture(instance: KernelInstance, jpeg: Uint8Array): LeptonPicture {
  const first = readFirstScan(jpeg, "dense");
  const { frame } = first.scan;
  openFrame(instance, frame, allBlocks(frame), { first: 0, count: frame.mcuRows });
  const { padding, quantizers, lastBlocks } = runAtOnce(readScans(instance, jpeg, first, "dense"));
  instance.call("sealStore");
  const seen = { padding, endsEarly: lastBlocks !== undefined, lastBlocks: lastBlocks ?? [] };
  const picture = pictureOf(first.scan, quantizers, seen, "dense");
  for (const [c, count] of picture.codedBlocks.entries()) instance.call("setBlocks", c, count);
  return picture;
}

/** Reads a JPEG. @throws PithError when the kernel cannot read it */
export async function readPicture(jpeg: Uint8Array): Promise<ReferencePicture> {
  const kernel = await loadKernel("lepton");
  const instance = kernel.take();
  const { scan, quantizers, codedBlocks: coded } = storePicture(instance, jpeg);
  let address = instance.call("pictureAddress");
  const components = scan.frame.components.map(({ h, v, columns, rows }, c) => {
    const blocks = columns * rows;
    const store = instance.bytes(address, blocks * BLOCK_BYTES);
    address += store.length;
    const coefficients = copyBlocks(store, blocks);
    const [quantizer, codedBlocks] = [quantizers[c]!, coded[c]!];
    const values = valuesOf(coefficients, quantizer, codedBlocks);
    return { h, v, columns, rows, codedBlocks, quantizer, coefficients, values };
  });
  kernel.release(instance);
  return { components };
}

function copyBlocks(store: Uint8Array, blocks: number): Int16Array {
  const coefficients = new Int16Array(64 * blocks);
  const words = new Int16Array(store.buffer, store.byteOffset, store.length / 2);
  for (let i = 0; i < blocks; i++) {
    const from = (i * BLOCK_BYTES) / 2;
    coefficients.set(words.subarray(from, from + 64), 64 * i);
  }
  return coefficients;
}
