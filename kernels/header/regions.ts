/**
 * Regions: the map of the header kernel's memory, which is its module's own as those in memory.ts are.
 *
 *   tables | one bit's places | slots | weights | confidences | heads | history | kept | piece | windows
 *                             +----------------- model ------------------+
 *
 * What a dictionary has taught is kept beside the model, and copied over it where a job starts. The
 * dictionary is the beginning of the history, so the copy ends with it. Addresses are multiples of 64: a
 * line of slots is a line of the machine's cache.
 */

/** Contexts that predict a bit (contexts.ts), and all that do: two matches beside them (match.ts). */
export const CONTEXTS: i32 = 6;
export const LANES: i32 = 8;

/** Largest logit, in 1/256: a probability of 1/65536 (logistic.ts). */
export const LOGIT_MAXIMUM: i32 = 2815;

/** Probability of each logit from -LOGIT_MAXIMUM on. u16[5632]. */
export const SQUASHED: usize = 1024;
/** Logit of each probability, in 1/4096. i16[4096]. */
export const STRETCHED: usize = SQUASHED + 2 * 5632;
/** How far a probability goes towards what came, by how often it has. u16[256]. */
export const PULLS: usize = STRETCHED + 2 * 4096;
/** Logits that the lanes give for the bit that is coded. i16[8]. */
export const INPUTS: usize = PULLS + 2 * 256;
/** Where the slot of each context lies for this bit, and its line for these four bits. u32[8] each. */
export const PLACES: usize = INPUTS + 64;
export const LINES: usize = PLACES + 4 * 8;
/** Hash of each context for this byte. u32[8]. */
export const HASHES: usize = LINES + 4 * 8;

/** Probabilities by context and bits so far (contexts.ts). u32[6][65536]. */
export const SLOTS: usize = HASHES + 64;
export const SLOT_COUNT: usize = 65536;
/** Weights of the lanes (mix.ts), by what the matches say and by the bits so far. i32[20][8], i32[256][8]. */
export const MATCH_WEIGHTS: usize = SLOTS + 4 * <usize>CONTEXTS * SLOT_COUNT;
export const NODE_WEIGHTS: usize = MATCH_WEIGHTS + 4 * 8 * 20;
/** How often matches of a length are right (match.ts). u32[2][32]. */
export const CONFIDENCES: usize = NODE_WEIGHTS + 4 * 8 * 256;
/** Last position of each hash (match.ts). u32[2][16384]. */
export const HEADS: usize = CONFIDENCES + 4 * 2 * 32;
export const HEAD_COUNT: usize = 16384;
/** The last bytes that were coded, in a ring. */
export const HISTORY: usize = HEADS + 4 * 2 * HEAD_COUNT;
export const HISTORY_BYTES: usize = 1 << 20;
/** Longest dictionary. */
export const DICTIONARY_BYTES: usize = 1 << 16;

/** The model as it stood when the dictionary was learnt, behind the dictionary's size: u32[16]. */
export const KEPT_SIZE: usize = HISTORY + HISTORY_BYTES;
export const KEPT: usize = KEPT_SIZE + 64;
export const KEPT_BYTES: usize = HISTORY + DICTIONARY_BYTES - SLOTS;

/** Bytes that are to be coded, or were decoded, in one call. */
export const PIECE: usize = KEPT + KEPT_BYTES;
export const PIECE_BYTES: usize = 4096;
/** A bit of the least probability takes 16 bits. */
export const CODED_PIECE_BYTES: usize = 16 * PIECE_BYTES + 64;
/** Coded bytes that may wait for a carry. */
export const WAITING_BYTES: usize = 32768;
export const WINDOWS: usize = PIECE + PIECE_BYTES;
