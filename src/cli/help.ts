/**
 * `pith help`: the page of a command, and pages that belong to no single one.
 */
import type { Command } from "commander";
import { FAULTS, PithError } from "../core/errors.ts";
import type { Run } from "./run.ts";
import { formatTable } from "./table.ts";

/** Adds `pith help [command...|topic]`. */
export function addHelp(program: Command, run: Run): void {
  program
    .helpCommand(false)
    .command("help [topic...]")
    .summary("explain a command, or `exit-codes`")
    .description("Explains a command; `pith help exit-codes` lists what a run may end with.")
    .action(async (topic: readonly string[]) => {
      if (topic.length === 0) await run.print(program.helpInformation().trimEnd());
      else if (topic.join(" ") === "exit-codes") await run.print(exitCodes());
      else commandOf(program, topic).outputHelp();
    });
}

/** The command that these words name, one below the other. @throws PithError "BadUsage" */
function commandOf(program: Command, words: readonly string[]): Command {
  return words.reduce((above, word) => {
    const command = above.commands.find((one) => one.name() === word);
    if (command === undefined) throw new PithError("BadUsage", { unknown: words.join(" ") });
    return command;
  }, program);
}

/** The page of exit codes, drawn from the fault table. */
function exitCodes(): string {
  const faults = Object.entries(FAULTS).sort(([, one], [, other]) => one.number - other.number);
  const rows = faults.map(([code, fault]) => [String(fault.number), code, fault.kind, fault.says]);
  return [
    "Pith ends with 0 when all went well, else with the number of the first fault it met;",
    "with several files or objects it goes on with the others and tells each fault on stderr.",
    "",
    formatTable(
      ["code", "fault", "kind", "means"],
      [["0", "", "", "all went well"], ...rows],
      ["right", "left", "left", "left"],
    ),
    "",
    "Codes from 125 on belong to the shell: 130 after Ctrl-C, 141 when the reader of a pipe left.",
    "Kinds: input (these bytes or words cannot be taken), limit (larger than agreed), corrupt",
    "(stored bytes are not what was written), io (disk or network), bug (please report it).",
  ].join("\n");
}
