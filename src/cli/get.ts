/**
 * `pith get`: objects become files again.
 *
 *   pith get pictures/a.jpg               ->  a.jpg
 *   pith get pictures/a.jpg -o b.jpg      ->  b.jpg
 *   pith get pictures/a.jpg -c            ->  stdout
 *   pith get pictures/2025 -o out         ->  out/a.jpg for every pictures/2025/a.jpg
 *
 * Keys are other people's words: one that would lead out of the target folder is refused
 * (below.ts). A file appears whole, with its time and mode, once its bytes are proven by their
 * MD5; what goes to stdout is proven at its end, by the exit code.
 */
import { basename } from "node:path";
import type { Command } from "commander";
import { PithError } from "../core/errors.ts";
import type { Access, ListedObject } from "./access.ts";
import { type Address, addressText, asFolder, parseAddress } from "./address.ts";
import { attributesOf } from "./attributes.ts";
import { FolderMaker, pathBelow } from "./below.ts";
import { inFlight } from "./in-flight.ts";
import { listAll } from "./list-all.ts";
import { REQUESTS_DEFAULT, withAccess } from "./open-access.ts";
import {
  addReportOptions,
  addStoreOptions,
  examples,
  type StoreOptions,
  wholeNumber,
} from "./options.ts";
import { beginOutput } from "./output.ts";
import { printable } from "./printable.ts";
import { beginProgress, type Progress } from "./progress.ts";
import type { ReportOptions, Run } from "./run.ts";
import { countOf, formatBytes, formatRate } from "./table.ts";
import { isFolder } from "./walk.ts";
import { writeOut } from "./write-out.ts";

interface GetOptions extends StoreOptions, ReportOptions {
  readonly output?: string;
  readonly stdout?: boolean;
  readonly force?: boolean;
  readonly threads: number;
}

/** Adds `pith get`. */
export function addGet(program: Command, run: Run): void {
  const command = program
    .command("get <address...>")
    .summary("fetch objects")
    .description(
      "Fetches objects by their keys, or all objects below a prefix or in a bucket. " +
        "Files that exist are kept unless -f is given.",
    )
    .option("-o, --output <path>", "the file for one object, the folder for several")
    .option("-c, --stdout", "write one object to stdout")
    .option("-f, --force", "replace files that exist")
    .option("-T, --threads <number>", "requests at once", wholeNumber(1, 64), REQUESTS_DEFAULT);
  addReportOptions(addStoreOptions(command))
    .addHelpText(
      "after",
      examples([
        ["pith get pictures/a.jpg", "a.jpg, here"],
        ["pith get pictures/2025 -o out", "everything below pictures/2025/, into out/"],
        ["pith get backups/src.tar -c | tar x", "one object, through a pipe"],
      ]),
    )
    .action(async (words: string[], options: GetOptions) => {
      run.listen(options);
      run.dataOnStdout = options.stdout === true;
      await withAccess(options, options.threads, run, async (access) => {
        for (const word of words) {
          try {
            await new Getting(access, parseAddress(word), options, run).get();
          } catch (error) {
            run.fail(word, error);
          }
        }
      });
    });
}

/** One address of the command line. */
class Getting {
  readonly #access: Access;
  readonly #address: Address;
  readonly #options: GetOptions;
  readonly #run: Run;
  readonly #startedMs = Date.now();
  #progress: Progress | undefined;
  #objects = 0;
  #bytes = 0;

  constructor(access: Access, address: Address, options: GetOptions, run: Run) {
    this.#access = access;
    this.#address = address;
    this.#options = options;
    this.#run = run;
  }

  async get(): Promise<void> {
    const { bucket, key } = this.#address;
    const entry =
      key === "" || key.endsWith("/") ? undefined : await this.#access.find(bucket, key);
    if (this.#options.stdout === true) {
      if (entry === undefined) throw new PithError("NoSuchKey", { why: "-c takes whole keys" });
      const { body } = await this.#access.get(bucket, key);
      await writeOut(body, this.#run.surroundings.stdout);
      return;
    }
    this.#progress = beginProgress(this.#run, entry?.bytes);
    try {
      if (entry !== undefined) await this.#fetch(entry, await this.#targetOf(key));
      else await this.#fetchBelow();
    } finally {
      this.#progress.end();
    }
    const rate = formatRate(this.#bytes, (Date.now() - this.#startedMs) / 1000);
    const count = countOf(this.#objects, "object");
    await this.#run.say(`got ${count}, ${formatBytes(this.#bytes)} (${rate})`);
  }

  /** Where a single object goes. */
  async #targetOf(key: string): Promise<string> {
    const { output } = this.#options;
    if (output !== undefined && !output.endsWith("/") && !(await isFolder(output))) return output;
    const name = basename(key);
    const folder = output ?? ".";
    const path = pathBelow(folder, name);
    await new FolderMaker(folder).makeFor(name);
    return path;
  }

  async #fetchBelow(): Promise<void> {
    const { bucket, key } = this.#address;
    const prefix = asFolder(key);
    const folder = this.#options.output ?? ".";
    const folders = new FolderMaker(folder);
    let seen = 0;
    const work = async (entry: ListedObject): Promise<boolean> => {
      seen += 1;
      const name = entry.key.slice(prefix.length);
      // An empty object that ends in "/" is how other tools mark a folder.
      if (entry.bytes === 0 && name.endsWith("/")) return true;
      try {
        const path = pathBelow(folder, name);
        await folders.makeFor(name);
        await this.#fetch(entry, path);
        return true;
      } catch (error) {
        const fault = this.#run.fail(addressText(bucket, entry.key), error);
        return fault.code !== "ServerUnreachable";
      }
    };
    const objects = listAll(this.#access, bucket, prefix);
    for await (const goOn of inFlight(objects, this.#options.threads, work)) if (!goOn) break;
    if (seen === 0 && key !== "") throw new PithError("NoSuchKey");
  }

  async #fetch(entry: ListedObject, path: string): Promise<void> {
    const { bucket } = this.#address;
    const run = this.#run;
    const startedMs = Date.now();
    this.#progress?.on(path);
    const output = await beginOutput(path, this.#options.force === true);
    try {
      const object = await this.#access.get(bucket, entry.key);
      for await (const piece of object.body) {
        await output.write(piece);
        this.#progress?.add(piece.length);
      }
      await output.finish(attributesOf(object.userMetadata, object.modifiedMs), false);
    } finally {
      await output.discard();
    }
    this.#objects += 1;
    this.#bytes += output.bytes;
    const seconds = (Date.now() - startedMs) / 1000;
    const { key, etag } = entry;
    await run.tell({ name: path, bucket, key, bytes: output.bytes, etag, seconds });
    run.detail(`${printable(addressText(bucket, key))} -> ${printable(path)}`);
  }
}
