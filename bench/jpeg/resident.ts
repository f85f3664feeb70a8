/**
 * Memory of this process, as the system counts it. A child's own ru_maxrss will not do: it remembers
 * what its parent held when they parted.
 */
import { existsSync, readFileSync } from "node:fs";

/** Resident set now, or its peak, in KiB: a line of the system's account of this process; elsewhere
 * what Node knows. */
export function residentKib(line: "VmRSS" | "VmHWM"): number {
  if (!existsSync("/proc/self/status")) {
    return line === "VmHWM"
      ? process.resourceUsage().maxRSS
      : Math.round(process.memoryUsage().rss / 1024);
  }
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1]);
}
