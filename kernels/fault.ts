/**
 * Faults: the numbers that kernels return when something that must hold does not.
 *
 * An entry function returns what it made (a count of bytes, a checksum) when that is zero or
 * more, and the negative of one of these when it is below zero. A kernel never traps: the host
 * (src/core/kernel.ts) turns the number into an error. Numbers are for ever and shared by all
 * kernels, so that one table on the host explains them.
 */

/** More input than its region holds. */
export const FAULT_INPUT_SIZE: i32 = 1;

/** The output would pass the end of its region. */
export const FAULT_OUTPUT_FULL: i32 = 2;

/** The memory cannot grow to the size of the map. */
export const FAULT_MEMORY: i32 = 3;

/** A call came before `begin`, or with an argument that has no meaning. */
export const FAULT_CALL: i32 = 4;

/** A prefix code came out incomplete or over-subscribed. */
export const FAULT_CODE: i32 = 5;

/** A block took another number of bits than was computed before it was written. */
export const FAULT_BIT_COUNT: i32 = 6;

/** The walk over the input lost its place: a byte was skipped or taken twice. */
export const FAULT_COVERAGE: i32 = 7;
