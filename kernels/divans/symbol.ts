/**
 * Symbol: what becomes of an interval once it is known, by direction: taken from the coded bytes,
 * gathered for the coder, or priced.
 */
import { FREQUENCY_PRICES } from "../memory.ts";
import { advance, gather, slot } from "../rans/coder.ts";
import { prices, reads } from "./direction.ts";

/** Price of what was coded while pricing, 1/64 bit. */
let spent: u32 = 0;

/** The price since the last call. */
// @ts-ignore: decorator
@inline
export function takeSpent(): u32 {
  const price = spent;
  spent = 0;
  return price;
}

/** Takes, gathers or prices the interval [start, start + frequency). */
// @ts-ignore: decorator
@inline
export function passSymbol<D>(start: u32, frequency: u32): void {
  if (reads<D>()) advance(start, frequency);
  else if (prices<D>()) spent += frequencyPrice(frequency);
  else gather(start, frequency);
}

/** Codes up to 15 bits that nothing is known about. */
// @ts-ignore: decorator
@inline
export function codeRaw<D>(bits: u32, given: u32): u32 {
  const shift = 15 - bits;
  const value = reads<D>() ? slot() >> shift : given;
  passSymbol<D>(value << shift, 1 << shift);
  return value;
}

/** Price of a frequency, 1/64 bit. */
// @ts-ignore: decorator
@inline
export function frequencyPrice(frequency: u32): u32 {
  return load<u16>(FREQUENCY_PRICES + ((frequency >> 3) << 1));
}

/** 64 * -log2(frequency / 32768) by frequency >> 3. */
export function fillFrequencyPrices(): void {
  for (let step: u32 = 0; step < 4096; step++) {
    const price = (15 << 8) - logarithm(8 * step + 4, 8);
    store<u16>(FREQUENCY_PRICES + (step << 1), <u16>((price + 2) >> 2));
  }
}

/** log2(value) with `bits` (0..16) bits behind the point, by squarings; `value` is above 0. */
export function logarithm(value: u32, bits: u32): u32 {
  const top = 31 - clz(value);
  let mantissa = (<u64>value) << (31 - top);
  let log: u32 = 0;
  for (let bit: u32 = 0; bit < bits; bit++) {
    mantissa = (mantissa * mantissa) >> 31;
    log <<= 1;
    if (mantissa >= (<u64>1) << 32) {
      mantissa >>= 1;
      log |= 1;
    }
  }
  return (top << bits) | log;
}
