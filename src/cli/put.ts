/**
 * `pith put`: files and folders become objects.
 *
 *   pith put photos/ pictures/2025      photos/a.jpg    ->  pictures/2025/a.jpg
 *   pith put a.jpg pictures             a.jpg           ->  pictures/a.jpg
 *   pith put a.jpg pictures/b.jpg       a.jpg           ->  pictures/b.jpg
 *   pith put - notes/today.txt          stdin           ->  notes/today.txt
 *
 * A bucket that is missing is made. Each object carries its file's time and mode (attributes.ts),
 * and its ETag must be the MD5 of the bytes that were read here.
 */
import type { Command } from "commander";
import { PithError } from "../core/errors.ts";
import type { Access, PutBody } from "./access.ts";
import { addressText, asFolder, parseAddress } from "./address.ts";
import { metadataOf } from "./attributes.ts";
import { contentTypeOf } from "./content-type.ts";
import { eachInFlight } from "./in-flight.ts";
import { REQUESTS_DEFAULT, withAccess } from "./open-access.ts";
import {
  addReportOptions,
  addStoreOptions,
  examples,
  type StoreOptions,
  wholeNumber,
} from "./options.ts";
import { printable } from "./printable.ts";
import { beginProgress } from "./progress.ts";
import { counting, readFile } from "./read-file.ts";
import type { ReportOptions, Run } from "./run.ts";
import { spoolInput } from "./spool.ts";
import { countOf, formatBytes, formatRate } from "./table.ts";
import { type FileEntry, listFiles } from "./walk.ts";

interface PutOptions extends StoreOptions, ReportOptions {
  readonly threads: number;
}

/** A file on its way to an object. */
interface Parcel {
  readonly file: FileEntry;
  readonly key: string;
}

/** Adds `pith put`. */
export function addPut(program: Command, run: Run): void {
  const command = program
    .command("put <path...>")
    .usage("[options] <path...> <bucket[/key]>")
    .summary("store files and folders")
    .description(
      "Stores files, and folders with all that is in them. A bucket that is missing is made. " +
        "A single file takes the key that is given, or its own name below a key that ends in /.",
    )
    .option("-T, --threads <number>", "requests at once", wholeNumber(1, 64), REQUESTS_DEFAULT);
  addReportOptions(addStoreOptions(command))
    .addHelpText(
      "after",
      examples([
        ["pith put photos/ pictures/2025", "photos/a.jpg becomes pictures/2025/a.jpg"],
        ["pith put a.jpg b.jpg pictures", "two files, by their names"],
        ["pith put a.jpg pictures/b.jpg", "one file, under another name"],
        ["tar c src | pith put - backups/src.tar", "what comes through stdin"],
      ]),
    )
    .action(async (words: string[], options: PutOptions) => {
      run.listen(options);
      const target = words.at(-1);
      if (words.length < 2 || target === undefined) {
        throw new PithError("BadUsage", { why: "it takes files and, last, where they go" });
      }
      await withAccess(options, options.threads, run, (access) =>
        put(access, words.slice(0, -1), target, options.threads, run),
      );
    });
}

async function put(
  access: Access,
  paths: readonly string[],
  target: string,
  threads: number,
  run: Run,
): Promise<void> {
  const { bucket, key } = parseAddress(target);
  const spooled = paths.includes("-") ? await spoolInput(run, paths, key) : undefined;
  try {
    const files = spooled === undefined ? await listFiles(paths, run) : [spooled.file];
    const parcels = refuseTwins(parcelsOf(files, key), run);
    if (parcels.length === 0) return run.note("there is no file to put");
    await makeBucket(access, bucket, run);
    await send(access, bucket, parcels, threads, run);
  } finally {
    await spooled?.discard();
  }
}

function parcelsOf(files: readonly FileEntry[], key: string): Parcel[] {
  const [only] = files;
  if (files.length === 1 && only?.named === true && key !== "" && !key.endsWith("/")) {
    return [{ file: only, key }];
  }
  return files.map((file) => ({ file, key: asFolder(key) + file.relative }));
}

/** Two files of one command must not become one object. */
function refuseTwins(parcels: readonly Parcel[], run: Run): Parcel[] {
  const taken = new Map<string, string>();
  return parcels.filter(({ file, key }) => {
    const other = taken.get(key);
    if (other === undefined) taken.set(key, file.path);
    else run.fail(file.path, new PithError("BadUsage", { key, taken: other }));
    return other === undefined;
  });
}

async function makeBucket(access: Access, bucket: string, run: Run): Promise<void> {
  if (await access.hasBucket(bucket)) return;
  try {
    await access.createBucket(bucket);
    run.note(`made the bucket ${printable(bucket)}`);
  } catch (error) {
    if (!(error instanceof PithError) || error.code !== "BucketExists") throw error;
  }
}

async function send(
  access: Access,
  bucket: string,
  parcels: readonly Parcel[],
  threads: number,
  run: Run,
): Promise<void> {
  const startedMs = Date.now();
  const total = parcels.reduce((sum, { file }) => sum + file.bytes, 0);
  const progress = beginProgress(run, total);
  let objects = 0;
  let bytes = 0;
  let stopped = false;
  let untried = 0;
  const work = async ({ file, key }: Parcel): Promise<void> => {
    if (stopped) {
      untried += 1;
      return;
    }
    progress.on(file.path);
    const begunMs = Date.now();
    const body: PutBody = {
      bytes: file.bytes,
      open: () => counting(readFile(file.path), progress.add),
    };
    try {
      const etag = await access.put(bucket, key, body, {
        contentType: contentTypeOf(key),
        userMetadata: metadataOf(file),
      });
      objects += 1;
      bytes += file.bytes;
      const seconds = (Date.now() - begunMs) / 1000;
      await run.tell({ name: file.path, bucket, key, bytes: file.bytes, etag, seconds });
      run.detail(`${printable(file.path)} -> ${printable(addressText(bucket, key))}`);
    } catch (error) {
      stopped ||= STOPPING.has(run.fail(file.path, error).code);
    }
  };
  try {
    await eachInFlight(parcels, threads, work);
  } finally {
    progress.end();
  }
  if (untried > 0) run.note(`gave up; ${countOf(untried, "file was", "files were")} not tried`);
  const seconds = (Date.now() - startedMs) / 1000;
  const rate = formatRate(bytes, seconds);
  const where = printable(bucket);
  await run.say(
    `put ${countOf(objects, "object")}, ${formatBytes(bytes)}, into ${where} (${rate})`,
  );
}

/** Faults after which the next object would meet the same. */
const STOPPING: ReadonlySet<string> = new Set([
  "ServerUnreachable",
  "NoSuchBucket",
  "DiskFull",
  "ReadOnly",
  "Forbidden",
]);
