/**
 * Applying filters and taking them back, in this thread and at once.
 *
 *   plain -> the kernel's memory -> changed there -> a new array of the same length
 *
 * The kernel is shared (core/kernel.ts keeps idle instances and wipes them); a job takes the bytes of
 * its unit once, for a transposition twice.
 */
import { copyOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { type Kernel, loadKernel } from "../core/kernel.ts";
import { FILTER_UNIT_BYTES_MAXIMUM } from "../core/limits.ts";
import { type Filter, numbersOf } from "./filter.ts";

/** The kernel that filters, compiled on first use. @throws PithError "BuildIncomplete" */
export function loadFilters(): Promise<Kernel> {
  return loadKernel("filters");
}

/**
 * Changes bytes by a filter; `undoFilter` gives back exactly these bytes.
 *
 * @param kernel - from `loadFilters`
 * @param plain - 0 bytes to 4 MiB; not changed
 * @returns new bytes, as many as in `plain`, the same on every machine
 * @throws PithError "ChunkTooLarge"; "InvalidArgument" for parameters out of range
 */
export function applyFilter(
  kernel: Kernel,
  filter: Filter,
  plain: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return change(kernel, "apply", filter, plain);
}

/** Takes a filter back: the bytes that `applyFilter` was given. Any bytes give some result. */
export function undoFilter(
  kernel: Kernel,
  filter: Filter,
  filtered: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return change(kernel, "undo", filter, filtered);
}

function change(
  kernel: Kernel,
  call: "apply" | "undo",
  filter: Filter,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { number, first, other } = numbersOf(filter);
  requireUnit(bytes);
  if (number === 0) return copyOf(bytes);
  return kernel.use((instance) => {
    instance.call("reserve", bytes.length, filter.kind === "transpose" ? 2 : 1);
    instance.bytes(instance.call("unitAddress"), bytes.length).set(bytes);
    const address = instance.call(call, number, first, other, bytes.length);
    return instance.bytes(address, bytes.length).slice();
  });
}

/** @throws PithError "ChunkTooLarge" */
export function requireUnit(bytes: Uint8Array): void {
  if (bytes.length <= FILTER_UNIT_BYTES_MAXIMUM) return;
  throw new PithError("ChunkTooLarge", {
    bytes: bytes.length,
    limitBytes: FILTER_UNIT_BYTES_MAXIMUM,
  });
}
