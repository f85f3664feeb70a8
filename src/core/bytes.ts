/**
 * Bytes: the few things that every floor does with Uint8Array.
 *
 * Multi-byte integers of Pith's own formats are little-endian. Nothing here copies unless its
 * name says so.
 */

/** Lower-case hexadecimal form of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** The bytes of a hexadecimal text; the text must hold whole bytes and nothing else. */
export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw new RangeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The parts joined into one new array. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A copy in memory of its own. The `slice` of a Node Buffer is a view, that of any other array a copy. */
export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Whether both hold the same bytes. */
export function equalBytes(first: Uint8Array, other: Uint8Array): boolean {
  if (first.length !== other.length) return false;
  for (let i = 0; i < first.length; i++) {
    if (first[i] !== other[i]) return false;
  }
  return true;
}

/** A view on `bytes` for reading and writing integers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
