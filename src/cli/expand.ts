/**
 * `pith expand` and `pith test`: their options and their help. The work is in expand-files.ts.
 */
import type { Command } from "commander";
import { ARITHMETICS, type Arithmetic } from "./coding.ts";
import { FORMATS, type Format } from "./formats.ts";
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

export interface ExpandOptions extends OutputOptions {
  readonly format?: Format;
  readonly arithmetic?: Arithmetic;
  readonly threads?: number;
}

/** Adds `pith expand`. */
export function addExpand(program: Command, run: Run): void {
  const command = program
    .command("expand [path...]")
    .summary("give files their bytes back")
    .description(
      "Expands .pith, .lep, .dvn, gzip and zlib files, folders that hold such files, or stdin. What a file " +
        "is is told by its content. Outputs lie beside their inputs, without the extension.",
    );
  addReadingOptions(command);
  addReportOptions(addThreads(addOutputOptions(command)))
    .addHelpText(
      "after",
      examples([
        ["pith expand photo.jpg.pith", "photo.jpg; the .pith file stays"],
        ["pith expand photo.lep", "photo.jpg; a.jpg.lep would become a.jpg"],
        ["pith expand --rm logs/", "every compressed file in logs/ expanded in its place"],
        ["pith expand packed/ -o logs", "the same tree, expanded, in logs/"],
        ["pith expand -c a.gz b.gz | less", "one after the other, through a pipe"],
      ]),
    )
    .action(async (paths: string[], options: ExpandOptions) => {
      run.listen(options);
      const { expandFiles } = await import("./expand-files.ts");
      await expandFiles(paths, options, threadsOf(options), run);
    });
}

/** Adds `pith test`. */
export function addTest(program: Command, run: Run): void {
  const command = program
    .command("test [path...]")
    .summary("prove that files can be expanded")
    .description(
      "Decodes .pith, .lep, .dvn, gzip and zlib files and checks every checksum (.lep files have none: " +
        "they are only seen to be whole); writes nothing.",
    );
  addReadingOptions(command);
  addReportOptions(addThreads(command))
    .addHelpText(
      "after",
      examples([
        ["pith test photo.jpg.pith", "one file"],
        ["pith test packed/", "all compressed files in a folder"],
        ["pith test -q packed/ || echo damaged", "only the exit code"],
      ]),
    )
    .action(async (paths: string[], options: ExpandOptions) => {
      run.listen(options);
      const { testFiles } = await import("./expand-files.ts");
      await testFiles(paths, options, threadsOf(options), run);
    });
}

function addReadingOptions(command: Command): void {
  command
    .addOption(choice("--format <format>", "read as this, whatever it looks like", FORMATS))
    .addOption(
      choice(
        "--arithmetic <sums>",
        "lep: whether its writer's sums wrapped, where the file does not say",
        ARITHMETICS,
      ).default("wrapping"),
    );
}
