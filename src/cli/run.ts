/**
 * One run of the command: where it prints, what went wrong, and the number it ends with.
 *
 *   print   what was asked for (listings, figures)              stdout
 *   tell    one JSON object a line                              stdout, with --json only
 *   say     what happened                                       stdout, without -q and --json
 *   note    what a person may like to know                      stderr, silent with -q
 *   fail    one line a fault: `pith: photo.jpg: says (facts)`    stderr, silent with -q
 *
 * The exit code is the number of the first fault (core/errors.ts), 0 when there was none. Names
 * of files and objects are made harmless before they reach a terminal.
 */
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { PithError } from "../core/errors.ts";
import { printable } from "./printable.ts";

/** What a run needs of its process; tests bring their own. */
export interface Surroundings {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How much a command says; see `addReportOptions` in options.ts. */
export interface ReportOptions {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

export class Run {
  readonly surroundings: Surroundings;
  /** -q: nothing but what was asked for. */
  quiet = false;
  /** -v: also what went as expected. */
  verbose = false;
  /** --json: what is printed is for programs. */
  json = false;
  /** When data leave through stdout, text has to take stderr. */
  dataOnStdout = false;
  /** Clears the progress line, while there is one (progress.ts). */
  beforeText: (() => void) | undefined;
  #firstFault = 0;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** 0, or the number of the first fault of this run. */
  get exitCode(): number {
    return this.#firstFault;
  }

  /** Prints lines that were asked for; resolves when the reader can take more. */
  async print(text: string): Promise<void> {
    this.beforeText?.();
    const target = this.dataOnStdout ? this.surroundings.stderr : this.surroundings.stdout;
    if (!target.write(`${text}\n`)) await once(target, "drain");
  }

  /** Prints what happened, for people: not with -q, not with --json. */
  async say(text: string): Promise<void> {
    if (!this.quiet && !this.json) await this.print(text);
  }

  /** Prints one JSON object a line, with --json only. */
  async tell(fields: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.json) await this.print(JSON.stringify(fields));
  }

  /** Takes over what -q, -v and --json say. */
  listen(options: ReportOptions): void {
    this.quiet = options.quiet === true;
    this.verbose = options.verbose === true;
    this.json = options.json === true;
  }

  /** Tells something to a person, unless -q. */
  note(text: string): void {
    if (this.quiet) return;
    this.beforeText?.();
    this.surroundings.stderr.write(`pith: ${text}\n`);
  }

  /** Tells a detail to a person who gave -v. */
  detail(text: string): void {
    if (this.verbose) this.note(text);
  }

  /**
   * Counts a fault and tells it in one line.
   *
   * @param name - the file or object it happened to; undefined when it is the run itself
   */
  fail(name: string | undefined, error: unknown): PithError {
    const fault = PithError.from(error, "AssertionFailure");
    if (this.#firstFault === 0) this.#firstFault = fault.number;
    const where = name === undefined ? "" : `${printable(name)}: `;
    this.note(`${where}${printable(fault.message)}`);
    if (this.verbose && fault.kind === "bug") this.note(printableLines(fault));
    return fault;
  }
}

function printableLines(fault: PithError): string {
  const causes: string[] = [];
  for (let error: unknown = fault; error instanceof Error; error = error.cause) {
    causes.push(error.stack ?? error.message);
  }
  return causes.join("\ncaused by: ").split("\n").map(printable).join("\n");
}
