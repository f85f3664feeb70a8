/**
 * Plots as SVG, for results that a table hides: panels with axes, points, lines and a legend.
 *
 *   +---------------- title, subtitle ----------------+
 *   |  legend: one mark and name a series             |
 *   |  panel           panel                          |
 *   |  y |  . o .      y |  . o                       |
 *   |    +-------x       +-------x                    |
 *   +---------------- note ---------------------------+
 *
 * Text only, no dependency: what is drawn is one string. Colours are told apart by people
 * who see fewer of them (Okabe and Ito), and no two series differ by colour alone.
 */
import { type Axis, place } from "./axes.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Written beside the point. */
  readonly label?: string;
}

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly mark: "dot" | "ring" | "square" | "cross" | "diamond" | "triangle";
  readonly points: readonly Point[];
  /** A line of its own, over the points. */
  readonly line?: readonly Point[];
  readonly dashed?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Levels worth seeing: a target, a zero. */
  readonly levels?: readonly { readonly y: number; readonly says: string }[];
}

export interface Figure {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly Panel[];
  readonly note: string;
}

export const COLORS = {
  blue: "#0072b2",
  orange: "#d55e00",
  green: "#009e73",
  purple: "#aa4488",
  sky: "#3a9bdc",
  amber: "#b8860b",
  grey: "#6b6b6b",
} as const;

/** Width of a panel's field when it is alone in its figure, and beside another. */
const WIDTHS = { alone: 860, beside: 520 } as const;
const PANEL_HEIGHT = 400;
/** Around the field of a panel: room for tick labels and axis labels. */
const LEFT = 68;
const RIGHT = 24;
const PANEL_TOP = 34;
const BOTTOM = 56;
const MARGIN = 20;
const LEGEND_ROW = 22;
const TEXT_ROW = 17;
/** Width of a character of 13 pixels, on the safe side: fonts differ from machine to machine. */
const CHARACTER = 7.4;

/** The whole figure as an SVG document. */
export function drawFigure({ title, subtitle, panels, note }: Figure): string {
  const field = panels.length === 1 ? WIDTHS.alone : WIDTHS.beside;
  const width = panels.length * (field + LEFT + RIGHT);
  const under = linesOf(subtitle, width - 2 * MARGIN);
  const notes = linesOf(note, width - 2 * MARGIN);
  const legendTop = 36 + under.length * TEXT_ROW + 20;
  const legend = legendOf(panels, width, legendTop);
  const top = legendTop + legend.rows * LEGEND_ROW + PANEL_TOP;
  const notesTop = top + PANEL_HEIGHT + BOTTOM + 16;
  const height = notesTop + notes.length * TEXT_ROW;
  const drawn = panels.map((panel, i) =>
    group(i * (field + LEFT + RIGHT) + LEFT, top, drawPanel(panel, field)),
  );
  const rows = (words: readonly string[], y: number, look: string): string[] =>
    words.map((row, i) => text(MARGIN, y + i * TEXT_ROW, row, look));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(MARGIN, 30, title, 'font-size="18" font-weight="bold" fill="#222222"'),
    ...rows(under, 52, 'fill="#555555"'),
    legend.drawn,
    ...drawn,
    ...rows(notes, notesTop, 'font-size="12" fill="#666666"'),
    "</svg>\n",
  ].join("\n");
}

/** Words in rows of at most this width. */
function linesOf(words: string, width: number): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of words.split(" ")) {
    const longer = row === "" ? word : `${row} ${word}`;
    if (longer.length * CHARACTER > width && row !== "") {
      rows.push(row);
      row = word;
    } else row = longer;
  }
  return row === "" ? rows : [...rows, row];
}

/** Names and marks of all series, each once, in rows as wide as the figure; series whose points
 * have labels need none. */
function legendOf(
  panels: readonly Panel[],
  width: number,
  top: number,
): { drawn: string; rows: number } {
  const all = panels
    .flatMap(({ series }) => series)
    .filter(({ points }) => points.some(({ label }) => label === undefined));
  const names = [...new Map(all.toReversed().map((one) => [one.name, one])).values()].reverse();
  const parts: string[] = [];
  let x = MARGIN;
  let row = 0;
  for (const series of names) {
    const needed = 46 + series.name.length * CHARACTER;
    if (x + needed > width - MARGIN) {
      x = MARGIN;
      row += 1;
    }
    const y = top + row * LEGEND_ROW;
    if (series.line !== undefined) parts.push(path([point(x, y), point(x + 24, y)], series));
    parts.push(markAt(x + 12, y, series));
    parts.push(text(x + 31, y + 4.5, series.name, 'fill="#222222"'));
    x += needed;
  }
  return { drawn: parts.join("\n"), rows: names.length === 0 ? 0 : row + 1 };
}

