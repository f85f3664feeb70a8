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

/** A contested specialist's chunk is coded by further specialists, too, when a quick look at samples would save
 * this share of it. Of 38 photographs one, a thermal picture, looks so; flat areas and made patterns begin at a
 * tenth. One part in 16. */
export const CONTEST_SAVED_SHARE_MINIMUM = 1 / 16;

/** General codecs code it, too, when the look promises less than this many times the best specialist's frame:
 * they come to a half of what the look promises, or a little below it. */
export const CONTEST_GENERAL_RATIO = 5 / 4;

/** A frame is never longer than its plain bytes plus this; header and worst stored form. */
export const FRAME_OVERHEAD_BYTES = 128;

/** Codec parameters in a frame header: enough for a few records, small enough to never matter. */
export const FRAME_PARAMETERS_BYTES_MAXIMUM = 64 * KIB;

/** A filter in a frame header: its number and up to three bytes of what it needs, such as a width. Part
 * of the frame format. */
export const FRAME_FILTER_BYTES_MAXIMUM = 4;

/** Parts of a coded chunk that decode alone: as many as a Lepton file may have segments. */
export const PARTS_MAXIMUM = 16;

/** A chunk from this length is decoded by several threads where it has parts. Handing a frame over
 * and joining its parts costs about a millisecond, in which one thread decodes some 10 KB of a
 * JPEG; the gain must be a multiple of that. */
export const PARTS_PLAIN_BYTES_MINIMUM = 128 * KIB;

/** Frames in a .pith file: 16 TiB in chunks of the usual size; their index takes 48 MiB. Part of
 * the file's format. */
export const PITH_FRAMES_MAXIMUM = 4 * MIB;

/** Metadata in the header of a .pith file: a name of 4 KiB and room for more tags. Part of the
 * file's format. */
export const PITH_METADATA_BYTES_MAXIMUM = 64 * KIB;

// Jobs on worker threads.

/** Wall-clock time for coding or proving one chunk, but for a search. The slowest codec needs well
 * under a second for 4 MiB; ten times that, on a machine ten times as busy. */
export const JOB_TIMEOUT_MS = 60_000;

/** The same where a general codec searches: at 2 s a MB, 8 s for a chunk, at effort "default", and four
 * times that at "dense". Ten times that, since a thread may have a tenth of a core; for as long does a
 * codec that hangs keep its thread. */
export const SEARCH_TIMEOUT_MS = 80_000;
export const DENSE_SEARCH_TIMEOUT_MS = 320_000;

/** What a search may take of memory for one chunk, and how much of the machine's all searches may take
 * together: fewer threads search where there is less. */
export const SEARCH_BYTES_MAXIMUM = 200 * MIB;
export const SEARCH_MEMORY_SHARE = 1 / 2;

/** JavaScript heap of a coding worker; its buffers and wasm memory are bounded apart from it. */
export const WORKER_HEAP_MIB = 256;
/** The part of it for young objects. All that survive a collection move to the old part at once: were
 * they more than the little that the platform grants a full heap to end its thread, the whole process
 * would end instead (1 of 24 starved threads with the platform's own size, none of 75 with this). */
export const WORKER_YOUNG_HEAP_MIB = 8;

/** How long the idle threads that streams share are kept for the next one. */
export const THREADS_IDLE_MS = 5_000;

/** Longest stretch for which coding keeps other work in its thread waiting. */
export const TURN_MS = 10;

/** The same where this thread also hands work to others, who would wait as long. */
export const TURN_SHARED_MS = 1;

/** Threads that may be asked for: more than any machine this is meant for has cores. */
export const THREADS_MAXIMUM = 256;

/** Chunks of one object that may be on their way at once: keeps two cores busy while memory
 * stays a few chunks an object. */
export const CHUNKS_IN_FLIGHT = 4;

/** Jobs that may wait for a worker before new work is refused with "SlowDown". */
export const JOBS_WAITING_MAXIMUM = 1024;

/** How often the kill switch's file is looked at: a codec is off within a second of a change on
 * the busiest machine. A look costs two system calls. */
export const GATE_POLL_MS = 250;

/** Length of the kill switch's file: a line for each codec that will ever be, and comments. */
export const GATE_FILE_BYTES_MAXIMUM = 64 * KIB;

// Linear-time deflate.

/** Input that one deflate job takes; its output ends on a byte boundary. 16 stored blocks of
 * 65,535 bytes, so that incompressible input of any length takes no more of them than it must. Part
 * of the output, which must not depend on the number of workers or on how input was cut. */
export const DEFLATE_JOB_BYTES = 16 * 65_535;

