import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  adoptKernel,
  bestVariant,
  KERNEL_FAULTS,
  KERNEL_REFUSALS,
  Kernel,
  type KernelInstance,
  loadKernel,
  loadKernelFile,
} from "./kernel.ts";
import { KERNEL_BYTES_KEPT, KERNEL_INSTANCES_KEPT } from "./limits.ts";

const MARK = 0xa7;

/** Fills the input window with a mark and codes it. */
function leaveTraces(instance: KernelInstance): void {
  const input = instance.bytes(instance.call("inputAddress"), 5000);
  input.fill(MARK);
  for (let i = 0; i < input.length; i += 3) input[i] = i;
  instance.call("encode", input.length, 1, 0);
}

function countMarks(instance: KernelInstance): number {
  return instance.bytes(0, instance.memoryBytes).filter((byte) => byte === MARK).length;
}

test("a kernel is compiled once and loads in both builds", async () => {
  const kernel = await loadKernel("deflate");
  assert.equal(kernel.variant, bestVariant());
  assert.equal(await loadKernel("deflate"), kernel);
  const scalar = await loadKernel("deflate", { variant: "scalar" });
  assert.equal(scalar.variant, "scalar");
  assert.notEqual(scalar, kernel);
});

test("an instance is wiped before it is used again", async () => {
  const kernel = new Kernel((await loadKernel("deflate")).compiled);
  const first = kernel.take();
  const marksBefore = countMarks(first);
  leaveTraces(first);
  assert.ok(countMarks(first) > marksBefore + 3000, "the job leaves traces to wipe");
  kernel.release(first);
  const again = kernel.take();
  assert.equal(again, first);
  assert.equal(countMarks(again), marksBefore);
});

test("few idle instances are kept, and none that has grown large", async () => {
  const kernel = new Kernel((await loadKernel("deflate")).compiled);
  const taken = Array.from({ length: KERNEL_INSTANCES_KEPT + 2 }, () => kernel.take());
  for (const instance of taken) kernel.release(instance);
  assert.equal(kernel.idleCount, KERNEL_INSTANCES_KEPT);

  const large = kernel.take();
  large.call("reserve", KERNEL_BYTES_KEPT);
  assert.ok(large.memoryBytes > KERNEL_BYTES_KEPT);
  kernel.release(large);
  assert.equal(kernel.idleCount, KERNEL_INSTANCES_KEPT - 1);
});

test("a fault number becomes a typed error, and its instance is dropped", async () => {
  const kernel = new Kernel((await loadKernel("deflate")).compiled);
  const tooMuch = (instance: KernelInstance): number =>
    instance.call("encode", instance.call("inputBytes") + 1, 0, 0);
  assert.throws(() => kernel.use(tooMuch), {
    code: "KernelFault",
    kind: "bug",
    facts: { kernel: "deflate", call: "encode", fault: 1, why: KERNEL_FAULTS[1] },
  });
  assert.equal(kernel.idleCount, 0);
});

test("calls out of place are faults, not traps", async () => {
  // A kernel of its own: an instance that others used may have made room already.
  const kernel = new Kernel((await loadKernel("deflate")).compiled);
  kernel.use((instance) => {
    const roomEnd = instance.call("jobOutputBytes");
    assert.throws(() => instance.call("encode", 1, 99, 0), { code: "KernelFault" });
    assert.throws(() => instance.call("encode", 1, 0, 1), { code: "KernelFault" });
    assert.throws(() => instance.call("encode", 1, 0, -1), { code: "KernelFault" });
    assert.throws(() => instance.call("reserve", 2 ** 31), { code: "KernelFault" });
    assert.throws(() => instance.call("codeLengths", 289, 13), { code: "KernelFault" });
    assert.throws(() => instance.call("nothing"), { code: "KernelFault" });
    instance.call("reserve", 2 * roomEnd);
    assert.ok(instance.call("encode", 1, 1, roomEnd) > 0);
  });
});

test("memory that cannot be had is a fault with a name, not a bug", async () => {
  const kernel = new Kernel((await loadKernel("deflate")).compiled);
  const { Memory } = WebAssembly;
  const refusal = { code: "MallocedNull", kind: "limit", number: 36 };
  const maximum = kernel.take().memoryBytes / 65_536;
  try {
    WebAssembly.Memory = class extends Memory {
      constructor() {
        // A machine on which nothing is left beyond what a kernel begins with.
        super({ initial: 16, maximum });
      }
    };
    const full = kernel.take();
    assert.throws(() => full.call("reserve", KERNEL_BYTES_KEPT), refusal);
    WebAssembly.Memory = class extends Memory {
      constructor() {
        super({ initial: 1 });
        throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      }
    };
    assert.throws(() => kernel.take(), refusal);
  } finally {
    WebAssembly.Memory = Memory;
  }
});

test("a compiled kernel can be cloned and adopted", async () => {
  const { compiled } = await loadKernel("deflate");
  const adopted = adoptKernel(structuredClone(compiled));
  assert.equal(await loadKernel("deflate"), adopted);
  adopted.use(leaveTraces);
});

test("a kernel that is not there is told by its address", async () => {
  await assert.rejects(loadKernel("nothing"), (error: Error & { code: string }) => {
    assert.equal(error.code, "BuildIncomplete");
    assert.match(error.message, /wasm\/nothing\.(simd|scalar)\.wasm/);
    return true;
  });
});

test("the table of faults says what the kernels' own list says", () => {
  const source = readFileSync(new URL("../../kernels/fault.ts", import.meta.url), "utf8");
  const numbers = [...source.matchAll(/export const FAULT_\w+: i32 = (\d+);/g)].map((match) =>
    Number(match[1]),
  );
  const told = [...Object.keys(KERNEL_FAULTS), ...Object.keys(KERNEL_REFUSALS)].map(Number);
  assert.deepEqual(
    numbers,
    told.sort((one, other) => one - other),
  );
});

test("an asset is put into each new instance, also of a kernel that was posted, and outlives wipes", async () => {
  const { compiled } = await loadKernel("divans");
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (7 * i) & 255);
  const assets = [
    { bytes, place: "dictionaryAddress" },
    { bytes: bytes.subarray(0, 10), place: "parameterAddress", take: "commandCount" },
  ];
  const here = new Kernel({ ...compiled, assets });
  for (const kernel of [here, new Kernel(structuredClone(here.compiled))]) {
    const instance = kernel.take();
    const placed = (): Uint8Array =>
      instance.bytes(instance.call("dictionaryAddress"), bytes.length).slice();
    assert.deepEqual(placed(), bytes);
    kernel.release(instance);
    assert.equal(kernel.take(), instance);
    assert.deepEqual(placed(), bytes, "what a wipe leaves is the kernel's affair");
  }
  const absent = [{ bytes, place: "dictionaryAddress", take: "noSuchCall" }];
  assert.throws(() => new Kernel({ ...compiled, assets: absent }).take(), { code: "KernelFault" });
});

test("a file beside the kernels is read once; one that is not there is a fault", async () => {
  const file = await loadKernelFile("dictionary.bin");
  assert.equal(file.length, 126_656);
  assert.equal(await loadKernelFile("dictionary.bin"), file);
  await assert.rejects(loadKernelFile("absent.bin"), { code: "BuildIncomplete" });
});
