/**
 * Merging: commands that say in two steps what one says.
 *
 *   insert 3, insert 2                     insert 5
 *   copy 4 from 9, copy 6 from 9           copy 10 from 9
 *   insert 0, copy 0 from 7                nothing
 *
 * A hint between two commands keeps them apart: its place may matter to who wrote it. An insert of
 * random bytes merges with its like only.
 */
import { COMMAND_LENGTH_MAXIMUM, type Ir, type Optimizer } from "../command.ts";
import { IrCursor } from "../cursor.ts";
import { isHint, Rewriter } from "./rewriter.ts";

export const mergeInserts: Optimizer = {
  name: "merge-inserts",
  optimize(ir, plain) {
    return rewrite(ir, plain, (cursor, out) => {
      if (cursor.kind === "insert" || cursor.kind === "rndins") {
        out.insert(cursor.length, cursor.kind);
      } else out.take(cursor);
    });
  },
};

export const mergeCopies: Optimizer = {
  name: "merge-copies",
  optimize(ir, plain) {
    return rewrite(ir, plain, (cursor, out) => {
      const goesOn =
        cursor.kind === "copy" &&
        out.lastKind === "copy" &&
        out.lastDistance === cursor.distance &&
        out.lastLength + cursor.length <= COMMAND_LENGTH_MAXIMUM;
      if (goesOn) out.lengthen(cursor.length);
      else out.take(cursor);
    });
  },
};

/** Drops commands that make no bytes and are no hints. */
export const dropEmpty: Optimizer = {
  name: "drop-empty",
  optimize(ir, plain) {
    return rewrite(ir, plain, (cursor, out) => {
      if (cursor.length > 0 || cursor.kind === undefined || isHint(cursor.kind)) out.take(cursor);
    });
  },
};

/** Walks all commands; `step` writes what becomes of each. */
function rewrite(ir: Ir, plain: Uint8Array, step: (cursor: IrCursor, out: Rewriter) => void): Ir {
  const out = new Rewriter(plain);
  const cursor = new IrCursor(ir);
  while (cursor.next()) step(cursor, out);
  return out.finish();
}
