/**
 * `pith ir`: its commands, their options and their help. The work is in ir-work.ts.
 *
 *   bytes    print ->   IR text   -> run      bytes
 *   stream   from  ->   IR text   -> encode   .dvn
 *                       IR text   -> optimize, mash   IR text
 *                       IR text   -> stats
 */
import { type Command, InvalidArgumentError } from "commander";
import { readFilterOption, type SaidFilter } from "./filter-option.ts";
import { addReportOptions, choice, examples } from "./options.ts";
import type { ReportOptions, Run } from "./run.ts";

/** Where what comes out goes. */
export interface IrOutputOptions extends ReportOptions {
  /** A file; "-" or undefined is stdout. */
  readonly output?: string;
  readonly force?: boolean;
}

/** What `ir from` reads, where the file does not say it. */
export const STREAM_FORMATS = ["xz", "lzma", "brotli", "gzip", "zlib", "deflate"] as const;
export type StreamFormat = (typeof STREAM_FORMATS)[number];

export interface ReadOptions extends IrOutputOptions {
  readonly format?: StreamFormat;
}

export const GENERATORS = ["lz", "runs"] as const;
export type GeneratorName = (typeof GENERATORS)[number];

export interface PrintOptions extends IrOutputOptions {
  readonly generator: GeneratorName;
  readonly effort: IrEffort;
}

/** `flat` never searches, and so has no IR. */
const IR_EFFORTS = ["fast", "default", "dense"] as const;
type IrEffort = (typeof IR_EFFORTS)[number];

/** How IR is coded. */
export interface CodeOptions extends IrOutputOptions {
  readonly hints: boolean;
}

export interface EncodeOptions extends CodeOptions {
  /** What the IR's bytes stand behind. */
  readonly filter?: readonly SaidFilter[];
}

export interface OptimizeOptions extends IrOutputOptions {
  readonly with: readonly string[];
}

type Work = typeof import("./ir-work.ts");

/** Adds `pith ir` and all below it. */
export function addIr(program: Command, run: Run): void {
  const group = program
    .command("ir")
    .summary("look at what compression does, and change it")
    .description(
      "Works on the intermediate representation (IR) between bytes and bits: literals, copies and " +
        "dictionary words, one a line. What is read may be - for stdin, and what is made goes to " +
        "stdout or to the file of -o.",
    )
    .helpCommand(false);
  addSources(group, run);
  addSinks(group, run);
  addChanges(group, run);
  group.addHelpText(
    "after",
    examples([
      ["pith ir print notes.txt > notes.ir", "the commands for its bytes"],
      ["pith ir from notes.txt.xz > xz.ir", "how xz said the same"],
      ["pith ir mash notes.ir xz.ir > both.ir", "of each span the cheaper"],
      ["pith ir encode both.ir -o notes.txt.dvn", "as bits"],
      ["pith ir optimize --help", "more on one of them"],
    ]),
  );
}

function addSources(group: Command, run: Run): void {
  addIrCommand(
    group,
    "print <file>",
    "a file's bytes as IR",
    "Prints the commands that make a file's bytes.",
  )
    .addOption(choice("--generator <generator>", "who makes it", GENERATORS).default("lz"))
    .addOption(choice("--effort <effort>", "lz: time to spend", IR_EFFORTS).default("default"))
    .addHelpText(
      "after",
      examples([
        ["pith ir print notes.txt", "IR to stdout"],
        ["pith ir print --generator runs notes.txt", "literals only"],
        ["pith ir print --effort dense notes.txt -o notes.ir", "into a file"],
      ]),
    )
    .action(
      working(run, (work, [file], options: PrintOptions) => work.printFile(file, options, run)),
    );
  addIrCommand(
    group,
    "from <file>",
    "the IR in a compressed file",
    "Reads how a .xz, .lzma, .br, .gz or .dvn file says its bytes, and prints that as IR. Of units of a " +
      ".dvn file that stand behind a filter it is the IR of their filtered bytes, and that is told.",
  )
    .addOption(
      choice("--format <format>", "read as this; raw deflate is never guessed", STREAM_FORMATS),
    )
    .addHelpText(
      "after",
      examples([
        ["pith ir from notes.txt.xz", "how xz said it"],
        ["pith ir from notes.txt.dvn -o notes.ir", "bits back to IR"],
        ["brotli -c notes.txt | pith ir from - | less", "through a pipe"],
      ]),
    )
    .action(
      working(run, (work, [file], options: ReadOptions) => work.readStream(file, options, run)),
    );
}

