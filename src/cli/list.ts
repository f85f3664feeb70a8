/**
 * `pith ls`: buckets, or the objects of one.
 *
 * Names are printed as they are where a program reads, and made harmless on a terminal.
 */
import type { Command } from "commander";
import { PithError } from "../core/errors.ts";
import type { Access, ListedObject } from "./access.ts";
import { addressText, asFolder, parseAddress } from "./address.ts";
import { withAccess } from "./open-access.ts";
import { addStoreOptions, examples, type StoreOptions } from "./options.ts";
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";
import { countOf, formatBytes, formatTable, formatTime } from "./table.ts";

interface ListOptions extends StoreOptions {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly json?: boolean;
}

/** Adds `pith ls`. */
export function addList(program: Command, run: Run): void {
  const command = program
    .command("ls [address]")
    .summary("list buckets or objects")
    .description("Lists the buckets, or what lies in a bucket or below a prefix.")
    .option("-l, --long", "with sizes and times (UTC)")
    .option("-r, --recursive", "all objects, not only this level")
    .option("--json", "print JSON, one object a line");
  addStoreOptions(command)
    .addHelpText(
      "after",
      examples([
        ["pith ls", "the buckets"],
        ["pith ls -l pictures", "one level of a bucket, with sizes"],
        ["pith ls -r pictures/2025", "everything below a prefix"],
      ]),
    )
    .action(async (address: string | undefined, options: ListOptions) => {
      run.listen(options.json === true ? { json: true } : {});
      await withAccess(options, 1, run, (access) =>
        address === undefined
          ? listBuckets(access, options, run)
          : listObjects(access, address, options, run),
      );
    });
}

async function listBuckets(access: Access, options: ListOptions, run: Run): Promise<void> {
  for (const { name, createdMs } of await access.listBuckets()) {
    if (run.json) await run.tell({ bucket: name, created: timeOf(createdMs) });
    else if (options.long) await run.print(`${formatTime(createdMs)}  ${name}`);
    else await run.print(name);
  }
}

async function listObjects(
  access: Access,
  address: string,
  options: ListOptions,
  run: Run,
): Promise<void> {
  const { bucket, key } = parseAddress(address);
  const delimiter = options.recursive ? "" : "/";
  const prefix = await prefixOf(access, bucket, key, delimiter);
  const show = run.surroundings.stdout.isTTY === true ? printable : (name: string) => name;
  let found = 0;
  let bytes = 0;
  let from: string | undefined;
  do {
    const page = await access.list(bucket, prefix, delimiter, from);
    const lines = merged(page.prefixes, page.objects);
    if (run.json) for (const line of lines) await run.tell(fieldsOf(bucket, line));
    else if (options.long) {
      const rows = lines.map((line) => rowOf(line, show));
      if (rows.length > 0)
        await run.print(formatTable(["", "", ""], rows, ["right", "left", "left"]));
    } else for (const line of lines) await run.print(show(nameOf(line)));
    found += lines.length;
    bytes += page.objects.reduce((sum, object) => sum + object.bytes, 0);
    from = page.next;
  } while (from !== undefined);
  if (found === 0 && key !== "") throw new PithError("NoSuchKey", { address });
  if (options.long && run.surroundings.stdout.isTTY === true) {
    await run.say(`${countOf(found, "entry", "entries")}, ${formatBytes(bytes)}`);
  }
}

/** The prefix to list: `pictures/2025` means what lies in `pictures/2025/` when nothing but that
 * begins so. */
async function prefixOf(
  access: Access,
  bucket: string,
  key: string,
  delimiter: string,
): Promise<string> {
  if (key === "" || key.endsWith("/")) return key;
  if (delimiter === "") {
    const below = await access.list(bucket, asFolder(key), delimiter, undefined);
    return below.objects.length > 0 ? asFolder(key) : key;
  }
  const page = await access.list(bucket, key, delimiter, undefined);
  const single = page.objects.length === 0 && page.prefixes.length === 1;
  return single && page.prefixes[0] === asFolder(key) ? asFolder(key) : key;
}

/** A prefix, or an object. */
type Line = string | ListedObject;

/** Both in one order of names, as they lie in the bucket. */
function merged(prefixes: readonly string[], objects: readonly ListedObject[]): Line[] {
  return [...prefixes, ...objects].sort((one, other) =>
    Buffer.compare(Buffer.from(nameOf(one)), Buffer.from(nameOf(other))),
  );
}

function nameOf(line: Line): string {
  return typeof line === "string" ? line : line.key;
}

function rowOf(line: Line, show: (name: string) => string): string[] {
  if (typeof line === "string") return ["-", "", show(line)];
  return [formatBytes(line.bytes), formatTime(line.modifiedMs), show(line.key)];
}

function fieldsOf(bucket: string, line: Line): Record<string, unknown> {
  if (typeof line === "string") return { name: addressText(bucket, line), prefix: line };
  const { key, bytes, etag, modifiedMs } = line;
  return { name: addressText(bucket, key), key, bytes, etag, modified: timeOf(modifiedMs) };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
