/**
 * Writes docs/guides/faults.md from the table of faults (src/core/errors.ts).
 *
 * The document is the table as people read it: exit codes of the command, answers of the
 * service, and what to do about each kind. A test compares it, so it cannot fall behind.
 *
 *   node scripts/faults-table.ts
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FAULTS, type Fault, type FaultKind } from "../src/core/errors.ts";

export const FAULTS_DOCUMENT = join(resolve(import.meta.dirname, ".."), "docs/guides/faults.md");

/** What happened, and what whoever meets it does. */
const KINDS: Readonly<Record<FaultKind, readonly [happened: string, whatToDo: string]>> = {
  input: ["these bytes or this request cannot be taken", "change what is asked for; Pith is well"],
  limit: ["larger, longer or busier than agreed", "ask for less, later, or raise the limit"],
  corrupt: [
    "stored bytes are not what was written",
    "`pith check`; restore the object; look at the disk",
  ],
  io: ["disk, network or database failed", "try again; then look at the machine"],
  bug: ["something that must hold does not", "report it; what was stored before is untouched"],
};

const INTRODUCTION = `# Faults

Every way in which Pith can fail, one row each. The number is the exit code of the \`pith\` command and
never changes its meaning; the HTTP status and the S3 code are what the service answers; the name is
the \`code\` in logs, in \`/-/stats\` and in the metric \`pith_faults_total\`. Exit code 0 means that
all went well, and 128 and above that a signal ended the command.

This page is written by \`node scripts/faults-table.ts\` from \`src/core/errors.ts\`.
`;

/** The whole document. */
export function faultsDocument(): string {
  const kinds = Object.entries(KINDS).map(([kind, texts]) => row([kind, ...texts]));
  const faults = Object.entries<Fault>(FAULTS)
    .sort(([, first], [, second]) => first.number - second.number)
    .map(([name, { number, kind, http, s3, says }]) =>
      row([String(number), name, kind, String(http), s3, says]),
    );
  return [
    INTRODUCTION,
    row(["kind", "what happened", "what to do"]),
    row(["---", "---", "---"]),
    ...kinds,
    "",
    row(["number", "name", "kind", "HTTP", "S3 code", "says"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...faults,
    "",
  ].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

if (import.meta.main) writeFileSync(FAULTS_DOCUMENT, faultsDocument());
