/**
 * Contexts: the parameters that take part in the next decision, named by their addresses. One vector of
 * a decision's parameters is added up and learnt at once (pairs.ts, rows.ts).
 */

/** Addresses of the contexts of the next decision: rows, or pairs. */
export let c0: usize = 0;
export let c1: usize = 0;
export let c2: usize = 0;
export let c3: usize = 0;
export let c4: usize = 0;
export let c5: usize = 0;
export let c6: usize = 0;
/** Of one more context, where other components have something to say. */
export let otherContext: usize = 0;

// @ts-ignore: decorator
@inline
export function use2(a: usize, b: usize): void {
  c0 = a;
  c1 = b;
}
// @ts-ignore: decorator
@inline
export function use3(a: usize, b: usize, c: usize): void {
  use2(a, b);
  c2 = c;
}
// @ts-ignore: decorator
@inline
export function use4(a: usize, b: usize, c: usize, d: usize): void {
  use3(a, b, c);
  c3 = d;
}
// @ts-ignore: decorator
@inline
export function use5(a: usize, b: usize, c: usize, d: usize, e: usize): void {
  use4(a, b, c, d);
  c4 = e;
}
// @ts-ignore: decorator
@inline
export function use6(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize): void {
  use5(a, b, c, d, e);
  c5 = f;
}
// @ts-ignore: decorator
@inline
export function use7(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  use6(a, b, c, d, e, f);
  c6 = g;
}

/** Names the context that decisions have in addition when told so. */
// @ts-ignore: decorator
@inline
export function useOther(context: usize): void {
  otherContext = context;
}

/** Goes to the same rows' upper steps, so many bytes further. */
export function goUp(upper: usize, otherUpper: usize): void {
  c0 += upper;
  c1 += upper;
  c2 += upper;
  c3 += upper;
  c4 += upper;
  c5 += upper;
  otherContext += otherUpper;
}

/** Names the one context of a decision. */
// @ts-ignore: decorator
@inline
export function use1(a: usize): void {
  c0 = a;
}
