/**
 * `pith rm`: removes objects, prefixes and buckets.
 */
import type { Command } from "commander";
import { PithError } from "../core/errors.ts";
import type { Access } from "./access.ts";
import { type Address, addressText, asFolder, parseAddress } from "./address.ts";
import { eachInFlight } from "./in-flight.ts";
import { listAll } from "./list-all.ts";
import { REQUESTS_DEFAULT, withAccess } from "./open-access.ts";
import { addReportOptions, addStoreOptions, examples, type StoreOptions } from "./options.ts";
import { printable } from "./printable.ts";
import type { ReportOptions, Run } from "./run.ts";
import { countOf } from "./table.ts";

interface RemoveOptions extends StoreOptions, ReportOptions {
  readonly recursive?: boolean;
}

/** Adds `pith rm`. */
export function addRemove(program: Command, run: Run): void {
  const command = program
    .command("rm <address...>")
    .summary("remove objects")
    .description(
      "Removes objects; with -r everything below a prefix, or a bucket with all it holds. " +
        "An empty bucket goes without -r. Space comes back with `pith collect`.",
    )
    .option("-r, --recursive", "everything below the prefix, or the whole bucket");
  addReportOptions(addStoreOptions(command))
    .addHelpText(
      "after",
      examples([
        ["pith rm pictures/a.jpg", "one object"],
        ["pith rm -r pictures/2025", "all objects below pictures/2025/"],
        ["pith rm -r pictures", "the bucket and all it holds"],
      ]),
    )
    .action(async (words: string[], options: RemoveOptions) => {
      run.listen(options);
      await withAccess(options, REQUESTS_DEFAULT, run, async (access) => {
        for (const word of words) {
          try {
            await remove(access, parseAddress(word), options.recursive === true, run);
          } catch (error) {
            run.fail(word, error);
          }
        }
      });
    });
}

async function remove(
  access: Access,
  { bucket, key }: Address,
  recursive: boolean,
  run: Run,
): Promise<void> {
  if (recursive) {
    const objects = await removeBelow(access, bucket, asFolder(key), run);
    if (key !== "" && (await removeOne(access, bucket, key, run))) return;
    if (key !== "" && objects === 0) throw new PithError("NoSuchKey");
    if (key !== "") return run.say(`removed ${countOf(objects, "object")}`);
  } else if (key !== "") {
    if (await removeOne(access, bucket, key, run)) return;
    throw new PithError("NoSuchKey");
  }
  await access.deleteBucket(bucket);
  await run.tell({ name: bucket, bucket });
  await run.say(`removed the bucket ${printable(bucket)}`);
}

async function removeOne(access: Access, bucket: string, key: string, run: Run): Promise<boolean> {
  if ((await access.find(bucket, key)) === undefined) return false;
  await access.delete(bucket, key);
  await run.tell({ name: addressText(bucket, key), bucket, key });
  await run.say(`removed ${printable(addressText(bucket, key))}`);
  return true;
}

/** @returns how many objects went */
async function removeBelow(
  access: Access,
  bucket: string,
  prefix: string,
  run: Run,
): Promise<number> {
  let objects = 0;
  const work = async ({ key }: { readonly key: string }): Promise<void> => {
    const name = addressText(bucket, key);
    try {
      await access.delete(bucket, key);
      objects += 1;
      await run.tell({ name, bucket, key });
      run.detail(`removed ${printable(name)}`);
    } catch (error) {
      run.fail(name, error);
    }
  };
  await eachInFlight(listAll(access, bucket, prefix), REQUESTS_DEFAULT, work);
  return objects;
}
