/**
 * Range: which bytes of an object a `Range` header asks for.
 *
 *   bytes=0-499   the first 500        bytes=500-   all from 500 on      bytes=-500   the last 500
 *
 * A header that is not one plain byte range (another unit, several ranges, first after last)
 * is ignored as RFC 9110 allows and S3 does: the answer is the whole object.
 */

/** Positions of the first and the last byte, both within the object. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * @param header - the value of `Range`, undefined when there is none
 * @param size - length of the object in bytes
 * @returns the range cut to the object; undefined for the whole object; "outside" when the object
 *   has none of these bytes, which is answered with 416
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | "outside" | undefined {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "");
  if (match === null) return undefined;
  const [, from = "", to = ""] = match;
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const count = Math.min(position(to), size);
    return count === 0 ? "outside" : { first: size - count, last: size - 1 };
  }
  const first = position(from);
  const last = to === "" ? Number.MAX_SAFE_INTEGER : position(to);
  if (first > last) return undefined;
  return first >= size ? "outside" : { first, last: Math.min(last, size - 1) };
}

/** Decimal digits as a position; what a number cannot hold exactly is beyond any object. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
