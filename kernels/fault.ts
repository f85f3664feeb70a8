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

// From here on the fault lies in what the kernel was given to read, not in the kernel.

/** A Huffman table that assigns more codes than there are, or none where some are needed. */
export const FAULT_HUFFMAN_TABLE: i32 = 20;

/** The scan holds a Huffman code that is not in its table. */
export const FAULT_HUFFMAN_CODE: i32 = 21;

/** A zero run passes the end of its block or band, or zeros before an end of block are written out:
 * no canonical writer makes them. */
export const FAULT_ZERO_RUN: i32 = 22;

/** Padding bits that differ from those before. */
export const FAULT_PADDING: i32 = 23;

/** A restart marker is missing, misnumbered or misplaced in a way that cannot be recorded. */
export const FAULT_RESTART: i32 = 24;

/** A value of more than eleven bits, or a DC that the prediction cannot give back. */
export const FAULT_COEFFICIENT: i32 = 25;

/** Coded counts and coded coefficients contradict each other. */
export const FAULT_STREAM: i32 = 26;

/** A scan that its predecessors do not allow: a second first pass, bits out of order. */
export const FAULT_SCAN: i32 = 27;

/** An end-of-band run that could have been merged with the one before. */
export const FAULT_EOB_RUN: i32 = 28;

/** A value has no code in the Huffman table that must write it. */
export const FAULT_NO_CODE: i32 = 30;

/** The dimensions ask for more memory than a kernel may have. */
export const FAULT_DIMENSIONS: i32 = 31;

/** A quantization table holds a zero. */
export const FAULT_ZERO_QUANTIZER: i32 = 32;

/** Coded commands that cannot be: a distance before the first byte, a copy past the end of its block, a
 * word that is in no dictionary, states that do not come back. */
export const FAULT_COMMANDS: i32 = 40;