/** How much longer the last job may be, so that 1 MiB and 4 MiB leave no job of a few bytes. The
 * kernel's input window is the sum of both. Part of the output, as above. */
export const DEFLATE_JOB_SLACK_BYTES = 4 * KIB;

/** Input from which deflate starts worker threads unasked. A thread takes 25 ms to start; in that
 * time this thread codes as much. */
export const DEFLATE_PARALLEL_BYTES = 24 * MIB;

/** Worker threads that deflate starts unasked: more would wait for this thread to feed them. */
export const DEFLATE_THREADS_MAXIMUM = 8;

/** What the one-shot reader decodes unless the caller allows more: it returns one array, and
 * 1 MiB of deflate can stand for 1 GiB. */
export const INFLATE_OUTPUT_BYTES_MAXIMUM = 1 * GIB;

/** Output that a limit on expansion lets pass before it counts, so that a short run of zeros
 * at the start is no offence. */
export const INFLATE_EXPANSION_FREE_BYTES = 1 * MIB;

/** The longest gzip header that is read. The extra field has at most 64 KiB; names and comments
 * have no limit of their own, and a header that does not end is none. */
export const GZIP_HEADER_BYTES_MAXIMUM = 1 * MIB;

// Lepton.

/** Scans of one JPEG. Each may pass over all of the picture while it costs a dozen bytes; the busiest
 * scripts in use have some twenty, and four components refined bit by bit over four bands of the
 * spectrum stay below two hundred. */
export const JPEG_SCANS_MAXIMUM = 256;

/** Marker segments of one JPEG, and bytes of Huffman and quantization tables among them: each costs some
 * time to read. 16 MiB of metadata take 256 segments of the largest size; tables take up to 2 KB a
 * scan. Without a limit, 128 MiB of the smallest block a thread for seconds. */
export const JPEG_SEGMENTS_MAXIMUM = 65_536;
export const JPEG_TABLE_BYTES_MAXIMUM = 1 * MIB;

/** What a dense file says of a JPEG that no canonical writer would make: paddings of all scans, where
 * they are mixed, and deviations of each scan. What a kernel has room for, 256 KiB each; restarts
 * after every MCU of four million pixels, and many more deviations than files that were seen have. */
export const JPEG_PADDINGS_MAXIMUM = 262_144;
export const JPEG_DEVIATIONS_MAXIMUM = 32_768;

/** Segments of a Lepton file. Part of its format: a packet names its segment in four bits. */
export const LEPTON_SEGMENTS_MAXIMUM = 16;

/** The header of a Lepton file, compressed or not, and the file that it restores: what dropbox/lepton
 * takes. A header is no longer than the output and a few records. */
export const LEPTON_HEADER_BYTES_MAXIMUM = 128 * MIB;
export const LEPTON_OUTPUT_BYTES_MAXIMUM = 128 * MIB;

/** Where the range of a JPEG may begin that the command codes alone: it holds all bytes up to the
 * range's end, and no camera writes a JPEG that large. */
export const LEPTON_RANGE_START_BYTES_MAXIMUM = 1 * GIB;

/** How much longer than its output the inflated header of a Lepton file may be, as dropbox/lepton
 * has it: records for 16 segments and 256 scans. */
export const LEPTON_HEADER_SLACK_BYTES = 2 * KIB;

/** Segments of a single scan unless the caller says: two let two cores decode one chunk, and cost 0.1 to
 * 0.2 points of the saving (docs/decisions/0049-two-segments.md). Part of the output. */
export const LEPTON_SEGMENTS_DEFAULT = 2;

/** The same for several scans: these are written one after the other whatever it is, and a second
 * segment costs 0.2 points of the saving (progressive/: 17.55 to 17.35 %). Part of the output. */
export const LEPTON_SEGMENTS_SEVERAL_SCANS = 1;

/** Scan data that are worth a segment of their own. Part of the output. */
export const LEPTON_SEGMENT_SCAN_BYTES_MINIMUM = 128 * KIB;

/** The same three for the dense model. Its segments begin with what priors know, so four, for which a
 * chunk is decoded at 100 Mbit/s on four cores, cost no more than Lepton's two: 0.24 points
 * (docs/decisions/0063-four-segments-and-priors.md). Part of the output. */
export const DENSE_SEGMENTS_DEFAULT = 4;
export const DENSE_SEGMENTS_SEVERAL_SCANS = 1;
export const DENSE_SEGMENT_SCAN_BYTES_MINIMUM = 128 * KIB;

/** JPEGs within the header of a dense file that are coded as files of their own, and how deep that goes: a
 * thumbnail, some previews, and the thumbnail of a preview. Bounds how many pictures one file can ask a
 * reader for. Part of the format. */
