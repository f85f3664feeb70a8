/**
 * `pith backup`: copies of a store's metadata, made, listed and put back.
 */
import type { Command } from "commander";
import { PithError } from "../core/errors.ts";
import type { BackupEntry } from "../store/index.ts";
import type { Access } from "./access.ts";
import { withAccess } from "./open-access.ts";
import { addStoreOptions, examples, type StoreOptions } from "./options.ts";
import type { Run } from "./run.ts";
import { formatBytes, formatTable, formatTime } from "./table.ts";

interface BackupOptions extends StoreOptions {
  readonly list?: boolean;
  readonly restore?: string | true;
  readonly json?: boolean;
}

/** Adds `pith backup`. */
export function addBackup(program: Command, run: Run): void {
  const command = program
    .command("backup")
    .summary("back up the metadata, or restore it")
    .description(
      "Copies the metadata (which objects there are, and where their bytes lie) into the data " +
        "folder's backups/. Puts and gets go on meanwhile. The service does this every day.",
    )
    .option("--list", "list the backups, oldest first")
    .option(
      "--restore [name]",
      "with --data: put a backup in the metadata's place, else the newest",
    );
  addStoreOptions(command)
    .option("--json", "print JSON, one object a backup")
    .addHelpText(
      "after",
      examples([
        ["pith backup", "make one"],
        ["pith backup --list", "those there are"],
        ["pith backup --restore --data /srv/pith", "back to the newest, when no service runs"],
      ]),
    )
    .action(async (options: BackupOptions) => {
      run.listen(options.json === true ? { json: true } : {});
      await backup(options, run);
    });
}

async function backup(options: BackupOptions, run: Run): Promise<void> {
  const { data, list, restore } = options;
  if (list === true && restore !== undefined) {
    throw new PithError("BadUsage", { why: "--list and --restore exclude each other" });
  }
  if (restore !== undefined) {
    if (data === undefined) throw new PithError("BadUsage", { why: "--restore goes with --data" });
    const { restoreBackup } = await import("../store/index.ts");
    const entry = await restoreBackup(data, restore === true ? {} : { name: restore });
    await tellBackups([entry], run, "restored ");
    return;
  }
  if (list === true && data !== undefined) {
    // A damaged store cannot be opened, and its backups are asked for then of all times.
    const { listBackups } = await import("../store/index.ts");
    return tellBackups(await listBackups(data), run);
  }
  await withAccess(options, 1, run, async (access: Access) => {
    if (list === true) await tellBackups(await access.listBackups(), run);
    else await tellBackups([await access.backup()], run, "made ");
  });
}

async function tellBackups(entries: readonly BackupEntry[], run: Run, verb = ""): Promise<void> {
  for (const { name, bytes, createdMs } of entries) {
    await run.tell({ name, bytes, created: new Date(createdMs).toISOString() });
  }
  if (entries.length === 0) {
    await run.say("there is no backup");
    return;
  }
  const rows = entries.map(({ name, bytes, createdMs }) => [
    `${verb}${name}`,
    formatBytes(bytes),
    formatTime(createdMs),
  ]);
  await run.say(formatTable(["", "", ""], rows, ["left", "right", "left"]));
}
