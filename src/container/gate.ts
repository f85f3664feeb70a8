/**
 * The kill switch: which codecs may write now.
 *
 * A codec that is switched off writes no frame that is yielded after that moment (pipeline.ts asks
 * for every chunk, before coding and before yielding); reading is never touched. `stored` cannot
 * be switched off: it is what writes go on with. The name `filters` switches off what comes before
 * general codecs (filtering.ts), and no codec.
 *
 * With a file the switch is a small text: one codec's name a line, `#` starts a comment, no file
 * means that all is on. Whoever can write the file holds the switch; `disable` and `enable` write
 * it too, so that they outlive a restart. A file that cannot be read, or a name that no codec has,
 * is told as a problem and changes nothing else.
 */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { PithError } from "../core/errors.ts";
import { GATE_FILE_BYTES_MAXIMUM, GATE_POLL_MS } from "../core/limits.ts";

export interface GateOptions {
  /** The switch's file; undefined keeps it in memory. */
  readonly file?: string | undefined;
  /** Names of the codecs there are, and of other switches; others are refused, or told as problems. */
  readonly known: readonly string[];
  /** Milliseconds between looks at the file. */
  readonly pollMs?: number;
}

export interface Gate {
  /** What there is to switch off, and `stored`. */
  readonly names: readonly string[];
  /** Names of the codecs that are switched off; costs nothing to ask. */
  disabled(): ReadonlySet<string>;
  /** What is wrong with the switch itself, for people and for health; empty when all is well. */
  problems(): readonly string[];
  /**
   * Switches a codec off for new writes, from this moment; resolves when that is kept.
   *
   * @throws PithError "InvalidArgument" for `stored` and for unknown names; "FileIo" when the file
   *   cannot be written: it holds in this process even then, and is told as a problem
   */
  disable(name: string): Promise<void>;
  /** Switches a codec on again. @throws as `disable` */
  enable(name: string): Promise<void>;
  /** Calls `listener` after every change of what is off or wrong; the result ends that. */
  onChange(listener: () => void): () => void;
  /** Stops watching the file. */
  close(): void;
}

/** Opens the switch; a file has been read once when this resolves. */
export async function createGate(options: GateOptions): Promise<Gate> {
  const gate = new SwitchGate(options);
  await gate.look();
  return gate;
}

/** What a file says, or why it says nothing. */
type Reading =
  | { readonly names: readonly string[]; readonly text: string }
  | { readonly problem: string; readonly cause: unknown };

class SwitchGate implements Gate {
  readonly names: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #file: string | undefined;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Set<() => void>();
  /** What the file said last. */
  #named: ReadonlySet<string> = new Set();
  /** What was switched here and is not in the file yet. */
  readonly #overrides = new Map<string, "off" | "on">();
  #disabled: ReadonlySet<string> = new Set();
  #problems: readonly string[] = [];
  #readProblem: string | undefined;
  #writeProblem: string | undefined;
  /** Looks and writes follow each other, so that no look sees a file from before a write. */
  #line: Promise<unknown> = Promise.resolve();
  #looking = false;

  constructor(options: GateOptions) {
    this.names = options.known;
    this.#known = new Set(options.known);
    this.#file = options.file;
    if (options.file === undefined) return;
    this.#timer = setInterval(() => {
      if (!this.#looking) void this.look();
    }, options.pollMs ?? GATE_POLL_MS);
    this.#timer.unref();
  }

  disabled(): ReadonlySet<string> {
    return this.#disabled;
  }

  problems(): readonly string[] {
    return this.#problems;
  }

  disable(name: string): Promise<void> {
    return this.#switch(name, "off");
  }

  enable(name: string): Promise<void> {
    return this.#switch(name, "on");
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Reads the file now, after what is under way. Never throws: what fails becomes a problem. */
  async look(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#looking = true;
    try {
      await this.#inLine(async () => this.#take(await readSwitches(file)));
    } finally {
      this.#looking = false;
    }
  }

  async #switch(name: string, to: "off" | "on"): Promise<void> {
    if (name === "stored" || !this.#known.has(name)) {
      const what = name === "stored" ? "stored cannot be switched off" : "no such codec";
      throw new PithError("InvalidArgument", { what, codec: name });
    }
    this.#overrides.set(name, to);
    this.#settle();
    const file = this.#file;
    if (file === undefined) return;
    await this.#inLine(async () => {
      try {
        await writeSwitch(file, name, to);
        this.#overrides.delete(name);
        this.#writeProblem = undefined;
        this.#take(await readSwitches(file));
      } catch (error) {
        const fault = PithError.from(error, "FileIo", { file });
        this.#writeProblem = `the switch of ${name} is not kept: ${fault.message}`;
        this.#settle();
        throw fault;
      }
    });
  }

  #inLine(work: () => Promise<void>): Promise<void> {
    const next = this.#line.then(work);
    // Its own caller hears of a failure; the next in line only waits.
    this.#line = next.catch(() => undefined);
    return next;
  }

  #take(reading: Reading): void {
    if ("problem" in reading) {
      this.#readProblem = reading.problem;
    } else {
      this.#readProblem = undefined;
      this.#named = new Set(reading.names);
    }
    this.#settle();
  }

  /** Works out what is off and what is wrong, and tells of a change. */
  #settle(): void {
    const disabled = new Set<string>();
    const problems: string[] = [];
    for (const name of this.#named) {
      if (name === "stored") problems.push("stored cannot be switched off");
      else if (!this.#known.has(name)) problems.push(`no codec has the name ${name}`);
      else if (this.#overrides.get(name) !== "on") disabled.add(name);
    }
    for (const [name, to] of this.#overrides) if (to === "off") disabled.add(name);
    if (this.#readProblem !== undefined) problems.push(this.#readProblem);
    if (this.#writeProblem !== undefined) problems.push(this.#writeProblem);

    const before = JSON.stringify([[...this.#disabled].sort(), this.#problems]);
    this.#disabled = disabled;
    this.#problems = problems;
    if (JSON.stringify([[...disabled].sort(), problems]) === before) return;
    for (const listener of [...this.#listeners]) listener();
  }
}

async function readSwitches(file: string): Promise<Reading> {
  try {
    const { size } = await stat(file);
    if (size > GATE_FILE_BYTES_MAXIMUM) throw new PithError("FileIo", { what: "too long", size });
    const text = await readFile(file, "utf8");
    const names = text.split("\n").map(nameOf);
    return { names: names.filter((name) => name !== ""), text };
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return { names: [], text: "" };
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `the switch file cannot be read: ${why}`, cause: error };
  }
}

/** Writes the file anew with this codec's line added or gone; every other line stays. */
async function writeSwitch(file: string, name: string, to: "off" | "on"): Promise<void> {
  const reading = await readSwitches(file);
  if ("problem" in reading) throw reading.cause;
  const lines = reading.text.split("\n").filter((line) => nameOf(line) !== name);
  while (lines.at(-1) === "") lines.pop();
  if (to === "off") lines.push(name);
  const part = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(part, lines.map((line) => `${line}\n`).join(""), { flush: true });
    await rename(part, file);
  } catch (error) {
    // The first error says more than one of tidying up after it.
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The codec that a line names, "" for none; names that are too odd to show are cut short. */
function nameOf(line: string): string {
  return line.replace(/#.*/, "").trim().slice(0, 64);
}