export const DENSE_EMBEDDED_MAXIMUM = 16;
export const DENSE_EMBEDDED_DEPTH_MAXIMUM = 2;

/** Bytes of a dense file's header that are coded by its model, at half a microsecond each; what comes behind
 * is deflated. Headers of camera files are below 1 MiB; some editors write seven. */
export const DENSE_HEADER_MODELLED_BYTES_MAXIMUM = 4 * MIB;

/** What each JPEG within a header may have of it: all that a file can ask for is three times 4 MiB, two
 * seconds each. Previews have a few kilobytes. Part of the format. */
export const DENSE_EMBEDDED_MODELLED_SHARE = 1 / 16;

/** How far the model may expand: so many bytes at first, and so many for each coded one. Blanks reach 1:3000,
 * other headers 1:100. Bounds the time that a small file can ask for. Part of the format. */
export const DENSE_HEADER_FREE_BYTES = 64 * KIB;
export const DENSE_HEADER_EXPANSION_MAXIMUM = 1024;

/** A JPEG from which Lepton starts worker threads unasked. A thread takes 25 ms to start, in which
 * this one codes some 250 KB; below twice that there is nothing to gain. */
export const LEPTON_PARALLEL_BYTES = 512 * KIB;

/** What one thread may have decoded ahead of the bytes that are being given out, while a JPEG is
 * restored as a stream: half a chunk of two segments needs no waiting. A kernel takes 4 MiB for usual
 * pictures and 18 MiB for the widest, so that a decoding thread stays within 24 MiB. */
export const LEPTON_AHEAD_BYTES_MAXIMUM = 5 * MIB;

/** Bytes of segments that are kept until their turn, beyond twice the output that a Lepton file
 * announces: a chunk's segments may hold a row more than it gives. */
export const LEPTON_HELD_SLACK_BYTES = 16 * MIB;

/** Segments of a JPEG's header that the Lepton file of each of its chunks repeats: frame, tables, scan.
 * Usual ones take 600 bytes, all tables that a frame can use some four thousand; as much again and
 * again would cost more than coding saves. */
export const LEPTON_ESSENTIAL_BYTES_MAXIMUM = 64 * KIB;

/** Bytes of a cut MCU row that are kept to be read again with the next chunk. The widest picture in
 * use has rows of some 100 KiB; 65,535 pixels of three full components at the best quality take
 * about 4 MiB. */
export const LEPTON_PARTIAL_ROW_BYTES_MAXIMUM = 8 * MIB;

// IR.

/** Commands of one IR: a chunk of 4 MiB in commands of a byte each takes a quarter of them, and
 * their words 128 MiB. */
export const IR_COMMANDS_MAXIMUM = 16 * MIB;

/** `prediction` lines of one IR: each is an object of a kilobyte and its lists. Encoders write one for a
 * megabyte. */
export const IR_HINTS_MAXIMUM = 64 * KIB;

/** Literal bytes of one IR: whole files can be read from other compressors' streams, but an IR is in
 * memory as a whole. */
export const IR_LITERAL_BYTES_MAXIMUM = 256 * MIB;

/** The text form of an IR, read or written: half of the longest string that every platform has. A
 * chunk of 4 MiB takes up to some 60 MiB, if it is made of copies of two bytes. */
export const IR_TEXT_BYTES_MAXIMUM = 256 * MIB;

/** Context maps in the hints of one IR, where a stream is read as one: a metablock of Brotli may bring
 * 17 KiB of them with 80 bytes, and one in use lasts for a megabyte. */
export const IR_CONTEXT_MAP_BYTES_MAXIMUM = 32 * MIB;

/** What an IR may make unless the caller allows more: one line can ask for 256 MiB. */
export const IR_OUTPUT_BYTES_MAXIMUM = 256 * MIB;

// DivANS.

/** Longest unit, and the length of all units of a file but the last: a chunk of the usual size. Distances
 * and the memory of the kernel go by it. Part of the format. */
export const DIVANS_UNIT_BYTES = CHUNK_BYTES;

/** Coded bytes of one block: a word for each of 262,144 symbols, and two states. Bounds what a reader takes
 * before it has checked anything. Part of the format. */
export const DIVANS_BLOCK_BYTES = 2 * 262_144 + 8;

/** Coded bytes of one unit: twice its plain bytes, which no writer reaches that may store. IR from elsewhere
 * can say little in many words. Part of the format. */
export const DIVANS_CODED_BYTES = 2 * DIVANS_UNIT_BYTES;

