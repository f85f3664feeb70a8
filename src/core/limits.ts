/**
 * Every limit of Pith, each with its name and its reason.
 *
 * The unit comes last in each name: bytes, milliseconds, counts. A limit that is part of a
 * format says so: changing it changes what other builds can read.
 */

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

// Chunks and frames.

/** Size of a chunk unless a codec claims another: large enough that a frame's cost vanishes,
 * small enough that a range read decodes little. Part of the store's format: equal objects
 * share chunks only when they are cut alike. */
export const CHUNK_BYTES = 4 * MIB;

/** The largest chunk that any codec may claim (a multi-scan JPEG cannot be cut). Part of the
 * frame format: a reader refuses more before it takes memory. */
export const CHUNK_BYTES_MAXIMUM = 16 * MIB;

/** A coded chunk is kept only when it saves at least this share of the plain bytes; below
 * it the cost of decoding at each read is not worth the space. One part in 128. */
export const SAVED_SHARE_MINIMUM = 1 / 128;

/** A frame is never longer than its plain bytes plus this; header and worst stored form. */
export const FRAME_OVERHEAD_BYTES = 128;

/** Codec parameters in a frame header: enough for a few records, small enough to never matter. */
export const FRAME_PARAMETERS_BYTES_MAXIMUM = 64 * KIB;

// Jobs on worker threads.

/** Wall-clock time for coding or proving one chunk. The slowest codec so far needs well
 * under a second for 4 MiB; ten times that, on a machine ten times as busy. */
export const JOB_TIMEOUT_MS = 60_000;

/** JavaScript heap of a coding worker; its buffers and wasm memory are bounded apart from it. */
export const WORKER_HEAP_MIB = 256;

/** Chunks of one object that may be on their way at once: keeps two cores busy while memory
 * stays a few chunks an object. */
export const CHUNKS_IN_FLIGHT = 4;

/** Jobs that may wait for a worker before new work is refused with "SlowDown". */
export const JOBS_WAITING_MAXIMUM = 1024;

// Linear-time deflate.

/** Input that one parallel deflate job takes; its output ends on a byte boundary. Part of the
 * output: it must not depend on the number of workers. */
export const DEFLATE_JOB_BYTES = 1 * MIB;

// The store.

export const BUCKET_NAME_LENGTH_MINIMUM = 3;
export const BUCKET_NAME_LENGTH_MAXIMUM = 63;

/** Length of an object key in bytes of UTF-8, as S3 has it. */
export const KEY_BYTES_MAXIMUM = 1024;

/** User metadata of an object, names and values together, as S3 has it. */
export const USER_METADATA_BYTES_MAXIMUM = 2 * KIB;

/** The largest object, as S3 has it for an assembled object. */
export const OBJECT_BYTES_MAXIMUM = 5 * 1024 * GIB;

/** How long an unreferenced chunk or blob is kept: longer than the longest pause of a put
 * or a get that still needs it. Both renew their claim at a third of it. */
export const GRACE_MS = 60 * 60 * 1000;

/** Backups of the metadata that are kept, and how often the service makes one. */
export const BACKUPS_KEPT = 7;
export const BACKUP_INTERVAL_MS = 24 * 60 * 60 * 1000;

// Requests.

/** XML bodies (batch delete of 1,000 keys of 1,024 bytes, escaped) fit well into this. */
export const XML_BODY_BYTES_MAXIMUM = 8 * MIB;

/** Keys in one page of a listing and in one batch delete, as S3 has it. */
export const LIST_KEYS_MAXIMUM = 1000;
