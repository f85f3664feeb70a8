/**
 * Hints removed: all of them, or those that change nothing.
 *
 * A codec that models literals by itself pays for hints and gains nothing; one that follows them has no
 * use for a hint which repeats what holds, or which another replaces before any byte is made.
 *
 * Windows are bounds on distances, stated to a reader before it begins: both optimizers put one
 * window first, the largest, and leave no other.
 */
import type { CommandKind, Ir, Optimizer } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { isHint, Rewriter } from "./rewriter.ts";

export const dropHints: Optimizer = {
  name: "drop-hints",
  optimize: (ir, plain) => withHints(ir, plain, () => false),
};

export const dropDeadHints: Optimizer = {
  name: "drop-dead-hints",
  optimize(ir, plain) {
    const alive = livingHints(ir);
    return withHints(ir, plain, (index) => alive.has(index));
  },
};

/** The IR with those hints that `stays` lets stay, given the number of the command. */
function withHints(ir: Ir, plain: Uint8Array, stays: (index: number) => boolean): Ir {
  const out = new Rewriter(plain);
  const window = largestWindow(ir);
  if (window > 0) out.window(window);
  const cursor = new IrCursor(ir);
  while (cursor.next()) {
    const { kind } = cursor;
    if (kind === "window") continue;
    if (kind === undefined || !isHint(kind) || stays(cursor.index)) out.take(cursor);
  }
  return out.finish();
}

/** Log2 of the largest window that an IR names; 0 when it names none. */
export function largestWindow(ir: Ir): number {
  let largest = 0;
  const cursor = new IrCursor(ir);
  while (cursor.next()) if (cursor.kind === "window") largest = Math.max(largest, cursor.operand);
  return largest;
}

/** Numbers of the hints that change something for the bytes behind them. */
function livingHints(ir: Ir): Set<number> {
  const alive = new Set<number>();
  // What was said last of each kind, and what of that holds where bytes are made. A prediction may
  // start new block types, so that all is open behind it.
  const said = new Map<CommandKind, { index: number; operand: number }>();
  const holds = new Map<CommandKind, number>();
  const cursor = new IrCursor(ir);
  while (cursor.next()) {
    const { kind, index, operand } = cursor;
    if (kind === undefined) continue;
    if (isHint(kind)) said.set(kind, { index, operand });
    else if (cursor.length > 0 && said.size > 0) {
      const prediction = said.get("prediction");
      const renewed = prediction !== undefined && prediction.operand !== holds.get("prediction");
      if (renewed) holds.clear();
      for (const [of, hint] of said) {
        if (holds.get(of) !== hint.operand) alive.add(hint.index);
        holds.set(of, hint.operand);
      }
      said.clear();
    }
  }
  return alive;
}
