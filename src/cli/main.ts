#!/usr/bin/env node
/**
 * The entry of the `pith` command: small, so that `pith --version` answers at once.
 *
 * Compiled code is cached from here on, which is why everything else is imported only after
 * that. The command itself is program.ts.
 */
import { enableCompileCache } from "node:module";
import { buildVersion } from "../core/version.ts";

enableCompileCache();

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`pith ${buildVersion()}\n`);
} else {
  const { runCommand } = await import("./program.ts");
  process.exitCode = await runCommand(words, process);
}
