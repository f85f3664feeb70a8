/**
 * `pith recode`: codes what is stored anew, more densely than it was put.
 *
 * In a folder it works here until it is done; a service does it in the background, and is asked how
 * far it is.
 */
import { type Command, InvalidArgumentError } from "commander";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { type FaultCode, PithError } from "../core/errors.ts";
import { RECODE_RATE_MAXIMUM, RECODE_RATE_MINIMUM } from "../core/limits.ts";
import type { Access, RecodeStatus } from "./access.ts";
import { addressText } from "./address.ts";
import { undoOnInterrupt } from "./interrupt.ts";
import { withAccess } from "./open-access.ts";
import {
  addReportOptions,
  addStoreOptions,
  choice,
  examples,
  type StoreOptions,
} from "./options.ts";
import { beginProgress } from "./progress.ts";
import type { ReportOptions, Run } from "./run.ts";
import { countOf, formatBytes, formatCount, formatPercent, savedPercent } from "./table.ts";

interface RecodeCommandOptions extends StoreOptions, ReportOptions {
  readonly effort?: Effort;
  readonly codec?: string;
  readonly from?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  /** Bytes a second. */
  readonly rate?: number;
  readonly idle: boolean;
  readonly dryRun?: boolean;
}

/** Adds `pith recode`. */
export function addRecode(program: Command, run: Run): void {
  const command = program
    .command("recode [start|status|stop]")
    .usage("[options] [start|status|stop]")
    .summary("code what is stored anew, denser")
    .description(
      "Codes what is stored anew, densely unless told otherwise, and keeps what is at least a " +
        "sixty-fourth smaller; every frame is proven before it takes the place of another. What " +
        "was tried is not tried again, and a run that was stopped or killed goes on where it was. " +
        "With --data it works until it is done; a service does it in the background, while nobody " +
        "puts or gets.",
    )
    .addOption(choice("--effort <effort>", "time to spend (default: dense)", EFFORTS))
    .option("--codec <name>", "use this codec alone")
    .option("--from <codec>", "only chunks that this codec wrote")
    .option("--bucket <name>", "only this bucket")
    .option("--prefix <prefix>", "with --bucket: only keys that begin so")
    .option("--rate <MB/s>", "read no faster than so many megabytes a second", readRate)
    .option("--no-idle", "of a service: also while others put and get")
    .option("--dry-run", "code and count, and change nothing");
  addReportOptions(addStoreOptions(command))
    .addHelpText(
      "after",
      examples([
        ["pith recode", "the running service begins"],
        ["pith recode status", "how far it is, and what it saved"],
        ["pith recode stop", "and `pith recode` goes on"],
        ["pith recode --from lepton --bucket photos", "only the photos"],
        ["pith recode --data /srv/pith --rate 20", "here, when no service runs"],
        ["pith recode --data /srv/pith --dry-run", "what could be saved"],
      ]),
    )
    .action(async (verb: string | undefined, options: RecodeCommandOptions) => {
      run.listen(options);
      await withAccess(options, 1, run, (access) => recode(access, verb, options, run));
    });
}

/** A reader of megabytes a second, as bytes. */
function readRate(text: string): number {
  const rate = Math.round(Number(text) * 1e6);
  const isRight = /^\d+(\.\d+)?$/.test(text);
  if (!isRight || rate < RECODE_RATE_MINIMUM || rate > RECODE_RATE_MAXIMUM) {
    throw new InvalidArgumentError("It must be a number of megabytes a second, such as 0.5 or 20.");
  }
  return rate;
}

async function recode(
  access: Access,
  verb: string | undefined,
  options: RecodeCommandOptions,
  run: Run,
): Promise<void> {
  if (verb === "status" || verb === "stop") {
    const status = verb === "stop" ? await access.stopRecoding() : await access.recoding();
    await run.tell({ ...(status ?? { state: "none" }) });
    await run.say(status === undefined ? "nothing was recoded yet" : recodePage(status));
    return;
  }
  if (verb !== undefined && verb !== "start") {
    throw new PithError("BadUsage", { why: "it is `pith recode start|status|stop`" });
  }
  const status = await recodeHere(access, options, run);
  await run.tell({ ...status });
  if (status.state === "running") {
    await run.say("begun; `pith recode status` tells how far it is");
    return;
  }
  await run.say(recodePage(status));
  const [failed] = Object.entries(status.counts.failed);
  if (failed === undefined) return;
  throw new PithError(failed[0] as FaultCode, { task: "recode", objects: failed[1] });
}

async function recodeHere(
  access: Access,
  options: RecodeCommandOptions,
  run: Run,
): Promise<RecodeStatus> {
  const { effort, codec, from, bucket, prefix, rate: bytesPerSecond, dryRun } = options;
  const wishes = { effort, codec, from, bucket, prefix, bytesPerSecond, dryRun };
  if (options.data === undefined) {
    return await access.recode({ ...wishes, idle: options.idle }, () => undefined);
  }
  const { plainBytes } = await access.figures();
  const progress = beginProgress(run, bucket === undefined ? plainBytes : undefined);
  const told = undoOnInterrupt(() => run.note("stopped; the same command goes on from here"));
  let seen = 0;
  try {
    return await access.recode(wishes, ({ objectBytes }) => {
      progress.add(objectBytes - seen);
      seen = objectBytes;
    });
  } finally {
    told();
    progress.end();
  }
}

/** The page that `pith recode` prints. */
export function recodePage({ state, wish, after, dryRun, counts, fault }: RecodeStatus): string {
  const { objects, chunks, rewritten, kept, skipped, bytesBefore, bytesAfter } = counts;
  const what = wish.codec === undefined ? `effort ${wish.effort}` : `codec ${wish.codec}`;
  const ends = fault === undefined ? state : `${state} (${fault})`;
  const place =
    after === undefined || state === "done"
      ? ""
      : `, up to ${addressText(after.bucket, after.key)}`;
  const outcomes = [`${formatCount(rewritten)} rewritten`, `${formatCount(kept)} kept`];
  const lines = [
    `recoding with ${what}${dryRun ? ", for show" : ""}: ${ends}${place}`,
    `${countOf(objects, "object")}, ${countOf(chunks, "chunk")} looked at: ` +
      `${outcomes.join(", ")}, ${formatCount(skipped)} skipped`,
  ];
  if (bytesBefore > 0) {
    const saved = formatPercent(savedPercent(bytesBefore, bytesAfter));
    const take = dryRun ? "would take" : "take now";
    lines.push(
      `${formatBytes(bytesBefore)} coded anew ${take} ${formatBytes(bytesAfter)}: ${saved} saved`,
    );
  }
  const failed = Object.entries(counts.failed);
  if (failed.length > 0) {
    const codes = failed.map(([code, count]) => `${code} ${formatCount(count)}`);
    lines.push(`could not be recoded, by objects: ${codes.join(", ")}`);
  }
  return lines.join("\n");
}
