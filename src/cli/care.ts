/**
 * `pith stats`, `check`, `collect` and `gate`: how a store is, and what keeps it well.
 */
import type { Command } from "commander";
import { PithError } from "../core/errors.ts";
import type { CheckReport } from "../store/index.ts";
import type { Access, CodecFigures, CodecOutcomeFigures, StoreFigures } from "./access.ts";
import { addressText } from "./address.ts";
import { withAccess } from "./open-access.ts";
import { addStoreOptions, examples, type StoreOptions, wholeNumber } from "./options.ts";
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";
import {
  codecLabel,
  countOf,
  formatBytes,
  formatCount,
  formatPercent,
  formatTable,
  savedPercent,
} from "./table.ts";

interface CareOptions extends StoreOptions {
  readonly json?: boolean;
}

/** Problems that are told one by one; more are counted. */
const PROBLEMS_SHOWN = 20;

/** Adds `pith stats`. */
export function addStats(program: Command, run: Run): void {
  const command = program
    .command("stats")
    .summary("what is stored, and what was saved")
    .description("Tells how much is stored, how much that takes, and what each codec saved.");
  addCare(command, run, stats).addHelpText(
    "after",
    examples([
      ["pith stats", "of the running service"],
      ["pith stats --json", "everything it knows"],
      ["pith stats --data /srv/pith", "of a folder that no service has open"],
    ]),
  );
}

/** Adds `pith check`. */
export function addCheck(program: Command, run: Run): void {
  const command = program
    .command("check")
    .summary("look whether everything is there")
    .description(
      "Looks whether everything that the store promises is there. With --deep every blob is read, " +
        "held against its name and decoded.",
    )
    .option("--deep", "read and decode every blob");
  addCare(command, run, check).addHelpText(
    "after",
    examples([
      ["pith check", "beside the running service"],
      ["pith check --deep || alert", "the exit code tells"],
    ]),
  );
}

/** Adds `pith collect`. */
export function addCollect(program: Command, run: Run): void {
  const command = program
    .command("collect")
    .summary("remove what nothing needs any more")
    .description(
      "Removes chunks and blobs that nothing references and whose grace time has passed. The " +
        "service does this by itself every few minutes.",
    )
    .option(
      "--grace <seconds>",
      "with --data: how long garbage is kept",
      wholeNumber(0, 365 * 24 * 60 * 60),
    )
    .option("--orphans", "with --data: also blobs that the metadata does not know");
  addCare(command, run, collect).addHelpText(
    "after",
    examples([
      ["pith collect", "now"],
      ["pith collect --data /srv/pith --grace 0", "everything, when no service runs"],
    ]),
  );
}

/** Adds `pith gate`. */
export function addGate(program: Command, run: Run): void {
  const command = program
    .command("gate [enable|disable] [codec]")
    .usage("[options] [enable|disable <codec>]")
    .summary("switch a codec off, or on again")
    .description(
      "Switches a codec off for new writes, or on again, within a second on every thread. Writes " +
        "go on with the next codec, and what was written can always be read. Alone it lists " +
        "which codecs are off.",
    );
  addStoreOptions(command)
    .addHelpText(
      "after",
      examples([
        ["pith gate", "which codecs are switched off"],
        ["pith gate disable zlib", "no new frame is written by zlib"],
        ["pith gate enable zlib", "and again it is"],
      ]),
    )
    .action(async (verb: string | undefined, codec: string | undefined, options: StoreOptions) => {
      await withAccess(options, 1, run, (access) => gate(access, verb, codec, run));
    });
}

function addCare<Options extends CareOptions>(
  command: Command,
  run: Run,
  work: (access: Access, options: Options, run: Run) => Promise<void>,
): Command {
  return addStoreOptions(command)
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      run.listen(options.json === true ? { json: true } : {});
      await withAccess(options, 1, run, (access) => work(access, options, run));
    });
}

async function stats(access: Access, _options: CareOptions, run: Run): Promise<void> {
  const figures = await access.figures();
  await run.tell(figures.raw);
  await run.say(statsPage(access.place, figures));
}

