/**
 * Memory: the map of linear memory. Every region, its address and its size; nothing else
 * allocates, and no kernel holds static data.
 *
 * Each codec family is a wasm module with a memory of its own, so each has a map of its own,
 * from address 1024 upwards (below lies nothing: a wild small address hits no region). Small
 * tables come first, the windows last. All addresses are multiples of 16, for vector loads.
 *
 *   deflate   | small tables | logarithms | checksum tables | runs | pairs | input | output |
 *
 * The windows are read and written in whole words past their last byte, by SPARE_BYTES at most.
 */

/** Bytes in a page of linear memory. */
export const PAGE_BYTES: usize = 65536;

// Deflate. Symbols: 256 literals, end of block, 29 length symbols; tables are rounded up to 288.

/** Entries in a table of literal/length symbols. */
export const SYMBOL_SLOTS: i32 = 288;

/** What one call may take: 16 stored blocks of 65,535 bytes and the slack that lets the last
 * job of a stream be a little longer than the others (src/core/limits.ts). */
export const INPUT_BYTES: usize = 16 * 65535 + 4096;

/** Shortest run that becomes matches (deflate/run.ts); here because it sizes the list. */
export const RUN_BYTES_MINIMUM: usize = 48;

/** Reads and writes go up to this far past the end of a window. */
export const SPARE_BYTES: usize = 64;

/** Four tables of u32 counts, one per byte lane of a word. u32[4][256]. */
export const LANES: usize = 1024;
/** Counts of the unit that is being looked at. u32[288]. */
export const UNIT_COUNTS: usize = LANES + 4 * 1024;
/** Counts of the block that is being gathered. u32[288]. */
export const BLOCK_COUNTS: usize = UNIT_COUNTS + 4 * 288;
/** Counts of the symbols that describe code lengths. u32[32]. */
export const HEADER_COUNTS: usize = BLOCK_COUNTS + 4 * 288;
/** Code lengths of the block's own code. u8[288], then the distance's, which a run may cross. */
export const LENGTHS: usize = HEADER_COUNTS + 4 * 32;
/** Code lengths of the code that is open in the stream. u8[288]. */
export const OPEN_LENGTHS: usize = LENGTHS + 320;
/** Code lengths of the code for code lengths. u8[32]. */
export const HEADER_LENGTHS: usize = OPEN_LENGTHS + 288;
/** Entries (code << 6 | length) of the code for code lengths. u32[32]. */
export const HEADER_ENTRIES: usize = HEADER_LENGTHS + 32;
/** The block's code lengths in run-length form: symbol, extra value. u8[2][320]. */
export const HEADER_TOKENS: usize = HEADER_ENTRIES + 4 * 32;
/** Symbols sorted by count, and room to sort them. u32[288] twice. */
export const SORTED: usize = HEADER_TOKENS + 2 * 320;
export const SORTING: usize = SORTED + 4 * 288;
/** Counters of one digit of the radix sort. u32[256]. */
export const DIGITS: usize = SORTING + 4 * 288;
/** Tree depths and parents while a code is built. u32[288]. */
export const TREE: usize = DIGITS + 4 * 256;
/** How many codes there are of each length, and the next code of each. u32[32] twice. */
export const LENGTH_COUNTS: usize = TREE + 4 * 288;
export const NEXT_CODES: usize = LENGTH_COUNTS + 4 * 32;
/** Sorted lists of leaves and packages, two in turn. u32[2][2 * 288]. */
export const PACKAGES: usize = NEXT_CODES + 4 * 32;
/** Which of them are packages, at each of up to 15 lengths. u8[15][2 * 288]. */
export const PACKAGE_MARKS: usize = PACKAGES + 2 * 4 * 576;
/** Entries (code << 6 | length) of the open code. u32[288]. */
export const ENTRIES: usize = PACKAGE_MARKS + 15 * 576;
/** 1 << length for each literal of the open code. u32[256]. */
export const POWERS: usize = ENTRIES + 4 * 288;
/** Counts of the sampled bytes. u32[256]. */
export const SAMPLE_COUNTS: usize = POWERS + 4 * 256;
/** End of what an input leaves traces in, windows and pairs apart. */
export const SMALL_END: usize = SAMPLE_COUNTS + 4 * 256;