/** Blocks of one unit. A writer's have 131,072 symbols, the last one apart, and no unit has thirty million;
 * a damaged one could have a million of ten bytes, each an object of its own where units go to threads.
 * Part of the format. */
export const DIVANS_BLOCKS_MAXIMUM = 1024;

/** Commands of one unit: one for each byte of the longest, which is what the kernel has room for. */
export const DIVANS_COMMANDS_MAXIMUM = DIVANS_UNIT_BYTES;

/** Hints of one unit, 16 bytes and their own for each: they make no bytes, so nothing else bounds the time
 * that reading them takes. Brotli's metablocks have one of a kilobyte or two. Part of the format. */
export const DIVANS_HINT_BYTES = 1 * MIB;

/** What the one-shot reader of .dvn decodes unless the caller allows more: it returns one array, and a few
 * kilobytes can stand for a unit. */
export const DIVANS_OUTPUT_BYTES_MAXIMUM = 1 * GIB;

// Kernels.

/** Idle instances of a kernel that are kept for the next job: one for each thing that one thread
 * can have under way between two calls. */
export const KERNEL_INSTANCES_KEPT = 4;

/** An instance whose memory has grown beyond this is dropped after its job. */
export const KERNEL_BYTES_KEPT = 64 * MIB;

// Filters.

/** What a filter changes at once: a chunk of the usual size. Positions in branches and the memory of
 * the kernel go by it. */
export const FILTER_UNIT_BYTES_MAXIMUM = CHUNK_BYTES;

/** What a filter is tried on: two pieces of half of it. Large enough that a coder finds the repeats that
 * a filter may destroy, an eighth of the time of the whole. */
export const FILTER_SAMPLE_BYTES = 512 * KIB;

/** The same at effort "fast", in eight pieces: of a picture that begins and ends in darkness two pieces of
 * 64 KiB show nothing else. */
export const FILTER_SAMPLE_BYTES_FAST = 128 * KIB;

/** A filter is taken only when it saves this share of the coded bytes: below it a sample may err. */
export const FILTER_SAVED_SHARE_MINIMUM = 1 / 128;

/** Filters that are tried at effort "fast". */
export const FILTER_CANDIDATES_FAST = 4;

/** The longest distance, stride or row (in samples) of a filter: two bytes. Part of the format. */
export const FILTER_DISTANCE_MAXIMUM = 64 * KIB;

/** Samples that make one point of a picture: half a byte. Part of the format. */
export const FILTER_CHANNELS_MAXIMUM = 16;

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

/** How long the copying of a backup takes at most, for objects that were put meanwhile: whether it has them is
 * not known after a restart. A minute copies some gigabytes. */
export const BACKUP_LONGEST_MS = 10 * 60 * 1000;

/** How long plain blobs that the newest backup may name are kept when their chunks have been coded: until the
 * next one is made, and as long again. */
export const REPLACED_KEPT_MS = 2 * BACKUP_INTERVAL_MS;

/** The longest blob: the largest chunk as a frame, stored. A longer file under a blob's name is
 * damage, and is not read into memory. */
export const BLOB_BYTES_MAXIMUM =
  CHUNK_BYTES_MAXIMUM + FRAME_OVERHEAD_BYTES + FRAME_PARAMETERS_BYTES_MAXIMUM;

/** How often the store collects by itself, and looks whether a backup is due. */
export const COLLECT_INTERVAL_MS = 10 * 60 * 1000;

/** How often the store looks whether it is idle and objects wait to be coded. */
export const IDLE_LOOK_MS = 1000;

/** A chunk that is recoded gets its new frame only when that is smaller by this share of the old one: for
 * less it is not worth the writing, the waiting garbage, and mostly slower reading. One part in 64. */
export const RECODE_SAVED_SHARE_MINIMUM = 1 / 64;

/** What a recoding leaves of the disk to others, whichever is less: old blobs stay for GRACE_MS beside the new
 * ones, and a disk that they fill takes no put. */
export const RECODE_ROOM_BYTES_MINIMUM = 256 * MIB;
export const RECODE_ROOM_SHARE_MINIMUM = 1 / 16;

/** Objects that a recoding works on at once, however many threads there are: enough to keep them busy with
 * small objects, each of which holds a chunk or two. */
export const RECODE_OBJECTS_MAXIMUM = 16;

/** How often a recoding notes how far it is: after a crash so much is looked at again, but not coded
 * again. A note costs one flush. */
export const RECODE_NOTE_MS = 1000;

/** Failures of the disk in as many objects one after the other that end a recoding: one bad sector does
 * not, a disk that is gone does. */
export const RECODE_FAILURES_MAXIMUM = 8;

