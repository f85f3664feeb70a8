/**
 * `pith info`: its options and its help. The work is in describe-files.ts.
 */
import type { Command } from "commander";
import { addReportOptions, examples } from "./options.ts";
import type { ReportOptions, Run } from "./run.ts";

/** Adds `pith info`. */
export function addDescribe(program: Command, run: Run): void {
  const command = program
    .command("info <path...>")
    .summary("say what files are")
    .description(
      "Says what files are: of a .pith file its sizes, codecs and what it keeps of the plain " +
        "file, without decoding; of a .lep file the picture, its segments and what its bytes stand " +
        "for; of gzip, zlib and .dvn their sizes; of JPEGs their sort; of others the kind of content.",
    );
  command.option(
    "--classes",
    "what the coded bytes of JPEGs stand for, by model: decodes .pith files, codes JPEGs",
  );
  addReportOptions(command)
    .addHelpText(
      "after",
      examples([
        ["pith info photo.jpg.pith", "sizes and codecs"],
        ["pith info -v photo.jpg.pith", "frame by frame"],
        ["pith info photo.lep", "its picture, and bytes of header, DC, 7x7 and edges"],
        ["pith info --classes photo.jpg", "the same, by both models that JPEGs can be coded with"],
        ["pith info --json packed/", "for programs"],
      ]),
    )
    .action(async (paths: string[], options: ReportOptions & { readonly classes?: boolean }) => {
      run.listen(options);
      const { describeFiles } = await import("./describe-files.ts");
      await describeFiles(paths, run, options.classes === true);
    });
}
