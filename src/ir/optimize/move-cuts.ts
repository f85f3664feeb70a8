/**
 * Move cuts: where one command ends and the next begins, at the place where both are cheapest.
 *
 *   copy 7 from 20 | insert 3      copy 9 from 20 | insert 1      the bytes go on to agree
 *   copy 5 from 90 | copy 6 from 4      copy 3 from 90 | copy 8 from 4
 *
 * The cut moves right while the first command could make the byte behind it, left while the second
 * could make the byte before it: a copy by looking back its distance, an insert always. A command that
 * loses all its bytes is gone. Words keep their length.
 */
import { COMMAND_LENGTH_MAXIMUM, type Ir, type IrPrices, type Optimizer } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { agreeingAfter, agreeingBefore } from "./agree.ts";
import { cheaperIr } from "./price.ts";
import { Outlook, RecentDistances, useCopy } from "./recent.ts";
import { Rewriter } from "./rewriter.ts";

/** How far a cut moves: bounds the time where commands are many and all bytes are alike. */
const MOVED_BYTES_MAXIMUM = 256;
/** Nearby places are all tried; of those further away only the furthest, where a copy saves most
 * literals. */
const NEAR_BYTES = 16;

export const moveCuts: Optimizer = {
  name: "move-cuts",
  optimize(ir, plain, prices) {
    const moved = new CutMover(ir, plain, prices).move();
    return cheaperIr(ir, moved, plain, prices);
  },
};

/** A command on one side of a cut, as far as moving it goes. */
interface Side {
  readonly kind: "insert" | "copy";
  readonly length: number;
  readonly distance: number;
}

class CutMover {
  readonly #plain: Uint8Array;
  readonly #prices: IrPrices;
  readonly #cursor: IrCursor;
  readonly #out: Rewriter;
  readonly #outlook: Outlook;
  /** Recent distances before the last command that was written, and after it. */
  readonly #before = new RecentDistances();
  readonly #after = new RecentDistances();
  /** The same while places are tried, and as they are when the cut stays. */
  readonly #trial = new RecentDistances();
  readonly #stay = new RecentDistances();

  constructor(ir: Ir, plain: Uint8Array, prices: IrPrices) {
    this.#plain = plain;
    this.#prices = prices;
    this.#cursor = new IrCursor(ir);
    this.#out = new Rewriter(plain);
    this.#outlook = new Outlook(ir, prices);
  }

  move(): Ir {
    while (this.#cursor.next()) {
      const second = sideOf(this.#cursor.kind, this.#cursor.length, this.#cursor.operand);
      const { lastKind, lastLength, lastDistance } = this.#out;
      const first = sideOf(lastKind, lastLength, lastDistance);
      if (second === undefined) this.#out.take(this.#cursor);
      else if (first === undefined) this.#write(second, second.length);
      else this.#moveBetween(first, second);
    }
    return this.#out.finish();
  }

  /** Writes the second command with the cut where both are cheapest. */
  #moveBetween(first: Side, second: Side): void {
    const by = this.#bestMove(first, second);
    if (by < 0) {
      this.#out.shorten(-by);
      if (-by === first.length) this.#after.become(this.#before);
    } else if (by > 0) this.#out.lengthen(by);
    if (by < second.length) this.#write(second, second.length - by);
  }

  #write(side: Side, length: number): void {
    this.#before.become(this.#after);
    if (side.kind === "insert") this.#out.insert(length);
    else {
      this.#out.copy(length, side.distance);
      this.#after.use(side.distance);
    }
  }

  /** By how many bytes the cut is best moved to the right. */
  #bestMove(first: Side, second: Side): number {
    if (first.kind === "insert" && second.kind === "insert") return 0;
    const right = this.#reach(first, second, agreeingAfter);
    const left = this.#reach(second, first, agreeingBefore);
    let least = this.#price(first, second, 0);
    this.#stay.become(this.#trial);
    let best = 0;
    const attempt = (by: number): void => {
      const price = this.#price(first, second, by) + this.#lost();
      if (price >= least) return;
      least = price;
      best = by;
    };
    for (let by = 1; by <= Math.min(right, NEAR_BYTES); by++) attempt(by);
    if (right > NEAR_BYTES) attempt(right);
    for (let by = 1; by <= Math.min(left, NEAR_BYTES); by++) attempt(-by);
    if (left > NEAR_BYTES) attempt(-left);
    return best;
  }

  /** How many bytes of `from` the command beside it could make. */
  #reach(side: Side, from: Side, agreeing: typeof agreeingAfter): number {
    const room = COMMAND_LENGTH_MAXIMUM - side.length;
    const most = Math.min(from.length, MOVED_BYTES_MAXIMUM, room);
    if (side.kind === "insert") return most;
    return agreeing(this.#plain, this.#cursor.position, most, side.distance);
  }

  /** What both commands cost with the cut moved to the right; leaves the distances in #trial. */
  #price(first: Side, second: Side, by: number): number {
    const cut = this.#cursor.position;
    this.#trial.become(this.#before);
    return (
      this.#priceOf(first, cut - first.length, first.length + by) +
      this.#priceOf(second, cut + by, second.length - by)
    );
  }

  #priceOf(side: Side, position: number, length: number): number {
    if (length === 0) return 0;
    if (side.kind === "insert") return this.#prices.insert(position, length);
    return useCopy(length, side.distance, this.#trial, this.#prices);
  }

  /** What later commands lose by the distances in #trial. */
  #lost(): number {
    return this.#outlook.difference(this.#cursor.index + 1, this.#trial, this.#stay);
  }
}

function sideOf(kind: string | undefined, length: number, operand: number): Side | undefined {
  if (length === 0 || (kind !== "insert" && kind !== "copy")) return undefined;
  return { kind, length, distance: kind === "copy" ? operand : 0 };
}
