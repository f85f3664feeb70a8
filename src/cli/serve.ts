/**
 * `pith serve`: starts the service and keeps it until a signal ends it.
 *
 * The options are the service's own; a value that is not given here is taken from the
 * configuration file, the environment, or the default, in that order.
 */
import type { Command } from "commander";
import { EFFORTS } from "../core/codec.ts";
import { THREADS_MAXIMUM } from "../core/limits.ts";
import type { ServiceFlags } from "../service/index.ts";
import { choice, examples, wholeNumber } from "./options.ts";
import type { Run } from "./run.ts";

/** What the command line may say; the service has defaults for the rest. */
export type ServeOptions = Pick<
  ServiceFlags,
  "data" | "port" | "host" | "mode" | "effort" | "threads" | "config" | "logLevel"
>;

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/** Adds `pith serve`. */
export function addServe(program: Command, run: Run): void {
  program
    .command("serve")
    .summary("run the service")
    .description("Runs the S3-style service until Ctrl-C, on this machine's loopback by default.")
    .option("--data <folder>", "where everything is kept; made when it is not there")
    .option("--port <number>", "port to listen on, 0 for a free one", wholeNumber(0, 65_535))
    .option("--host <address>", "address to listen on")
    .addOption(choice("--mode <mode>", "when a put is acknowledged", ["verified", "async"]))
    .addOption(choice("--effort <effort>", "time spent on coding", EFFORTS))
    .option("-T, --threads <number>", "coding threads", wholeNumber(1, THREADS_MAXIMUM))
    .option("--config <file>", "a JSON file with these and more settings")
    .addOption(choice("--log-level <level>", "what is logged to stderr", LOG_LEVELS))
    .addHelpText(
      "after",
      examples([
        ["pith serve", "the embedded store on http://127.0.0.1:7484"],
        ["pith serve --data /srv/pith --port 8080", "another folder, another port"],
        ["pith serve --mode async", "acknowledge when durable, code when idle"],
      ]),
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import("./serve-until-signal.ts");
      await serve(options, run);
    });
}
