/**
 * Directions of the walk over a segment, and the models that it can walk for: classes that hold nothing
 * and tell the compiler which source to take.
 *
 *   Reading    coded bytes to coefficients
 *   Measuring  the same, and keeps account of the bits
 *   Writing    coefficients to coded bytes
 *
 *   Lepton     lepton/*.ts, the model of Lepton files
 *   Dense      dense/*.ts, our own
 */
export class Reading {}
export class Measuring {}
export class Writing {}

export class Lepton {}
export class Dense {}

/** Whether the direction reads; known at compile time. */
// @ts-ignore: decorator
@inline
export function reads<D>(): bool {
  return idof<D>() != idof<Writing>();
}

/** Whether the model is Lepton's; known at compile time. */
// @ts-ignore: decorator
@inline
export function isLepton<M>(): bool {
  return idof<M>() == idof<Lepton>();
}
