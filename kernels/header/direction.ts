/**
 * Directions of the walk over a header's bytes: classes that hold nothing and tell the compiler which
 * source to take.
 *
 *   Reading    coded bytes to plain ones
 *   Writing    plain bytes to coded ones
 *   Learning   plain bytes to nothing: only the model changes
 */
export class Reading {}
export class Writing {}
export class Learning {}
