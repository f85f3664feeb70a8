import assert from "node:assert/strict";
import { test } from "node:test";
import { linearAxis } from "./axes.ts";
import { COLORS, drawFigure, type Figure, type Series } from "./plot.ts";

function figureOf(series: readonly Series[]): Figure {
  const axis = linearAxis("value", 0, 9.8);
  const panels = [{ title: "panel", x: axis, y: axis, series }];
  return { title: "a < b & c", subtitle: "", panels, note: "" };
}

const SERIES: Series = { name: "one", color: COLORS.blue, mark: "dot", points: [{ x: 5, y: 5 }] };

test("a point in the middle of both axes lies in the middle of the field", () => {
  const svg = drawFigure(figureOf([SERIES]));
  assert.match(svg, /<circle cx="430" cy="200"/);
});

test("titles are escaped", () => {
  assert.match(drawFigure(figureOf([])), />a &lt; b &amp; c</);
});

test("labels of points that coincide do not cover one another", () => {
  const labelled = ["a", "b", "c", "d"].map((label) => ({
    ...SERIES,
    name: label,
    points: [{ x: 5, y: 0.1, label }],
  }));
  const svg = drawFigure(figureOf(labelled));
  const rows = [...svg.matchAll(/y="([\d.]+)" fill="#0072b2">[abcd]</g)].map(([, y]) => Number(y));
  assert.equal(rows.length, 4);
  rows.sort((one, other) => one - other);
  for (const [i, y] of rows.entries())
    assert.ok(i === 0 || y - (rows[i - 1] ?? 0) >= 15, `${rows}`);
});
