/**
 * One run of a program: CPU time of its process and its children, wall-clock time, peak memory.
 *
 *   bash: time ( /usr/bin/time -f %M words )      three digits of seconds, and kibibytes
 *
 * The shell's `time` has milliseconds where /usr/bin/time has hundredths, and that one knows the
 * peak. Both take their figures from wait4, so nothing is missed however short the run is.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface Cost {
  /** User and system, all threads. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Peak resident set; undefined where it could not be told. */
  readonly peakKib: number | undefined;
}

/** Longer than the slowest program takes for the largest file it gets. */
const TIMEOUT_MS = 15 * 60_000;

/** GNU time; other systems have a /usr/bin/time of other words. */
const HAS_TIME = ((): boolean => {
  try {
    execFileSync("/usr/bin/time", ["-f", "%M", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/**
 * Runs shell words in a folder; redirections may be among them.
 *
 * @returns undefined when the program said that it failed
 */
export function runProgram(words: string, folder: string): Cost | undefined {
  const peakFile = join(folder, "peak-kib");
  const [, program = "", redirections = ""] = /^([^<>]*)(.*)$/.exec(words) ?? [];
  const measured = HAS_TIME ? `/usr/bin/time -o peak-kib -f %M ${program}` : program;
  const quiet = redirections.includes(">") ? "2> /dev/null" : "> /dev/null 2>&1";
  const script = `TIMEFORMAT='%U %S %R'; time ${measured} ${redirections} ${quiet}`;
  let times: string;
  try {
    times = execFileSync("bash", ["-c", `{ ${script}; } 2>&1`], {
      cwd: folder,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
      env: { ...process.env, LC_ALL: "C" },
    });
  } catch {
    return undefined;
  }
  const [user, system, wall] = times.trim().split(" ").map(Number);
  let peakKib: number | undefined;
  if (existsSync(peakFile)) {
    peakKib = Number(readFileSync(peakFile, "utf8").trim());
    rmSync(peakFile);
  }
  return { cpuSeconds: user! + system!, wallSeconds: wall!, peakKib };
}

/** The cost of one of so many equal runs. */
export function share({ cpuSeconds, wallSeconds, peakKib }: Cost, runs: number): Cost {
  return { cpuSeconds: cpuSeconds / runs, wallSeconds: wallSeconds / runs, peakKib };
}

/** The cost of the work alone: what one run took beyond the start of the program. */
export function beyond(cost: Cost, start: Cost): Cost {
  return {
    cpuSeconds: Math.max(0, cost.cpuSeconds - start.cpuSeconds),
    wallSeconds: Math.max(0, cost.wallSeconds - start.wallSeconds),
    peakKib: cost.peakKib,
  };
}