function drawPanel({ title, x, y, series, levels = [] }: Panel, width: number): string {
  const toX = (value: number): number => place(value, x) * width;
  const toY = (value: number): number => (1 - place(value, y)) * PANEL_HEIGHT;
  const parts = [text(0, -12, title, 'font-weight="bold" fill="#222222"')];
  for (const tick of y.ticks) {
    const at = toY(tick);
    parts.push(line(0, at, width, at, "#e4e4e4"));
    parts.push(text(-8, at + 4.5, show(tick), 'text-anchor="end" fill="#444444"'));
  }
  for (const tick of x.ticks) {
    const at = toX(tick);
    parts.push(line(at, 0, at, PANEL_HEIGHT, "#f0f0f0"));
    parts.push(line(at, PANEL_HEIGHT, at, PANEL_HEIGHT + 5, "#888888"));
    const where = 'text-anchor="middle" fill="#444444"';
    parts.push(text(at, PANEL_HEIGHT + 20, show(tick), where));
  }
  parts.push(line(0, PANEL_HEIGHT, width, PANEL_HEIGHT, "#888888"));
  parts.push(line(0, 0, 0, PANEL_HEIGHT, "#888888"));
  const middle = 'text-anchor="middle" fill="#222222"';
  parts.push(text(width / 2, PANEL_HEIGHT + 43, x.label, middle));
  const turned = `transform="translate(-50 ${PANEL_HEIGHT / 2}) rotate(-90)"`;
  parts.push(`<text ${turned} ${middle}>${escaped(y.label)}</text>`);
  for (const { y: level, says } of levels) {
    const at = toY(level);
    const dashes = 'stroke="#222222" stroke-width="1" stroke-dasharray="2 3"';
    parts.push(`<path d="M0 ${round(at)}H${width}" ${dashes}/>`);
    const where = 'text-anchor="end" font-size="12" fill="#222222"';
    parts.push(text(width - 6, at - 5, says, where));
  }
  for (const one of series) {
    for (const { x: px, y: py } of one.points) parts.push(markAt(toX(px), toY(py), one));
  }
  for (const one of series) {
    if (one.line === undefined) continue;
    parts.push(
      path(
        one.line.map(({ x: px, y: py }) => point(toX(px), toY(py))),
        one,
      ),
    );
  }
  parts.push(drawLabels(series, width, toX, toY));
  return parts.join("\n");
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** Labels right of their points, or left where there is no room; one that would cover another
 * moves up or down, as little as it must. */
function drawLabels(
  series: readonly Series[],
  panelWidth: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string {
  const taken: Box[] = [];
  const labels = series
    .flatMap(({ points, line: over = [], color }) =>
      [...points, ...over].map((one) => ({ ...one, color })),
    )
    .flatMap(({ x, y, label, color }) =>
      label === undefined ? [] : [{ x: toX(x), y: toY(y), label, color }],
    );
  return labels
    .map(({ x, y, label, color }) => {
      const width = label.length * CHARACTER;
      const left = x + 10 + width > panelWidth ? x - 10 - width : x + 10;
      const right = left + width;
      const covers = (at: number): boolean =>
        at > PANEL_HEIGHT - 3 ||
        taken.some((box) => left < box.right && right > box.left && Math.abs(box.y - at) < 15);
      const ways = Array.from(
        { length: 60 },
        (_, i) => (i % 2 === 1 ? -1 : 1) * ((i + 1) >> 1) * 3,
      );
      const at = y + 4.5 + (ways.find((way) => !covers(y + 4.5 + way)) ?? 0);
      taken.push({ left, right, y: at });
      return text(left, at, label, `fill="${color}"`);
    })
    .join("\n");
}

function show(value: number): string {
  return Math.abs(value) >= 10_000 ? value.toLocaleString("en-US") : String(value);
}

function point(x: number, y: number): string {
  return `${round(x)} ${round(y)}`;
}

function path(points: readonly string[], { color, dashed = false }: Series): string {
  const dashes = dashed ? ' stroke-dasharray="6 4"' : "";
  const stroke = `fill="none" stroke="${color}" stroke-width="2.2" stroke-linejoin="round"`;
  return `<path d="M${points.join("L")}" ${stroke}${dashes}/>`;
}

function markAt(x: number, y: number, { mark, color }: Series): string {
  const [cx, cy] = [round(x), round(y)];
  const filled = `fill="${color}" fill-opacity="0.6"`;
  const drawn = `fill="none" stroke="${color}" stroke-width="1.6"`;
  switch (mark) {
    case "dot":
      return `<circle cx="${cx}" cy="${cy}" r="3.6" ${filled}/>`;
    case "ring":
      return `<circle cx="${cx}" cy="${cy}" r="3.4" ${drawn}/>`;
    case "square":
      return `<rect x="${round(x - 3.2)}" y="${round(y - 3.2)}" width="6.4" height="6.4" ${filled}/>`;
    case "diamond":
      return `<path d="M${point(x, y - 4.4)}l4.4 4.4l-4.4 4.4l-4.4 -4.4z" ${filled}/>`;
    case "triangle":
      return `<path d="M${point(x, y - 4.2)}l4.2 7.2h-8.4z" ${drawn}/>`;
    case "cross":
      return `<path d="M${point(x - 3.2, y - 3.2)}l6.4 6.4m0 -6.4l-6.4 6.4" ${drawn}/>`;
  }
}

function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<path d="M${point(x1, y1)}L${point(x2, y2)}" stroke="${color}"/>`;
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;
}

function group(x: number, y: number, drawn: string): string {
  return `<g transform="translate(${round(x)} ${round(y)})">\n${drawn}\n</g>`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
