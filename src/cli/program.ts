/**
 * The `pith` command: all its words, and what happens before and after each.
 *
 * A command's file (compress.ts, serve.ts, ...) holds its options and its help; the floors that do
 * the work are imported when it runs, so that `pith ls` loads no codec. Here is what they share:
 * usage errors, exit codes, a reader that goes away, and the order of the help page.
 */
import { styleText } from "node:util";
import { Command, CommanderError, type Option } from "commander";
import { PithError } from "../core/errors.ts";
import { buildVersion } from "../core/version.ts";
import { addBackup } from "./backup.ts";
import { addCheck, addCollect, addGate, addStats } from "./care.ts";
import { addCompress } from "./compress.ts";
import { addDescribe } from "./describe.ts";
import { addEstimate } from "./estimate.ts";
import { addExpand, addTest } from "./expand.ts";
import { codeOf, fileFault } from "./file-fault.ts";
import { addGet } from "./get.ts";
import { addHelp } from "./help.ts";
import { undoAll } from "./interrupt.ts";
import { addIr } from "./ir.ts";
import { addList } from "./list.ts";
import { addPut } from "./put.ts";
import { addRecode } from "./recode.ts";
import { addRemove } from "./remove.ts";
import { Run, type Surroundings } from "./run.ts";
import { addServe } from "./serve.ts";

/** The exit code of a process that a closed pipe ended: 128 + SIGPIPE. */
const READER_GONE = 141;

/**
 * Runs one command line.
 *
 * @param words - the arguments after `pith`
 * @returns the exit code: 0, or the number of the first fault (`pith help exit-codes`)
 */
export async function runCommand(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const run = new Run(surroundings);
  const outputFailed = (error: Error): never => endWithoutOutput(error, run);
  surroundings.stdout.on("error", outputFailed);
  surroundings.stderr.on("error", outputFailed);
  try {
    await makeProgram(run).parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) run.fail(undefined, error);
    else if (error.exitCode !== 0) return new PithError("BadUsage").number;
  } finally {
    // What was written may fail only now, as help does whose reader has gone.
    await Promise.all([written(surroundings.stdout), written(surroundings.stderr)]);
    surroundings.stdout.off("error", outputFailed);
    surroundings.stderr.off("error", outputFailed);
  }
  return run.exitCode;
}

/** The whole command, ready to parse; its actions report to `run`. */
function makeProgram(run: Run): Command {
  const program = new Command("pith");
  program
    .description("Stores files in less space and gives every byte back.")
    .version(`pith ${buildVersion()}`, "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .exitOverride()
    .configureHelp({
      styleTitle: (text) => styleText("bold", text),
      subcommandTerm: (command) => `${command.name()} ${argumentsOf(command)}`.trimEnd(),
      optionDescription,
    })
    .configureOutput({
      writeOut: (text) => void run.surroundings.stdout.write(text),
      writeErr: (text) => void run.surroundings.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "pith: ")),
    })
    .showHelpAfterError("Try `pith help`, or `pith COMMAND --help` for examples.");
  program.commandsGroup("Files:");
  addCompress(program, run);
  addExpand(program, run);
  addTest(program, run);
  addDescribe(program, run);
  addEstimate(program, run);
  addIr(program, run);
  program.commandsGroup("Store:");
  addServe(program, run);
  addPut(program, run);
  addGet(program, run);
  addList(program, run);
  addRemove(program, run);
  program.commandsGroup("Care:");
  addStats(program, run);
  addCheck(program, run);
  addCollect(program, run);
  addRecode(program, run);
  addBackup(program, run);
  addGate(program, run);
  program.commandsGroup("More:");
  addHelp(program, run);
  return program;
}

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return argument.required ? `<${name}>` : `[${name}]`;
    })
    .join(" ");
}

/** Waits until what was written is out, or has failed. */
async function written(stream: NodeJS.WritableStream): Promise<void> {
  if (stream.writable) await new Promise<void>((resolve) => stream.write("", () => resolve()));
}

/** What an option does, and the words that it takes. */
function optionDescription(option: Option): string {
  const facts: string[] = [];
  if (option.argChoices !== undefined) facts.push(option.argChoices.join(", "));
  if (option.defaultValue !== undefined) facts.push(`default: ${String(option.defaultValue)}`);
  return facts.length === 0 ? option.description : `${option.description} (${facts.join("; ")})`;
}

/** What cannot be told any more need not be done: ends the process, and leaves nothing half. */
function endWithoutOutput(error: Error, run: Run): never {
  undoAll();
  if (codeOf(error) === "EPIPE") process.exit(READER_GONE);
  run.fail("(stdout)", fileFault(error));
  process.exit(run.exitCode);
}
