/**
 * Short copies to literals: a copy or a word that costs more than its bytes.
 *
 *   insert 5, copy 3 from 70001, insert 2      insert 10
 *
 * The literals join the inserts on both sides, which saves the start of a run as well; and a copy that
 * is gone leaves the recent distances alone, which later copies feel.
 */
import type { Optimizer } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { cheaperIr } from "./price.ts";
import { Outlook, RecentDistances, useCopy } from "./recent.ts";
import { Rewriter } from "./rewriter.ts";

/** Longer copies are left alone: none of 33 bytes is dearer than its literals unless the literals
 * cost less than a bit each, and then a generator has taken care of them. */
const SHORT_BYTES_MAXIMUM = 32;

export const shortCopies: Optimizer = {
  name: "short-copies",
  optimize(ir, plain, prices) {
    const out = new Rewriter(plain);
    const outlook = new Outlook(ir, prices);
    const recent = new RecentDistances();
    const used = new RecentDistances();
    const cursor = new IrCursor(ir);
    const following = new IrCursor(ir);
    following.next();
    while (cursor.next()) {
      const behind = following.next() && following.kind === "insert" ? following.length : 0;
      const { kind, length, position } = cursor;
      if (kind === "insert") {
        out.insert(length);
        continue;
      }
      if ((kind !== "copy" && kind !== "dict") || length === 0) {
        out.take(cursor);
        continue;
      }
      used.become(recent);
      let asItIs =
        kind === "copy"
          ? useCopy(length, cursor.distance, used, prices)
          : prices.dict(cursor.wordLength, cursor.transform);
      if (length <= SHORT_BYTES_MAXIMUM) {
        const before = out.run;
        const asLiterals =
          prices.insert(position - before, before + length + behind) -
          (before === 0 ? 0 : prices.insert(position - before, before)) -
          (behind === 0 ? 0 : prices.insert(position + length, behind));
        asItIs += outlook.difference(cursor.index + 1, used, recent);
        if (asLiterals < asItIs) {
          out.insert(length);
          continue;
        }
      }
      recent.become(used);
      out.take(cursor);
    }
    return cheaperIr(ir, out.finish(), plain, prices);
  },
};
