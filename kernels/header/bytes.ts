/**
 * Bytes: the walk over a header, one bit after the other, top bit first, in both directions.
 *
 *   contexts, matches -> eight logits -> mix -> probability -> range coder; then all learn the bit
 */
import { decodeBit } from "../range/decode.ts";
import { encodeBit } from "../range/encode.ts";
import {
  beginContexts,
  beginLines,
  clearContexts,
  predictContexts,
  teachContexts,
} from "./contexts.ts";
import { Reading, Writing } from "./direction.ts";
import {
  appendByte,
  beginMatches,
  clearMatches,
  predictMatches,
  restartMatches,
  teachMatches,
} from "./match.ts";
import { clearWeights, mix, teachWeights } from "./mix.ts";
import { KEPT, KEPT_BYTES, SLOTS } from "./regions.ts";

/** Of all bits that were coded: probability of what did not come, in 1/65536. Training asks for it. */
export let surprise: u32 = 0;

/** Has the model know nothing. */
export function clearModel(): void {
  clearContexts();
  clearWeights();
  clearMatches();
}

/** Keeps the model as it is. */
export function keepModel(): void {
  memory.copy(KEPT, SLOTS, KEPT_BYTES);
}

/** Makes the model what it was when `size` bytes were learnt and it was kept. */
export function restoreModel(size: u32): void {
  memory.copy(SLOTS, KEPT, KEPT_BYTES);
  restartMatches(size);
}

// @ts-ignore: decorator
@inline
function codeBit<D>(node: u32, low: u32, left: u32, wanted: u32): u32 {
  predictContexts(low);
  const probability = mix(predictMatches(node, left), node);
  let bit = wanted;
  if (idof<D>() == idof<Reading>()) bit = decodeBit(<u32>probability);
  else if (idof<D>() == idof<Writing>()) encodeBit(<u32>probability, bit);
  else surprise += bit ? 65536 - probability : probability;
  teachWeights(bit);
  teachContexts(bit);
  teachMatches(bit);
  return bit;
}

/** Codes one byte. @returns it */
// @ts-ignore: decorator
@inline
function codeByte<D>(wanted: u32): u32 {
  beginContexts();
  beginMatches();
  let node: u32 = 1;
  for (let half: u32 = 0; half < 2; half++) {
    beginLines(node);
    let low: u32 = 1;
    for (let i: u32 = 0; i < 4; i++) {
      const left = 8 - 4 * half - i;
      const bit = codeBit<D>(node, low, left, (wanted >> (left - 1)) & 1);
      low = (low << 1) | bit;
      node = (node << 1) | bit;
    }
  }
  appendByte(node & 255);
  return node & 255;
}

/** Codes `size` bytes at `place`, which are read or written there. */
export function codeBytes<D>(place: usize, size: usize): void {
  for (let i: usize = 0; i < size; i++) {
    if (idof<D>() == idof<Reading>()) store<u8>(place + i, <u8>codeByte<D>(0));
    else codeByte<D>(<u32>load<u8>(place + i));
  }
}
