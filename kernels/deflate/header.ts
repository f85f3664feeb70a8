/**
 * Header: the code lengths of a dynamic block, as deflate writes them.
 *
 *   LENGTHS   0 0 0 ... 5 7 7 7 7 7 0 0 | 1        literal/length symbols, then the distance's
 *   tokens    18(138) 18(..) 5 7 16(4) 17(..) 1     lengths as they are, or repeats
 *   stream    counts, lengths of the tokens' own code, tokens
 *
 * Planned first, which gives the exact size, and written only when the block is.
 * Source: RFC 1951, section 3.2.7.
 */
import { putBits, putEntry } from "../bits/lsb.ts";
import {
  HEADER_COUNTS,
  HEADER_ENTRIES,
  HEADER_LENGTHS,
  HEADER_TOKENS,
  LENGTHS,
} from "../memory.ts";
import { assignCodes, buildLengths } from "./huffman-build.ts";

const TOKEN_SYMBOLS: i32 = 19;
const TOKEN_LIMIT: i32 = 7;
const REPEAT: u32 = 16; // the length before, 3-6 times, 2 extra bits
const ZEROS: u32 = 17; // 3-10 zeros, 3 extra bits
const MANY_ZEROS: u32 = 18; // 11-138 zeros, 7 extra bits

/** The order in which the lengths of the tokens' code are written, five bits each: 16 17 18 0 8
 * 7 9 6 10 5 11 4 | 12 3 13 2 14 1 15. The rarely used come last and are left out. */
const ORDER_LOW: u64 = 0x22caa324e804a30;
const ORDER_HIGH: u64 = 0x3c2e1346c;

/** Symbols whose length is written (HLIT), one distance apart. */
let written: i32 = 0;
/** End of the tokens. */
let tokensEnd: usize = 0;
/** How many lengths of the tokens' code are written (HCLEN). */
let tokenLengths: i32 = 0;

/**
 * Plans the header for the lengths in LENGTHS (286 symbols; 286 and 287 have none).
 *
 * @returns its size in bits, the three bits of the block's kind not counted; or a negative fault
 */
export function planHeader(): i64 {
  written = 286;
  while (written > 257 && load<u8>(LENGTHS + written - 1) == 0) written--;

  // The one distance code, of one bit, follows the last written length. Its slot is free.
  store<u8>(LENGTHS + written, 1);
  memory.fill(HEADER_COUNTS, 0, 4 * 32);
  tokensEnd = HEADER_TOKENS;
  let extraBits: i64 = 0;
  let at = 0;
  while (at <= written) {
    const length = <u32>load<u8>(LENGTHS + at);
    let end = at + 1;
    while (end <= written && load<u8>(LENGTHS + end) == length) end++;
    extraBits += length == 0 ? zeroTokens(end - at) : lengthTokens(length, end - at);
    at = end;
  }
  store<u8>(LENGTHS + written, 0);

  const fault = buildLengths(HEADER_COUNTS, TOKEN_SYMBOLS, TOKEN_LIMIT, HEADER_LENGTHS);
  if (fault < 0) return fault;
  tokenLengths = TOKEN_SYMBOLS;
  while (tokenLengths > 4 && load<u8>(HEADER_LENGTHS + ordered(tokenLengths - 1)) == 0) {
    tokenLengths--;
  }
  let bits = 5 + 5 + 4 + 3 * <i64>tokenLengths + extraBits;
  for (let symbol = 0; symbol < TOKEN_SYMBOLS; symbol++) {
    const count = load<u32>(HEADER_COUNTS + ((<usize>symbol) << 2));
    bits += <i64>count * load<u8>(HEADER_LENGTHS + symbol);
  }
  return bits;
}

/** Tokens for `count` zeros; returns their extra bits. */
function zeroTokens(count: i32): i32 {
  let extraBits = 0;
  let left = count;
  while (left >= 11) {
    const some = min(left, 138);
    addToken(MANY_ZEROS, some - 11);
    extraBits += 7;
    left -= some;
  }
  if (left >= 3) {
    addToken(ZEROS, left - 3);
    return extraBits + 3;
  }
  while (left-- > 0) addToken(0, 0);
  return extraBits;
}

/** Tokens for `length`, `count` times; returns their extra bits. */
function lengthTokens(length: u32, count: i32): i32 {
  let extraBits = 0;
  let left = count - 1;
  addToken(length, 0);
  while (left >= 3) {
    const some = min(left, 6);
    addToken(REPEAT, some - 3);
    extraBits += 2;
    left -= some;
  }
  while (left-- > 0) addToken(length, 0);
  return extraBits;
}

function addToken(symbol: u32, extra: u32): void {
  const count = HEADER_COUNTS + ((<usize>symbol) << 2);
  store<u32>(count, load<u32>(count) + 1);
  store<u8>(tokensEnd, symbol);
  store<u8>(tokensEnd, extra, 1);
  tokensEnd += 2;
}

/** Writes the planned header. */
export function putHeader(): void {
  assignCodes(HEADER_LENGTHS, TOKEN_SYMBOLS, HEADER_ENTRIES);
  putBits(written - 257, 5);
  putBits(0, 5); // one distance code
  putBits(tokenLengths - 4, 4);
  for (let i = 0; i < tokenLengths; i++) putBits(load<u8>(HEADER_LENGTHS + ordered(i)), 3);
  for (let at: usize = HEADER_TOKENS; at < tokensEnd; at += 2) {
    const symbol = <u32>load<u8>(at);
    putEntry(load<u32>(HEADER_ENTRIES + ((<usize>symbol) << 2)));
    if (symbol >= REPEAT) putBits(load<u8>(at, 1), extraBitsOf(symbol));
  }
}

function extraBitsOf(symbol: u32): u64 {
  if (symbol == REPEAT) return 2;
  return symbol == ZEROS ? 3 : 7;
}

/** The symbol whose length is written in place `index`. */
function ordered(index: i32): usize {
  const five = index < 12 ? ORDER_LOW >> (5 * <u64>index) : ORDER_HIGH >> (5 * <u64>(index - 12));
  return <usize>(five & 31);
}
