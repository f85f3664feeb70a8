/**
 * Condition: whether a write or a read may go on, given the version that is there.
 */
import { PithError } from "../../core/errors.ts";
import type { Condition } from "./meta.ts";

/**
 * Returns when every part of the condition holds.
 *
 * @param current - the current version, undefined when there is none
 * @throws PithError "PreconditionFailed" with the part that failed; "NoSuchKey" for an `ifMatch` on
 *   nothing
 */
export function checkCondition(
  condition: Condition,
  current: { readonly etag: string } | undefined,
): void {
  const { ifMatch, ifNoneMatch } = condition;
  if (ifMatch !== undefined) {
    if (current === undefined) throw new PithError("NoSuchKey", { condition: "ifMatch" });
    if (!names(ifMatch, current.etag)) {
      throw new PithError("PreconditionFailed", { condition: "ifMatch", etag: current.etag });
    }
  }
  if (ifNoneMatch !== undefined && current !== undefined && names(ifNoneMatch, current.etag)) {
    throw new PithError("PreconditionFailed", { condition: "ifNoneMatch", etag: current.etag });
  }
}

function names(etags: readonly string[], etag: string): boolean {
  return etags.includes("*") || etags.includes(etag);
}