/** The page that `pith stats` prints. */
export function statsPage(place: string, figures: StoreFigures): string {
  const { buckets, objects, plainBytes, storedBytes, awaiting, codecs } = figures;
  const { outcomes, disabledCodecs } = figures;
  // What chunks point to; the rest are blobs that were replaced and wait for their collection.
  const takenBytes = codecs.reduce((sum, codec) => sum + codec.storedBytes, 0);
  const garbageBytes = Math.max(0, storedBytes - takenBytes);
  const repeatedBytes = plainBytes - codecs.reduce((sum, codec) => sum + codec.plainBytes, 0);
  const saved = formatPercent(savedPercent(plainBytes, takenBytes));
  const holds = `${countOf(objects, "object")} in ${countOf(buckets, "bucket")}`;
  const lines = [
    `${place}: ${holds}`,
    `${formatBytes(plainBytes)} take ${formatBytes(takenBytes)}: ${saved} saved`,
  ];
  if (repeatedBytes > 0) {
    lines.push(`${formatBytes(repeatedBytes)} of it are repeated chunks, kept once`);
  }
  if (garbageBytes > 0) lines.push(`${formatBytes(garbageBytes)} more wait to be collected`);
  if (awaiting > 0) lines.push(`${countOf(awaiting, "object waits", "objects wait")} to be coded`);
  if (codecs.length > 0) lines.push("", codecTable(codecs));
  if (outcomes.length > 0) {
    lines.push("", "since the start:", outcomeTable(outcomes));
  }
  if (disabledCodecs.length > 0) lines.push("", `switched off: ${disabledCodecs.join(", ")}`);
  const faults = Object.entries(figures.faults).filter(([, count]) => count > 0);
  if (faults.length > 0) {
    const counts = faults.map(([code, count]) => `${code} ${formatCount(count)}`);
    lines.push("", `faults since the start: ${counts.join(", ")}`);
  }
  return lines.join("\n");
}

function codecTable(codecs: readonly CodecFigures[]): string {
  return formatTable(
    ["codec", "chunks", "plain", "stored", "saved"],
    codecs.map(({ name, filter, chunks, plainBytes, storedBytes }) => [
      codecLabel(name, filter),
      formatCount(chunks),
      formatBytes(plainBytes),
      formatBytes(storedBytes),
      formatPercent(savedPercent(plainBytes, storedBytes)),
    ]),
    ["left", "right", "right", "right", "right"],
  );
}

/** What became of chunks at each codec, by reason: the table that tells what a codec is worth. */
function outcomeTable(outcomes: readonly CodecOutcomeFigures[]): string {
  return formatTable(
    ["codec", "outcome", "reason", "chunks"],
    outcomes.map(({ codec, filter, outcome, code, chunks }) => [
      codecLabel(codec, filter),
      outcome,
      code,
      formatCount(chunks),
    ]),
    ["left", "left", "left", "right"],
  );
}

async function check(
  access: Access,
  options: CareOptions & { readonly deep?: boolean },
  run: Run,
): Promise<void> {
  const report = await access.check(options.deep === true);
  await run.tell({ ...report });
  await run.say(checkPage(report));
  for (const { what, object, blob } of report.problems.slice(0, PROBLEMS_SHOWN)) {
    const name = object === undefined ? (blob ?? "store") : addressText(object.bucket, object.key);
    run.note(`${printable(name)}: ${printable(what)}`);
  }
  if (report.problemCount > 0) {
    throw new PithError("CheckFailed", { problems: report.problemCount });
  }
}

/** The page that `pith check` prints; problems are told apart from it. */
export function checkPage(report: CheckReport): string {
  const { objects, chunks, blobs, blobsRead, collectable, orphanCount, problemCount } = report;
  const read = blobsRead > 0 ? `, ${countOf(blobsRead, "blob")} read and decoded` : "";
  const looked = [countOf(objects, "object"), countOf(chunks, "chunk"), countOf(blobs, "blob")];
  const lines = [
    `${looked.join(", ")} looked at${read}: ` +
      (problemCount === 0 ? "all is well" : countOf(problemCount, "problem")),
  ];
  if (collectable.blobs > 0) {
    const size = formatBytes(collectable.bytes);
    lines.push(`${countOf(collectable.blobs, "blob")} (${size}) will be collected in time`);
  }
  if (orphanCount > 0) {
    lines.push(`${countOf(orphanCount, "blob")} on the disk that the metadata does not know`);
  }
  if (!report.settled) {
    lines.push("the store changed all the time: references were not counted");
  }
  return lines.join("\n");
}

async function collect(
  access: Access,
  options: CareOptions & { readonly grace?: number; readonly orphans?: boolean },
  run: Run,
): Promise<void> {
  const { grace, orphans } = options;
  const graceMs = grace === undefined ? undefined : grace * 1000;
  const report = await access.collect({ graceMs, orphans });
  await run.tell({ ...report });
  const { chunks, blobs, bytes } = report;
  const removed = `${countOf(chunks, "chunk")} and ${countOf(blobs, "blob")}`;
  await run.say(`removed ${removed}, ${formatBytes(bytes)}`);
}

async function gate(
  access: Access,
  verb: string | undefined,
  codec: string | undefined,
  run: Run,
): Promise<void> {
  if (verb !== undefined) {
    if ((verb !== "enable" && verb !== "disable") || codec === undefined) {
      throw new PithError("BadUsage", { why: "it is `pith gate enable|disable CODEC`" });
    }
    await access.switchCodec(codec, verb === "enable");
  }
  const { disabledCodecs } = await access.figures();
  await run.say(
    disabledCodecs.length === 0
      ? "no codec is switched off"
      : `switched off: ${disabledCodecs.join(", ")}`,
  );
}
