/**
 * `pith compress`: its options and its help. The work is in compress-files.ts.
 */
import { type Command, InvalidArgumentError } from "commander";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { CODECS, type CodecName, type CodingOptions, type DeflateLevel } from "./coding.ts";
import { FORMATS, type Format, formatOfName } from "./formats.ts";
import {
  addOutputOptions,
  addReportOptions,
  addThreads,
  choice,
  examples,
  threadsOf,
} from "./options.ts";
import type { Run } from "./run.ts";
import type { OutputOptions } from "./tasks.ts";

interface CompressOptions extends OutputOptions {
  readonly format?: Format;
  readonly codec: CodecName;
  readonly effort: Effort;
  readonly level?: DeflateLevel;
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
    .option("--level <level>", "gz, zlib, deflate: huffman, or 1 to 9", readLevel);
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
        ["tar c src | pith compress > src.tar.pith", "through a pipe"],
      ]),
    )
    .action(async (paths: string[], options: CompressOptions) => {
      run.listen(options);
      const { compressFiles } = await import("./compress-files.ts");
      await compressFiles(paths, options, codingOf(options), run);
    });
}

/** @throws PithError "BadUsage" when options contradict each other */
function codingOf(options: CompressOptions): CodingOptions {
  const { codec, effort, level, metadata, output = "" } = options;
  const format = options.format ?? formatOfName(output) ?? "pith";
  if (format === "pith" && level !== undefined) {
    throw new PithError("BadUsage", { why: "--level goes with --format gz, zlib or deflate" });
  }
  if (format !== "pith" && codec === "stored") {
    throw new PithError("BadUsage", { why: "--codec stored goes with --format pith" });
  }
  return { format, codec, effort, level, threads: threadsOf(options), metadata };
}

function readLevel(text: string): DeflateLevel {
  if (text === "huffman") return text;
  if (/^[1-9]$/.test(text)) return Number(text) as DeflateLevel;
  throw new InvalidArgumentError("It must be huffman, or a number from 1 to 9.");
}
