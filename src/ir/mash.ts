/**
 * Mash-up: two ways to say the same bytes, cut where they can be cut, and of each span the cheaper.
 *
 *   first     |copy----------|insert|copy-------------|copy------|
 *   second    |copy------|insert----|copy-----|copy--------------|
 *   places    .          .   .      .         .       .          .
 *   mash-up   |copy------|copy------|copy-------------|copy------|
 *
 * A place is where a command of either begins. From a place one goes on with what either has there,
 * which for a copy or an insert may be its rest, up to its end or to a place before it: a part of a
 * copy is a copy too. A word is taken whole. Prices are frozen, so that spans can be compared at all;
 * the cheapest way is found in mash-path.ts.
 *
 * Hints on literals come from one of the two; those on commands are dropped with the commands that they
 * were for.
 */
import { IrBuilder } from "./build.ts";
import { COMMAND_LENGTH_MAXIMUM, type Ir, type IrPrices } from "./command.ts";
import { IrCursor } from "./cursor.ts";
import { findPath } from "./mash-path.ts";
import type { Piece } from "./mash-span.ts";
import { largestWindow } from "./optimize/hints.ts";
import { requireMeaning } from "./optimize/meaning.ts";
import { cheaperIr } from "./optimize/price.ts";
import { Rewriter } from "./optimize/rewriter.ts";
import { Track } from "./optimize/track.ts";
import { staticPrices } from "./static-prices.ts";

export interface MashOptions {
  /** Whose hints on literals are kept: by default those of the first that has any. */
  readonly hints?: "first" | "second" | "none";
}

/**
 * Combines two IRs of the same bytes into one that is no dearer than either.
 *
 * @param plain - the bytes that both make
 * @param prices - what commands cost, frozen; staticPrices(plain) by default
 * @returns the mash-up, or a parent where that is cheaper as it stands
 * @throws PithError "InvalidArgument" when a parent makes other bytes
 *
 * Memory: 10 MB, and some 30 bytes for each command of both.
 */
export async function mashIr(
  first: Ir,
  second: Ir,
  plain: Uint8Array,
  prices: IrPrices = staticPrices(plain),
  options: MashOptions = {},
): Promise<Ir> {
  await requireMeaning(first, plain, "InvalidArgument", { ir: "the first" });
  await requireMeaning(second, plain, "InvalidArgument", { ir: "the second" });
  if (plain.length === 0) return first;
  const tracks = [first, second, allLiterals(plain)].map((ir) => new Track(ir));
  const hints = new LiteralHints(hintsFrom(first, second, options));
  const out = new Rewriter(plain);
  const window = Math.max(largestWindow(first), largestWindow(second));
  if (window > 0) out.window(window);
  for (const { pieces } of findPath(tracks, prices)) {
    for (const piece of pieces) write(out, piece, hints);
  }
  const mashed = out.finish();
  await requireMeaning(mashed, plain, "AssertionFailure", { what: "a mash-up keeps the bytes" });
  return cheaperIr(cheaperIr(mashed, first, plain, prices), second, plain, prices);
}

/** The third that everything can be taken from: a copy of either may cost more than its bytes. */
function allLiterals(plain: Uint8Array): Ir {
  const builder = new IrBuilder();
  for (let at = 0; at < plain.length; at += COMMAND_LENGTH_MAXIMUM) {
    builder.insert(plain.subarray(at, at + COMMAND_LENGTH_MAXIMUM));
  }
  return builder.finish();
}

function write(out: Rewriter, { track, command, end }: Piece, hints: LiteralHints): void {
  const operand = track.operands[command]!;
  const length = end - out.position;
  hints.write(out, out.position);
  if (track.isWord(command)) out.dict(length, operand);
  else if (track.isInsert(command)) insert(out, end, track.insertKind(command), hints);
  else copy(out, length, operand);
}

function copy(out: Rewriter, length: number, distance: number): void {
  const goesOn =
    out.lastKind === "copy" &&
    out.lastDistance === distance &&
    out.lastLength + length <= COMMAND_LENGTH_MAXIMUM;
  if (goesOn) out.lengthen(length);
  else out.copy(length, distance);
}

/** Literals up to `end`, cut where a hint stands among them. */
function insert(out: Rewriter, end: number, kind: "insert" | "rndins", hints: LiteralHints): void {
  for (let next = hints.position; next < end; next = hints.position) {
    out.insert(next - out.position, kind);
    hints.write(out, next);
  }
  out.insert(end - out.position, kind);
}

function hintsFrom(first: Ir, second: Ir, options: MashOptions): Ir | undefined {
  if (options.hints === "none") return undefined;
  if (options.hints !== undefined) return options.hints === "first" ? first : second;
  return new LiteralHints(first).position < Number.POSITIVE_INFINITY ? first : second;
}

/** The hints of an IR that are on literals, in order, each with its place among the bytes. */
class LiteralHints {
  readonly #cursor: IrCursor | undefined;
  /** Where the next hint stands; infinite when there is none. */
  position = 0;

  constructor(ir: Ir | undefined) {
    this.#cursor = ir === undefined ? undefined : new IrCursor(ir);
    this.#step();
  }

  /** Writes all that stand at or before `position`. */
  write(out: Rewriter, position: number): void {
    while (this.position <= position) {
      out.take(this.#cursor!);
      this.#step();
    }
  }

  #step(): void {
    while (this.#cursor?.next()) {
      this.position = this.#cursor.position;
      if (this.#cursor.kind === "prediction" || this.#cursor.kind === "ltype") return;
    }
    this.position = Number.POSITIVE_INFINITY;
  }
}