/** log2 of 1..4095 with 16 fraction bits. u32[4096]. Does not depend on any input. */
export const LOGARITHMS: usize = SMALL_END;
/** CRC-32 of a byte that is followed by 0..15 zero bytes. u32[16][256]. Likewise. */
export const CHECKSUM_TABLES: usize = LOGARITHMS + 4 * 4096;
/** Runs of the input: address of the first covered byte, count of covered bytes. u32[2][]. */
export const RUNS: usize = CHECKSUM_TABLES + 16 * 1024;
export const RUNS_END: usize = RUNS + ((8 * (INPUT_BYTES / RUN_BYTES_MINIMUM + 2) + 15) & ~15);
/** Both codes and the length of two literals, by the literals as a u16. u32[65536]. */
export const PAIRS: usize = RUNS_END;

/** The input window. */
export const INPUT: usize = PAIRS + 4 * 65536;
/** The output window: the input stored, five bytes for each stored block, the ends. */
export const OUTPUT: usize = INPUT + ((INPUT_BYTES + SPARE_BYTES + 15) & ~15);
export const OUTPUT_BYTES: usize = INPUT_BYTES + 5 * 20 + SPARE_BYTES;
export const DEFLATE_BYTES: usize = OUTPUT + OUTPUT_BYTES + SPARE_BYTES;

// JPEG, for both of its modules. The static part; behind it lie the regions of the model, then those
// whose sizes depend on the picture (jpeg/frame.ts): the store of coefficients, then the windows.
//
//   lepton   | frame, scan, handoff | tables | predictions | model | store | input | output |
//   dense    | frame, scan, handoff | tables | model, priors | store | records | input | output |

/** What the host says of the picture. i32[32]; fields in jpeg/frame.ts. */
export const FRAME: usize = 1024;
/** The same for each component, as the kernel has worked it out. i32[4][16]. */
export const COMPONENTS: usize = FRAME + 4 * 32;
/** What the host says of a scan, and what reading it has shown. i32[40]; fields in jpeg/scan.ts. */
export const SCAN: usize = COMPONENTS + 4 * 4 * 16;
/** Where the scan's bytes stand at the start of an MCU row. i32[16]; fields in jpeg/scan.ts. */
export const HANDOFF: usize = SCAN + 4 * 40;
/** Quantization tables of the components, raster order. u16[4][64]. */
export const QUANTIZERS: usize = HANDOFF + 4 * 16;
/** Huffman tables as a DHT segment has them: 16 counts, up to 256 symbols. Slot: class * 4 + id.
 * u8[8][272]. */
export const HUFFMAN_SPECS: usize = QUANTIZERS + 2 * 4 * 64;
/** Raster index of each zigzag index, and the other way round. u8[64] twice. */
export const ZIGZAG: usize = HUFFMAN_SPECS + 8 * 272;
export const UNZIGZAG: usize = ZIGZAG + 64;
/** The blocks of one MCU in the scan's order (jpeg/scan-walk.ts). u32[64][8]. */
export const SCAN_BLOCKS: usize = UNZIGZAG + 64;
/** DC of the last block of each component of the frame. i32[4]. */
export const DC_PREDICTORS: usize = SCAN_BLOCKS + 64 * 32;
/** What progressive scans have said of each coefficient (jpeg/progressive-store.ts). u8[4][64]. */
export const PASSES: usize = DC_PREDICTORS + 16;
/** Bits that wait behind an end-of-band run (jpeg/progressive-write.ts): at most 63 for each of
 * 32,767 blocks, and a word more. */
export const CORRECTIONS: usize = PASSES + 4 * 64;
export const CORRECTION_BYTES: usize = 32768 * 8;
/** Bits that coded blocks have used, by class (lepton/block.ts). u32[4]. */
export const ACCOUNTS: usize = CORRECTIONS + CORRECTION_BYTES;
/** Huffman tables made for reading and for writing (jpeg/huffman-table.ts). 64 KiB a slot. */
export const HUFFMAN_TABLES: usize = ACCOUNTS + 16;
export const HUFFMAN_TABLE_BYTES: usize = 65536;
/** Padding of a scan, where it is not the same everywhere (jpeg/deviations.ts). u8[]. */
export const PADDINGS: usize = HUFFMAN_TABLES + 8 * HUFFMAN_TABLE_BYTES;
export const PADDING_SLOTS: i32 = 1 << 18;
/** Blocks that are not written as usual, and how (jpeg/deviations.ts). u32[][2]. */
export const DEVIATIONS: usize = PADDINGS + <usize>PADDING_SLOTS;
export const DEVIATION_SLOTS: i32 = 1 << 15;
/** Restart markers that are not as due (jpeg/deviations.ts). u8[PADDING_SLOTS]. */
export const ODD_RESTARTS: usize = DEVIATIONS + 8 * <usize>DEVIATION_SLOTS;
/** Where the regions of the models begin. */
export const JPEG_END: usize = ODD_RESTARTS + <usize>PADDING_SLOTS;

