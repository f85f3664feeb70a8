/**
 * `pith compress`: its options and its help. The work is in compress-files.ts.
 */
import { type Command, InvalidArgumentError } from "commander";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import {
  LEPTON_OUTPUT_BYTES_MAXIMUM,
  LEPTON_RANGE_START_BYTES_MAXIMUM,
  LEPTON_SEGMENTS_MAXIMUM,
} from "../core/limits.ts";
import { CODECS, type CodecName, type CodingOptions, type DeflateLevel } from "./coding.ts";
import { FORMATS, type Format, formatOfName } from "./formats.ts";
import {
  addOutputOptions,
  addReportOptions,
  addThreads,
  byteCount,
  choice,
  examples,
  threadsOf,
  wholeNumber,
} from "./options.ts";
import type { Run } from "./run.ts";
import type { OutputOptions } from "./tasks.ts";

interface CompressOptions extends OutputOptions {
  readonly format?: Format;
  readonly codec: CodecName;
  readonly effort: Effort;
  readonly level?: DeflateLevel;
  readonly filters: boolean;
  readonly segments?: number;
  readonly startByte?: number;
  readonly bytes?: number;
  readonly metadata: boolean;
  readonly threads?: number;
}

/** Adds `pith compress`. */
export function addCompress(program: Command, run: Run): void {
  const command = program
    .command("compress [path...]")
    .summary("make files smaller")
    .description(
      "Compresses files, folders with all that is in them, or stdin. Outputs lie beside their " +
        "inputs, keep their times and modes, and are decoded again before they count.",
    )
    .addOption(
      choice("--format <format>", "what to write; else by the extension of -o, else pith", FORMATS),
    )
    .addOption(choice("--codec <codec>", "how to code", CODECS).default("auto"))
    .addOption(choice("--effort <effort>", "time to spend", EFFORTS).default("default"))
    .option("--no-filters", "pith, dvn: try no filters before the codec")
    .option("--level <level>", "gz, zlib, deflate: huffman, or 1 to 9", readLevel)
    .option(
      "--segments <number>",
      "lep: parts that can be decoded at once, 1 to 16 (default: by size)",
      wholeNumber(1, LEPTON_SEGMENTS_MAXIMUM),
    )
    .option(
      "--start-byte <offset>",
      "lep: code only what begins here, as a file that decodes alone; 64K, 4M are KiB, MiB",
      byteCount(0, LEPTON_RANGE_START_BYTES_MAXIMUM),
    )
    .option(
      "--bytes <number>",
      "lep: code only so many bytes of the JPEG",
      byteCount(1, LEPTON_OUTPUT_BYTES_MAXIMUM),
    );
  addOutputOptions(command).option(
    "-n, --no-metadata",
    "pith: leave name, time and mode out, so that equal files give equal bytes",
  );
  addReportOptions(addThreads(command))
    .addHelpText(
      "after",
      examples([
        ["pith compress photo.jpg", "photo.jpg.pith; photo.jpg stays"],
        ["pith compress --rm logs/", "every file in logs/ replaced by its .pith file"],
        ["pith compress logs/ -o packed", "the same tree of .pith files in packed/"],
        ["pith compress a.tar -o a.tar.gz --level huffman", "gzip, in linear time"],
        ["pith compress photo.jpg -o photo.lep", "a plain Lepton file, for other programs"],
        ["pith compress notes.txt -o notes.txt.dvn", "a plain DivANS file"],
        ["pith compress --bytes 4M photo.jpg -o first.lep", "a part that decodes alone"],
        ["tar c src | pith compress > src.tar.pith", "through a pipe"],
      ]),
    )
    .action(async (paths: string[], options: CompressOptions) => {
      run.listen(options);
      const { compressFiles } = await import("./compress-files.ts");
      await compressFiles(paths, options, codingOf(options), run);
    });
}

/** What each format's bytes can be coded with. */
const CODECS_OF: Readonly<Record<Format, readonly CodecName[]>> = {
  pith: CODECS,
  lep: ["auto", "lepton"],
  dvn: ["auto", "divans"],
  gz: ["auto", "deflate", "zlib"],
  zlib: ["auto", "deflate", "zlib"],
  deflate: ["auto", "deflate", "zlib"],
};

/** @throws PithError "BadUsage" when options contradict each other */
function codingOf(options: CompressOptions): CodingOptions {
  const { codec, effort, level, filters, metadata, output = "", rm } = options;
  const { segments, startByte, bytes } = options;
  const format = options.format ?? formatOfName(output) ?? "pith";
  const refuseIf = (refused: boolean, why: string): void => {
    if (refused) throw new PithError("BadUsage", { why });
  };
  const isDeflate = !["pith", "lep", "dvn"].includes(format);
  refuseIf(level !== undefined && !isDeflate, "--level goes with --format gz, zlib or deflate");
  refuseIf(
    !CODECS_OF[format].includes(codec),
    `--codec ${codec} does not go with --format ${format}`,
  );
  const isUnfilterable = format !== "pith" && format !== "dvn";
  refuseIf(!filters && isUnfilterable, "--no-filters goes with .pith and .dvn files");
  const isPart = startByte !== undefined || bytes !== undefined;
  refuseIf(segments !== undefined && format !== "lep", "--segments goes with .lep files");
  refuseIf(isPart && format !== "lep", "--start-byte and --bytes go with .lep files");
  refuseIf(isPart && rm === true, "--rm would lose what --start-byte and --bytes leave out");
  const range = isPart ? { start: startByte ?? 0, bytes } : undefined;
  const threads = threadsOf(options);
  return { format, codec, effort, level, threads, filters, metadata, segments, range };
}

function readLevel(text: string): DeflateLevel {
  if (text === "huffman") return text;
  if (/^[1-9]$/.test(text)) return Number(text) as DeflateLevel;
  throw new InvalidArgumentError("It must be huffman, or a number from 1 to 9.");
}
