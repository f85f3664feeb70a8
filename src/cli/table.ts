/**
 * Figures and tables for people: sizes, shares, seconds, aligned columns.
 *
 * Sizes count in thousands (1 kB = 1,000 bytes), as disks and `ls --si` do. Programs read
 * --json instead, where every number is exact.
 */
import { printable } from "./printable.ts";

export type Alignment = "left" | "right";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size in bytes as three digits and a unit: "812 B", "4.19 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return `${value} B`;
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(decimals)} ${UNITS[unit]}`;
}

/** How many percent smaller `bytesOut` is than `bytesIn`, one decimal; negative when larger. */
export function savedPercent(bytesIn: number, bytesOut: number): number {
  if (bytesIn === 0) return 0;
  return Math.round((1 - bytesOut / bytesIn) * 1000) / 10;
}

/** A share as text: "22.4%". */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(1)}%`;
}

/** A rate is told from here on; of less it says nothing but how long a start takes. */
const RATED_BYTES_MINIMUM = 1_000_000;

/** What `bytes` in `seconds` come to: "1.3 s, 212 MB/s". */
export function formatRate(bytes: number, seconds: number): string {
  const rated = seconds > 0 && bytes >= RATED_BYTES_MINIMUM;
  const rate = rated ? `, ${formatBytes(Math.round(bytes / seconds))}/s` : "";
  return `${seconds.toFixed(1)} s${rate}`;
}

/** A count with thin groups: "12,345". */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `count` things: "1 object", "12,345 objects". */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A time in UTC to the second: "2026-11-21 08:16:28". */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

/**
 * Rows in aligned columns, two spaces apart, under their titles; no line ends in spaces.
 *
 * @param titles - one a column; all empty leaves the line out
 * @param alignments - one a column
 */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string {
  const lines = titles.every((title) => title === "") ? [...rows] : [titles, ...rows];
  const shown = lines.map((cells) => cells.map(printable));
  const widths = titles.map((_, column) =>
    shown.reduce((widest, cells) => Math.max(widest, widthOf(cells[column] ?? "")), 0),
  );
  return shown
    .map((cells) =>
      cells
        .map((cell, column) => pad(cell, widths[column] ?? 0, alignments[column] ?? "left"))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A codec, and the filter that came before it, where one did. */
export function codecLabel(codec: string, filter: string | undefined): string {
  return filter === undefined ? codec : `${filter} + ${codec}`;
}

function pad(cell: string, width: number, alignment: Alignment): string {
  const space = " ".repeat(Math.max(0, width - widthOf(cell)));
  return alignment === "right" ? space + cell : cell + space;
}

/** Columns that a text takes on a terminal: wide East Asian letters and pictures take two,
 * combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    const code = character.codePointAt(0) ?? 0;
    const wide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0x1f300 && code <= 0x1faff) ||
      (code >= 0x20000 && code <= 0x3fffd);
    width += wide ? 2 : 1;
  }
  return width;
}
