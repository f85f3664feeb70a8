/**
 * Carry: what the encoders of bool/ and range/ do to bytes that they have written. A carry can still change
 * these, back to the last one that is not FF.
 */
import { nextOutput, outputStart } from "./window.ts";

/** Adds one to the bytes of the output window before `end`. */
export function carryBefore(end: usize): void {
  let at = end;
  while (at > outputStart()) {
    at -= 1;
    const byte = load<u8>(at);
    store<u8>(at, byte + 1);
    if (byte != 255) return;
  }
}

/** Bytes of the output window that no carry can change any more. */
export function settledSize(): usize {
  let at = nextOutput();
  while (at > outputStart()) {
    at -= 1;
    if (load<u8>(at) != 255) break;
  }
  return at - outputStart();
}