// Lepton's model.

/** What the predictions of a component need: weights, divisors, thresholds (lepton/predict.ts). */
export const PREDICTIONS: usize = JPEG_END;
export const PREDICTION_BYTES: usize = 8192;
/** Probability of a zero by the two counts of a branch (bool/branch.ts). u8[256][256]. */
export const PROBABILITIES: usize = PREDICTIONS + 4 * PREDICTION_BYTES;
/** The same where one of the counts is 255, zeros or ones, by the other. u8[2][256]. */
export const LIMIT_PROBABILITIES: usize = PROBABILITIES + 65536;
/** The branches of the model (lepton/model.ts). */
export const MODEL: usize = LIMIT_PROBABILITIES + 512;
export const MODEL_BYTES: usize = 1600 * 1024;
/** Tables of the walk over a block (lepton/block.ts). */
export const BLOCK_TABLES: usize = MODEL + MODEL_BYTES;
/** What the coding of one block needs for a moment (lepton/predict.ts). */
export const BLOCK_SCRATCH: usize = BLOCK_TABLES + 128;
/** Where the regions that depend on the picture begin. */
export const LEPTON_PICTURE: usize = BLOCK_SCRATCH + 1024;

// The dense model: another module, whose regions lie where Lepton's model has its own in its module.
// What a job leaves lies between DENSE_MODEL and DENSE_PRIORS; what lies behind outlives it.

/** The adaptive tables, which each segment begins as copies of the priors. */
export const DENSE_MODEL: usize = JPEG_END;
export const DENSE_MODEL_BYTES: usize = 3012 << 10;
/** What the walk needs of each component: quantizers and tables made of them. */
export const DENSE_COMPONENTS: usize = DENSE_MODEL + DENSE_MODEL_BYTES;
export const DENSE_COMPONENT_BYTES: usize = 16384;
/** What the coding of one block needs for a moment (dense/records.ts, dense/estimates.ts). */
export const DENSE_SCRATCH: usize = DENSE_COMPONENTS + 4 * DENSE_COMPONENT_BYTES;
/** The neighbour that is not there: a record of zeros. */
export const NO_RECORD: usize = DENSE_SCRATCH;
/** Magnitudes of the block that is being coded, with two zeros before and one behind each line.
 * u16[11][12]. */
export const OWN_MAGNITUDES: usize = NO_RECORD + 512;
/** What is left of the sums that would continue the blocks above and to the left. i32[8] twice. */
export const BORDERS_ABOVE: usize = OWN_MAGNITUDES + 272;
export const BORDERS_LEFT: usize = BORDERS_ABOVE + 32;
/** What does not change while a block is coded, of each estimate and each prediction. i32[8][8]. */
export const INTERIOR_ESTIMATES: usize = BORDERS_LEFT + 32;
export const INTERIOR_PREDICTIONS: usize = INTERIOR_ESTIMATES + 256;
/** The same of an edge. i32[2][8], i32[8]. */
export const EDGE_ESTIMATES: usize = INTERIOR_PREDICTIONS + 256;
export const EDGE_PREDICTIONS: usize = EDGE_ESTIMATES + 64;
export const DENSE_SCRATCH_BYTES: usize = 2048;
/** What the adaptive tables begin as, from the trained asset. */
export const DENSE_PRIORS: usize = DENSE_SCRATCH + DENSE_SCRATCH_BYTES;
export const DENSE_PRIOR_BYTES: usize = DENSE_MODEL_BYTES;
/** Trained weights, as the host writes them (dense/weights.ts). i16[10576]. */
export const DENSE_REGRESSIONS: usize = DENSE_PRIORS + DENSE_PRIOR_BYTES;
/** The same laid out for eight coefficients at once (dense/weights.ts). i16[2][8][2][16], i16[2][2][4][16],
 * i16[3][9][6][16], i16[3][2][3][16]. */
