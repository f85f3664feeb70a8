/**
 * Price of an IR: what all its commands cost under prices, by kind.
 *
 * Hints have no price here: what they cost and gain is the codec's affair. Commands of no bytes cost
 * nothing, as no codec needs to write them.
 */
import { PithError } from "../../core/errors.ts";
import type { Ir, IrPrices } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { RecentDistances } from "./recent.ts";

/** Bits of an IR, by what they are spent on. */
export interface IrBits {
  /** Literals, random ones too. */
  readonly insert: number;
  /** Copies from new distances. */
  readonly copy: number;
  /** Copies from one of the last four distances. */
  readonly recent: number;
  /** Words of the dictionary. */
  readonly dict: number;
  readonly total: number;
}

/**
 * What an IR costs.
 *
 * @param plain - the bytes that it makes, as in optimizeIr
 */
export function priceIr(ir: Ir, plain: Uint8Array, prices: IrPrices): IrBits {
  const recentDistances = new RecentDistances();
  const cursor = new IrCursor(ir);
  let [insert, copy, recent, dict] = [0, 0, 0, 0];
  while (cursor.next()) {
    const { kind, length, position } = cursor;
    if (length === 0) continue;
    if (position + length > plain.length) {
      throw new PithError("InvalidArgument", {
        why: "the commands make other bytes",
        at: position,
      });
    }
    if (kind === "insert" || kind === "rndins") insert += prices.insert(position, length);
    else if (kind === "dict") dict += prices.dict(cursor.wordLength, cursor.transform);
    else if (kind === "copy") {
      const place = recentDistances.find(cursor.distance);
      const bits = prices.copy(length, cursor.distance, place);
      if (place === -1) copy += bits;
      else recent += bits;
      recentDistances.use(cursor.distance);
    }
  }
  return { insert, copy, recent, dict, total: insert + copy + recent + dict };
}

/** The cheaper of two ways to say the same bytes; the first when they cost the same. */
export function cheaperIr(one: Ir, other: Ir, plain: Uint8Array, prices: IrPrices): Ir {
  const difference = priceIr(other, plain, prices).total - priceIr(one, plain, prices).total;
  return difference < 0 ? other : one;
}
