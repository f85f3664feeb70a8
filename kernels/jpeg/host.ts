/**
 * Host: where the host writes what it says, and reads what the kernel says, for the entries of both
 * models, which hand these on.
 */
import { ACCOUNTS, FRAME, HANDOFF, HUFFMAN_SPECS, QUANTIZERS, SCAN } from "../memory.ts";
import { storeAddress } from "./frame.ts";
import { makeTable } from "./huffman-table.ts";
import { finishScanWrite } from "./scan-write.ts";

export function frameAddress(): usize {
  return FRAME;
}
export function scanAddress(): usize {
  return SCAN;
}
export function handoffAddress(): usize {
  return HANDOFF;
}
export function quantizersAddress(): usize {
  return QUANTIZERS;
}
export function huffmanSpecsAddress(): usize {
  return HUFFMAN_SPECS;
}
/** Bits by class: u32[3], of interiors, edges and DCs. */
export function accountsAddress(): usize {
  return ACCOUNTS;
}
/** Address of the store's first block. */
export function pictureAddress(): usize {
  return storeAddress();
}

/** Makes the Huffman tables of a slot, class * 4 + id; `relaxed` takes an over-full one, as decoding
 * must. @returns 0, or a negative fault */
export function makeHuffmanTable(slot: i32, relaxed: i32): i32 {
  return makeTable(slot, relaxed != 0);
}

/** Ends a scan that is being written, at the image's end with padding. @returns a status or a
 * negative fault */
export function endScanWrite(isImageEnd: i32): i32 {
  return finishScanWrite(isImageEnd != 0);
}