export const INTERIOR_PAIRS: usize = DENSE_REGRESSIONS + 2 * 10576;
export const EDGE_PAIRS: usize = INTERIOR_PAIRS + 2 * 8 * 2 * 32;
export const MAGNITUDE_PAIRS: usize = EDGE_PAIRS + 2 * 2 * 4 * 32;
export const EDGE_MAGNITUDE_PAIRS: usize = MAGNITUDE_PAIRS + 3 * 9 * 6 * 32;
/** And for what lies beside one coefficient. i16[3][64][8]. */
export const OWN_WEIGHTS: usize = EDGE_MAGNITUDE_PAIRS + 3 * 2 * 3 * 32;
/** Tables that depend on nothing (dense/levels.ts). u16[4096], u8[4096], u8[64] twice, u8[128],
 * i16[5][8]. */
export const SQUASH: usize = OWN_WEIGHTS + 3 * 64 * 16;
export const LOG_LEVELS: usize = SQUASH + 2 * 4096;
export const COUNT_LEVELS: usize = LOG_LEVELS + 4096;
export const WIDE_LEVELS: usize = COUNT_LEVELS + 64;
export const SUM_LEVELS: usize = WIDE_LEVELS + 64;
export const LOSING: usize = SUM_LEVELS + 128;
/** Raster indices of the interior in zigzag order (dense/block.ts). u8[64]. */
export const INTERIOR_ORDER: usize = LOSING + 5 * 16;
export const DENSE_TABLES_END: usize = INTERIOR_ORDER + 64;
/** Where the regions that depend on the picture begin. */
export const DENSE_PICTURE: usize = DENSE_TABLES_END;
/** What the model keeps of a coded block for those that follow. */
export const DENSE_RECORD_BYTES: usize = 480;

// DivANS. What decoding needs comes first; what only encoding needs lies behind it, so that a
// decoder's memory never grows that far.
//
//   divans   | tables | dictionary | command rows | literal rows | unit | coded || encoder's |
//   encoder  | symbols | literal prices | price tables | literal map | scratch: tree or commands |

/** Longest unit: a chunk of a store. Distances fit 22 bits. */
export const UNIT_BYTES: usize = 4 << 20;
/** How the unit is coded: what its header says (divans/parameters.ts). u32[64]. */
export const PARAMETERS: usize = 1024;
/** Where a symbol pulls each bound of a row, for each symbol. i16[16][16]. */
export const CDF_TARGETS: usize = PARAMETERS + 4 * 64;
/** How fast rows learn, by count, for each profile and slowest rate (rans/cdf.ts). u8[3][5][256]. */
export const RATES: usize = CDF_TARGETS + 16 * 32;
/** The bucket of a row's count, two bits (divans/mix.ts). u8[256]. */
export const BUCKETS: usize = RATES + 15 * 256;
/** Row of a mixture that is being coded: 16 lanes and the end. u16[24]. */
export const MIXED: usize = BUCKETS + 256;
/** A row that knows nothing. u16[16]. */
export const FRESH_ROW: usize = MIXED + 48;
/** Rows that each kind of command begins with (divans/command.ts). u16[8][16]. */
export const FIRST_ROWS: usize = FRESH_ROW + 32;
/** Picks a symbol's share out of a row's lanes. i16[16][16]. */
export const PICKS: usize = FIRST_ROWS + 8 * 32;
/** Reciprocals of mixed frequencies, for weights (divans/mix.ts). u32[1024]. */
export const RECIPROCALS: usize = PICKS + 16 * 32;
/** Price of a frequency, 1/64 bit, by frequency >> 3. u16[4096]. */
export const FREQUENCY_PRICES: usize = RECIPROCALS + 4 * 1024;
/** Weight sets of the mixers (divans/mix.ts). i32[][4]. */
export const WEIGHTS: usize = FREQUENCY_PRICES + 2 * 4096;
export const WEIGHT_BYTES: usize = 65536;
/** RFC 7932's dictionary, then 121 transforms of 32 bytes (divans/dictionary.ts). */
export const DICTIONARY: usize = WEIGHTS + WEIGHT_BYTES;
export const DICTIONARY_BYTES: usize = 122784;
export const TRANSFORMS: usize = DICTIONARY + DICTIONARY_BYTES;
export const TRANSFORM_BYTES: usize = 32;
export const TRANSFORM_COUNT: i32 = 121;
/** Rows of 32 bytes that code commands: runs, types, lengths, distances (divans/command.ts). */
export const COMMAND_ROWS: usize = TRANSFORMS + <usize>TRANSFORM_COUNT * TRANSFORM_BYTES;
export const COMMAND_ROW_BYTES: usize = 1 << 19;
/** Rows of 32 bytes that code literals, one table of up to 65,536 rows for each of four inputs
 * (divans/literal.ts). */
