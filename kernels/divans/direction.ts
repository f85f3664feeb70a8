/**
 * Directions of the walk over a unit: one source for all of them.
 *
 *   Reading   symbols come out of the coded bytes, bytes and commands come out of symbols
 *   Writing   commands are there; their symbols are gathered for the coder
 *   Pricing   the same, but only counted: what each cost, which were made
 */
export class Reading {}
export class Writing {}
export class Pricing {}

/** Whether the direction reads; known at compile time. */
// @ts-ignore: decorator
@inline
export function reads<D>(): bool {
  return idof<D>() == idof<Reading>();
}

/** Whether the direction only counts. */
// @ts-ignore: decorator
@inline
export function prices<D>(): bool {
  return idof<D>() == idof<Pricing>();
}
