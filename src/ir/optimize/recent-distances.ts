/**
 * Snap to recent distances: a copy whose bytes also stand at a distance used just before.
 *
 *   copy 4 from 12, insert 1, copy 4 from 36      copy 4 from 12, insert 1, copy 4 from 12
 *
 * In tables and code the same bytes stand at many multiples of a record's length, and whoever looked
 * for the longest or the nearest match did not know which distance the copy before would take.
 */
import type { Optimizer } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { agrees } from "./agree.ts";
import { cheaperIr } from "./price.ts";
import { Outlook, RecentDistances, useCopy } from "./recent.ts";
import { Rewriter } from "./rewriter.ts";

export const recentDistances: Optimizer = {
  name: "recent-distances",
  optimize(ir, plain, prices) {
    const out = new Rewriter(plain);
    const outlook = new Outlook(ir, prices);
    const recent = new RecentDistances();
    const asItIs = new RecentDistances();
    const changed = new RecentDistances();
    const cursor = new IrCursor(ir);
    while (cursor.next()) {
      const { kind, length, position, distance } = cursor;
      if (kind !== "copy" || length === 0) {
        out.take(cursor);
        continue;
      }
      const price = useCopy(length, distance, asItIs.become(recent), prices);
      let best = distance;
      let mostSaved = 0;
      for (let place = 0; place < 4; place++) {
        const other = recent.at(place);
        if (other === 0 || other === distance) continue;
        if (!agrees(plain, position, length, other)) continue;
        const saved =
          price -
          useCopy(length, other, changed.become(recent), prices) -
          outlook.difference(cursor.index + 1, changed, asItIs);
        if (saved <= mostSaved) continue;
        mostSaved = saved;
        best = other;
      }
      out.copy(length, best);
      recent.use(best);
    }
    return cheaperIr(ir, out.finish(), plain, prices);
  },
};