export const LITERAL_ROWS: usize = COMMAND_ROWS + COMMAND_ROW_BYTES;
export const LITERAL_ROWS_END: usize = LITERAL_ROWS + 4 * (65536 << 5);
/** The unit's plain bytes, with room for reads before its first byte and writes past its last. */
export const UNIT: usize = LITERAL_ROWS_END + 1024;
/** Coded bytes: of one block when decoding, of all when encoding. */
export const CODED: usize = UNIT + UNIT_BYTES + 1024;
export const CODED_BYTES: usize = UNIT_BYTES + 65536;
/** All that a decoder needs. */
export const DIVANS_DECODER_BYTES: usize = CODED + CODED_BYTES;

/** Frequencies that wait to be coded backwards: start | frequency << 16. u32[]. */
export const SYMBOLS: usize = DIVANS_DECODER_BYTES;
export const SYMBOL_BYTES: usize = 2 << 20;
/** Price of each byte of the unit as a literal, 1/64 bit. u16[UNIT_BYTES]. */
export const LITERAL_PRICES: usize = SYMBOLS + SYMBOL_BYTES;
/** Prices of commands, 1/64 bit; tables in lz/prices.ts. u16[]. */
export const PRICES: usize = LITERAL_PRICES + 2 * UNIT_BYTES;
export const PRICE_BYTES: usize = 65536;
/** Counts that prices are made of, u32, same tables (lz/prices.ts). */
export const COUNTS: usize = PRICES + PRICE_BYTES;
export const COUNT_BYTES: usize = 2 * PRICE_BYTES;
/** The parser's own small tables and its window of arrivals (lz/parse.ts). */
export const PARSER: usize = COUNTS + COUNT_BYTES;
export const PARSER_BYTES: usize = 8 << 20;
/** Commands of the unit: two words each, as src/ir/command.ts has them. u32[][2]. */
export const COMMANDS: usize = PARSER + PARSER_BYTES;
export const COMMAND_BYTES: usize = 32 << 20;
/** Matches of each position, found once: counts (u8[UNIT_BYTES]), then the matches in order,
 * distance | length << 22 (u32[]) (lz/match.ts). */
export const MATCH_COUNTS: usize = COMMANDS + COMMAND_BYTES;
export const MATCHES: usize = MATCH_COUNTS + UNIT_BYTES;
export const MATCH_BYTES: usize = 64 << 20;
/** Heads and trees of the match finder (lz/match.ts); may lie over COMMANDS, which are written
 * after all matches are found. */
export const MATCH_TREES: usize = COMMANDS;

// Filters. The unit lies last and is changed in place; only a transposition needs a second region,
// which follows the unit as long as it is, so that memory grows no further than a job asks.
//
//   filters  | counts | marks | squares | unit | the same transposed |

/** How often a byte equals the one a stride before it, by stride (filters/strides.ts). u32[4352]. */
export const STRIDE_COUNTS: usize = 1024;
export const STRIDE_SLOTS: i32 = 4352;
/** Which bytes of a sample count: 0xff or 0 for each (filters/strides.ts). */
export const STRIDE_MARKS: usize = STRIDE_COUNTS + 4 * <usize>STRIDE_SLOTS;
export const STRIDE_MARK_BYTES: usize = 4096;
/** Squares of sixteen by sixteen bytes while they are turned (filters/transpose.ts). u8[2][256]. */
export const TURN_SQUARES: usize = STRIDE_MARKS + STRIDE_MARK_BYTES;
/** The unit's bytes, UNIT_BYTES at most; 64 bytes after may be read, none is used. */
export const FILTER_UNIT: usize = TURN_SQUARES + 2 * 256;