function addSinks(group: Command, run: Run): void {
  addIrCommand(
    group,
    "run <file>",
    "IR as the bytes that it makes",
    "Does what IR says, and gives the bytes that come of it.",
  )
    .addHelpText(
      "after",
      examples([
        ["pith ir run notes.ir", "bytes to stdout"],
        ["pith ir print a | pith ir run - | cmp - a", "nothing is lost"],
      ]),
    )
    .action(working(run, (work, [file], options) => work.runFile(file, options, run)));
  addIrCommand(
    group,
    "encode <file>",
    "IR as a .dvn file",
    "Codes IR as it stands: a .dvn file, which `pith expand` reads.",
  )
    .option("--no-hints", "leave hints out: they are kept for others, and change no other bit")
    .option(
      "--filter <filter>",
      "the IR makes what this filter has made of the file's bytes: NAME[:NUMBER[+NUMBER]][@UNITS], " +
        "as `pith ir from` says it; again for other units",
      readFilterOption,
    )
    .addHelpText(
      "after",
      examples([
        ["pith ir encode notes.ir -o notes.txt.dvn", "IR as bits"],
        [
          "pith ir encode --no-hints brotli.ir > smaller.dvn",
          "what Brotli noted beside it is gone",
        ],
        [
          "pith ir encode --filter x86-little@1-2 tool.ir -o tool.dvn",
          "units 1 and 2 stand behind a filter",
        ],
      ]),
    )
    .action(
      working(run, (work, [file], options: EncodeOptions) => work.encodeFile(file, options, run)),
    );
  addReportOptions(group.command("stats <file>").summary("what the bits of IR are spent on"))
    .description("Codes IR and tells what its bits are spent on.")
    .option("--no-hints", "leave hints out")
    .addHelpText(
      "after",
      examples([
        ["pith ir stats notes.ir", "literals, lengths, distances, types, hints"],
        ["pith ir stats --json notes.ir", "for programs"],
      ]),
    )
    .action(
      working(run, (work, [file], options: CodeOptions) => work.tellStats(file, options, run)),
    );
}

function addChanges(group: Command, run: Run): void {
  addIrCommand(
    group,
    "optimize <file>",
    "IR of the same meaning that costs less",
    "Changes IR by optimizers, one after the other; it goes on to make the same bytes. A wrong name tells which optimizers there are.",
  )
    .requiredOption("--with <names>", "optimizers, in order, with commas between them", readNames)
    .addHelpText(
      "after",
      examples([
        ["pith ir optimize notes.ir --with merge-inserts,merge-copies", "one after the other"],
      ]),
    )
    .action(
      working(run, (work, [file], options: OptimizeOptions) =>
        work.optimizeFile(file, options, run),
      ),
    );
  addIrCommand(
    group,
    "mash <first> <second>",
    "the cheaper spans of two IRs",
    "Combines two IRs of the same bytes: of each span the cheaper, so that it costs no more than either.",
  )
    .addHelpText(
      "after",
      examples([["pith ir mash notes.ir xz.ir -o both.ir", "no dearer than either"]]),
    )
    .action(working(run, (work, files, options) => work.mashFiles(files, options, run)));
}

/** A command that makes something out of files. */
function addIrCommand(group: Command, words: string, summary: string, says: string): Command {
  const command = group
    .command(words)
    .summary(summary)
    .description(says)
    .option("-o, --output <file>", "write this file instead of stdout")
    .option("-f, --force", "replace the file if it exists");
  return addReportOptions(command);
}

/** An action: the work is loaded when it is asked for. */
function working<Options extends IrOutputOptions>(
  run: Run,
  act: (work: Work, files: readonly [string, ...string[]], options: Options) => Promise<void>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander gives the arguments, the options and the command itself.
    const files = given.slice(0, -2) as [string, ...string[]];
    const options = given.at(-2) as Options;
    run.listen(options);
    const work = await import("./ir-work.ts");
    if (await work.mayWrite(files, options, run)) await act(work, files, options);
  };
}

function readNames(text: string): readonly string[] {
  const names = text.split(",");
  if (names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError("It must be names with commas between them.");
}
