/**
 * One line that tells how far long work is, on a terminal only.
 *
 *   [=========           ]  44%  1.32 GB of 3.00 GB  212 MB/s  0:08 left  b.jpg
 *
 * It shows up after half a second, is drawn ten times a second at most, and gives way to any
 * other text of the run. Where stderr is no terminal, and with -q, nothing is ever printed.
 */
import { basename } from "node:path";
import { styleText } from "node:util";
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";
import { formatBytes } from "./table.ts";

const BAR_WIDTH = 20;
const FIRST_DRAWN_MS = 500;
const REDRAWN_MS = 100;
const ERASE_LINE = "\r\u001b[2K";

export interface Progress {
  /** Adds bytes that are done. */
  add(bytes: number): void;
  /** What is being worked on now. */
  on(name: string): void;
  /** Takes the line away. */
  end(): void;
}

/**
 * Begins to tell of work on `totalBytes` in all.
 *
 * @param totalBytes - undefined where it is not known: then only what is done is told
 */
export function beginProgress(run: Run, totalBytes: number | undefined): Progress {
  const { stderr } = run.surroundings;
  if (run.quiet || stderr.isTTY !== true) return { add() {}, on() {}, end() {} };
  const startedMs = Date.now();
  let done = 0;
  let name = "";
  const draw = (): void => {
    const line = progressLine(done, totalBytes, Date.now() - startedMs, name);
    // Some terminals say that they have no columns at all.
    const columns = stderr.columns || 80;
    const shown = [...line].slice(0, Math.max(0, columns - 1)).join("");
    stderr.write(
      `${ERASE_LINE}${styleText("dim", shown, { stream: stderr as NodeJS.WriteStream })}`,
    );
  };
  let timer = setTimeout(function again() {
    run.beforeText = () => void stderr.write(ERASE_LINE);
    draw();
    timer = setTimeout(again, REDRAWN_MS);
    timer.unref();
  }, FIRST_DRAWN_MS);
  timer.unref();
  return {
    add(bytes) {
      done += bytes;
    },
    on(next) {
      name = next;
    },
    end() {
      clearTimeout(timer);
      run.beforeText?.();
      run.beforeText = undefined;
    },
  };
}

/** The line without colour; `elapsedMs` since the work began. */
export function progressLine(
  done: number,
  total: number | undefined,
  elapsedMs: number,
  name: string,
): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const speed = `${formatBytes(Math.round(rate))}/s`;
  const parts: string[] = [];
  if (total === undefined) parts.push(formatBytes(done), speed);
  else {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(share * BAR_WIDTH);
    parts.push(`[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}]`);
    parts.push(`${String(Math.floor(share * 100)).padStart(3)}%`);
    parts.push(`${formatBytes(done)} of ${formatBytes(total)}`, speed);
    if (rate > 0) parts.push(`${minutes((total - Math.min(done, total)) / rate)} left`);
  }
  if (name !== "") parts.push(printable(basename(name)));
  return parts.join("  ");
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
