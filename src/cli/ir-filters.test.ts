/** `pith ir` on .dvn files whose units stand behind filters. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fakeRun } from "../../test/cli-run.ts";
import { filterableBytes } from "../../test/filterable.ts";
import { seeded } from "../../test/random.ts";
import { FAULTS } from "../core/errors.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { runCommand } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "pith-ir-filters-"));
after(() => rmSync(folder, { recursive: true }));

/** The first unit is stored, the second goes through a filter. */
const RECORDS = filterableBytes(60_000);
const PLAIN = Buffer.concat([seeded(1).bytes(DIVANS_UNIT_BYTES), RECORDS]);

const plain = join(folder, "plain");
const coded = join(folder, "coded.dvn");
const commands = join(folder, "coded.ir");
writeFileSync(plain, PLAIN);

async function pith(...words: string[]): Promise<{ code: number; output: Buffer; errors: string }> {
  const { run, outputBytes, errors } = fakeRun();
  const code = await runCommand(words, run.surroundings);
  return { code, output: outputBytes(), errors: errors() };
}

async function well(...words: string[]): Promise<Buffer> {
  const { code, output, errors } = await pith(...words);
  assert.deepEqual([code, errors], [0, ""], words.join(" "));
  return output;
}

async function bytesOf(file: string): Promise<Buffer> {
  return await well("expand", "-c", file);
}

test("IR of filtered bytes is told as such, and --filter takes the filter back", async () => {
  await well("compress", "-q", "--effort", "fast", plain, "-o", coded);
  const made = await pith("ir", "from", coded, "--json", "-o", commands);
  assert.equal(made.code, 0);
  const { filters } = JSON.parse(made.output.toString());
  assert.equal(filters.length, 1);
  const [option] = filters as [string];
  assert.match(option, /^[a-z0-9-]+:\d+(\+\d+)?@2$/);
  const says = option.slice(0, option.indexOf("@")).replace(":", " ");
  assert.equal(
    made.errors,
    `pith: ${coded}: unit 2 stands behind ${says}: the IR makes filtered bytes there, ` +
      `which ir encode --filter ${option} takes back\n`,
  );
  const filtered = await well("ir", "run", commands);
  assert.ok(filtered.subarray(0, DIVANS_UNIT_BYTES).equals(PLAIN.subarray(0, DIVANS_UNIT_BYTES)));
  assert.ok(!filtered.equals(PLAIN));

  const again = join(folder, "again.dvn");
  await well("ir", "encode", commands, "-q", "--filter", option, "-o", again);
  assert.ok((await bytesOf(again)).equals(PLAIN));
  const back = await pith("ir", "from", again);
  assert.match(back.errors, new RegExp(`--filter ${option.replace("+", "\\+")} takes`));
  const copies = (text: Buffer): readonly string[] => text.toString().match(/^copy .*$/gm) ?? [];
  assert.deepEqual(copies(back.output), copies(readFileSync(commands)));
  await well("ir", "encode", commands, "-qf", "-o", again);
  assert.ok((await bytesOf(again)).equals(filtered));
  assert.equal((await pith("ir", "from", "-q", coded)).errors, "");
});

test("a filter that cannot be, or is nowhere, is refused", async () => {
  const small = join(folder, "small.ir");
  writeFileSync(small, "window 10\ninsert 4 61626364\n");
  for (const [filter, why] of [
    ["delta", /NAME\[:NUMBER\[\+NUMBER\]\]\[@UNITS\]/],
    ["delta:1@2", /there is no unit 2, only 1/],
  ] as const) {
    const { code, output, errors } = await pith("ir", "encode", small, "--filter", filter);
    assert.deepEqual([code, output.length], [FAULTS.BadUsage.number, 0]);
    assert.match(errors, why);
  }
  const deltas = join(folder, "deltas.dvn");
  await well("ir", "encode", small, "-q", "--filter", "delta:1", "-o", deltas);
  const sums = [0x61, 0xc3, 0x26, 0x8a];
  assert.deepEqual([...(await bytesOf(deltas))], sums);
});

test("--no-filters leaves filters out of .dvn and .pith files", async () => {
  const records = join(folder, "records");
  writeFileSync(records, RECORDS);
  const how = ["--effort", "fast", "--codec", "divans", "-q"];
  for (const ending of ["dvn", "pith"]) {
    const usual = join(folder, `usual.${ending}`);
    const without = join(folder, `without.${ending}`);
    await well("compress", ...how, records, "-o", usual);
    await well("compress", ...how, "--no-filters", records, "-o", without);
    assert.ok(readFileSync(usual).length < readFileSync(without).length);
    assert.ok((await bytesOf(without)).equals(RECORDS));
  }
  const commandsOfAll = await well("ir", "from", join(folder, "without.dvn"));
  assert.match(commandsOfAll.toString(), /^window /);
  const { filters } = JSON.parse(
    (await well("info", "--json", join(folder, "without.pith"))).toString(),
  );
  assert.deepEqual(filters, []);
  const gz = await pith("compress", "--no-filters", records, "-o", join(folder, "records.gz"));
  assert.equal(gz.code, FAULTS.BadUsage.number);
  assert.match(gz.errors, /--no-filters goes with \.pith and \.dvn files/);
});
