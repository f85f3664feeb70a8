/**
 * Stored: stretches of input that are kept as they are.
 *
 * They are gathered as long as they touch and written as few blocks as can be, of up to 65,535
 * bytes, when something else follows or the job ends. A stored block starts on a byte
 * boundary after its three bits, so writing one also aligns the stream.
 */
import { alignBits, bitsNext, putBits, skipBytes } from "../bits/lsb.ts";

/** The longest stored block: its length is a u16. */
const STORED_BYTES: usize = 65535;

let from: usize = 0;
let end: usize = 0;

export function beginStored(): void {
  from = 0;
  end = 0;
}

/** Bytes that wait to be stored. */
export function storedBytes(): usize {
  return end - from;
}

/** Keeps [start, stop) to be stored. It must touch what waits already, if anything does. */
export function storeLater(start: usize, stop: usize): void {
  if (end == from) from = start;
  end = stop;
}

/** Bytes of output that writing what waits takes at most. */
export function storedSize(): usize {
  const size = end - from;
  return size + 6 * ((size + STORED_BYTES - 1) / STORED_BYTES);
}

/** Writes what waits; `last` sets the final bit on the last block of it. */
export function putStored(last: bool): void {
  while (from < end) {
    const size = min(end - from, STORED_BYTES);
    const final: u64 = last && from + size == end ? 1 : 0;
    putBits(final, 3);
    alignBits();
    putBits(<u64>size | ((<u64>size ^ 0xffff) << 16), 32);
    memory.copy(bitsNext(), from, size);
    skipBytes(size);
    from += size;
  }
}
