/**
 * Agreement: whether commands make the bytes that they are said to make.
 *
 * With the plain bytes at hand nothing needs to be run: a copy makes plain[p..p+n) from distance d
 * exactly when each of these bytes equals the one d before it, overlapping or not.
 */

/** Whether a copy from that distance makes plain[position..position+length). */
export function agrees(
  plain: Uint8Array,
  position: number,
  length: number,
  distance: number,
): boolean {
  return agreeingAfter(plain, position, length, distance) === length;
}

/** How many bytes from `position` on, at most so many, a copy from that distance makes. */
export function agreeingAfter(
  plain: Uint8Array,
  position: number,
  most: number,
  distance: number,
): number {
  if (distance > position) return 0;
  let count = 0;
  while (count < most && plain[position + count] === plain[position + count - distance]) count++;
  return count;
}

/** How many bytes before `position`, at most so many, a copy from that distance makes. */
export function agreeingBefore(
  plain: Uint8Array,
  position: number,
  most: number,
  distance: number,
): number {
  const furthest = Math.min(most, position - distance);
  let count = 0;
  while (count < furthest && plain[position - count - 1] === plain[position - count - 1 - distance])
    count++;
  return count;
}
