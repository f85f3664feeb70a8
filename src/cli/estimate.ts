/**
 * `pith estimate`: its options and its help. The work is in estimate-files.ts.
 */
import type { Command } from "commander";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { addThreads, choice, examples, threadsOf } from "./options.ts";
import type { Run } from "./run.ts";

interface EstimateOptions {
  readonly effort: Effort;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly threads?: number;
}

/** Adds `pith estimate`. */
export function addEstimate(program: Command, run: Run): void {
  const command = program
    .command("estimate <path...>")
    .summary("say what could be saved")
    .description(
      "Says how much smaller files would be, by kind of content, and which kinds only a codec of " +
        "their own could shrink further. Writes nothing. Of large trees a sample is coded.",
    )
    .addOption(choice("--effort <effort>", "time to spend", EFFORTS).default("default"))
    .option("--full", "code every byte, and find equal chunks");
  addThreads(command)
    .option("--json", "print JSON, one object a kind")
    .addHelpText(
      "after",
      examples([
        ["pith estimate photos/ documents/", "a table by kind of content"],
        ["pith estimate --effort flat logs/", "with Huffman coding alone"],
        ["pith estimate --full --json data/", "exact, for programs"],
      ]),
    )
    .action(async (paths: string[], options: EstimateOptions) => {
      run.listen(options.json === true ? { json: true } : {});
      const { estimateFiles } = await import("./estimate-files.ts");
      const { effort, full = false } = options;
      await estimateFiles(paths, { effort, full, threads: threadsOf(options) }, run);
    });
}
