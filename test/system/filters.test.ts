/**
 * Filters as a user of the command meets them: in `info`, in `stats`, and at the switch.
 */
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { filterableBytes } from "../filterable.ts";
import { newFolder, pithHereWell, removeFolders } from "./cli-process.ts";

after(removeFolders);

const RECORDS = filterableBytes(200_000);

async function said(...words: string[]): Promise<string> {
  return (await pithHereWell(words)).toString();
}

test("a file is compressed behind a filter, which info names, and comes back", async () => {
  const folder = await newFolder();
  const file = join(folder, "records.dat");
  await writeFile(file, RECORDS);
  await said("compress", "-q", "--effort", "fast", file);
  assert.match(await said("info", `${file}.pith`), /1 chunk by zlib after transpose\n/);
  assert.match(
    await said("info", "-v", `${file}.pith`),
    / transpose 12 \+ zlib 1 {2}[0-9a-f]{64}\n/,
  );
  const about = JSON.parse(await said("info", "-v", "--json", `${file}.pith`));
  assert.deepEqual(about.filters, ["transpose"]);
  assert.equal(about.frames[0].filterText, "transpose 12");
  const back = join(folder, "back");
  await said("expand", "-q", "-o", back, `${file}.pith`);
  assert.deepEqual(await readFile(back), Buffer.from(RECORDS));

  await said("compress", "-q", "-f", "--effort", "flat", file);
  assert.deepEqual(JSON.parse(await said("info", "--json", `${file}.pith`)).filters, []);
});

test("a store's stats name filters, and the switch ends them", async () => {
  const folder = await newFolder();
  const data = join(folder, "data");
  await mkdir(data);
  const names = ["one", "two"].map((name) => join(folder, name));
  for (const [i, name] of names.entries()) await writeFile(name, filterableBytes(90_000, 10 + i));
  await said("put", "-q", names[0] as string, "bucket/one", "--data", data);
  await said("gate", "disable", "filters", "--data", data);
  await said("put", "-q", names[1] as string, "bucket/two", "--data", data);
  const page = await said("stats", "--data", data);
  assert.match(page, /\n\w+ + 1 .*\ntranspose \+ \w+ + 1 /);
  assert.match(page, /\nswitched off: filters\n/);
  const { codecs } = JSON.parse(await said("stats", "--json", "--data", data));
  assert.deepEqual(
    codecs.map(({ filter }: { filter?: string }) => filter),
    [undefined, "transpose"],
  );
});