/** The slowest and fastest pace that a recoding may be told, in plain bytes a second. */
export const RECODE_RATE_MINIMUM = 1 * KIB;
export const RECODE_RATE_MAXIMUM = 1024 * GIB;

/** How long a put waits for the collector to finish with a blob of the name it needs. */
export const RESERVE_WAIT_MS = 30_000;

// Requests.

/** XML bodies (a batch delete of 1,000 keys), as S3 has it. Parsing runs on the main thread, at
 * worst some 5 MB/s. */
export const XML_BODY_BYTES_MAXIMUM = 2 * MIB;

/** Markup characters `<` in such a body: twelve for each of 1,000 objects, and some to spare. */
export const XML_TAGS_MAXIMUM = 16_000;

/** Keys in one page of a listing and in one batch delete, as S3 has it. */
export const LIST_KEYS_MAXIMUM = 1000;

/** Request line and headers together: a key of 1,024 bytes, each percent-encoded, 2 KB of user
 * metadata, a presigned query and a signature fit; S3 takes 8 KB of headers beside the address. */
export const REQUEST_HEAD_BYTES_MAXIMUM = 24 * KIB;

/** The line before each part of an `aws-chunked` body: a length and a signature. */
export const CHUNKED_LINE_BYTES_MAXIMUM = 1 * KIB;

/** Trailers of an `aws-chunked` body, all together: a few checksums and a signature. */
export const CHUNKED_TRAILER_BYTES_MAXIMUM = 8 * KIB;

/** The longest part that an `aws-chunked` body may announce; nothing is kept for it, the bound
 * only keeps the arithmetic exact. */
export const CHUNKED_PART_BYTES_MAXIMUM = 5 * GIB;

/** Time for a request's line and headers to arrive. */
export const REQUEST_HEAD_TIMEOUT_MS = 20_000;

/** Silence in the middle of a body, either way, after which a client is given up. Only the time
 * that Pith waits counts, not the time that the client waits for Pith. */
export const CLIENT_SILENCE_MS = 30_000;

/** A body may take this long plus its bytes at CLIENT_BYTES_PER_SECOND_MINIMUM: bounds the
 * clients that send or take a byte now and then. 1 KiB/s is below any line in use. */
export const CLIENT_ALLOWANCE_MS = 60_000;
export const CLIENT_BYTES_PER_SECOND_MINIMUM = 1 * KIB;

/** How long a connection without a request stays open: longer than the pools of the usual
 * clients keep theirs, so that it is them who close. */
export const KEEP_ALIVE_MS = 65_000;

/** Connections at once: each costs some 50 KB when idle. */
export const CONNECTIONS_MAXIMUM = 1024;

/** Requests of one connection that may wait for the one before (pipelining). */
export const PIPELINED_MAXIMUM = 64;

/** Memory that puts may take at once, and as much again for gets; who comes later waits. */
export const TRANSFER_BYTES_MAXIMUM = 384 * MIB;

/** A put or get of no more than this is small. Small ones have a room of their own: a dozen large
 * uploads that stall fill theirs for as long as CLIENT_SILENCE_MS, and a program that stores or
 * asks for a few kilobytes is not to wait for them. */
export const TRANSFER_SMALL_BYTES_MAXIMUM = 1 * MIB;

/** The room for small ones, taken out of TRANSFER_BYTES_MAXIMUM: 48 of the longest, 768 of a few
 * bytes. More would come off what large ones need to keep two cores busy. */
export const TRANSFER_SMALL_ROOM_BYTES = TRANSFER_BYTES_MAXIMUM / 8;

/** What one put takes of it at most: chunks being cut, coded and written, and what of them waits
 * for the garbage collector. Measured: 32 puts of 32 MB at once took 43 MB each. */
export const PUT_BYTES_HELD_MAXIMUM = 32 * MIB;

/** What one get takes of it at most: the chunk being sent and those read ahead. */
export const GET_BYTES_HELD_MAXIMUM = 4 * CHUNK_BYTES;

/** What a put or get takes at least: buffers of its connection and of the database. */
export const TRANSFER_BYTES_HELD_MINIMUM = 64 * KIB;

/** How many puts or gets may wait for memory, in each room, and how long, before they are told
 * "SlowDown". */
export const TRANSFERS_WAITING_MAXIMUM = 1024;
export const TRANSFER_WAIT_MS = 60_000;

/** What is read and thrown away of a body whose answer went out early, so that a client which
 * only reads after sending gets to see the answer. */
export const DISCARDED_BYTES_MAXIMUM = 64 * MIB;
export const DISCARD_MS = 10_000;

/** How long a stopping service lets running requests finish. */
export const SHUTDOWN_MS = 10_000;
