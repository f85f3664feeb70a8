/**
 * Reference of dense JPEG files: the coefficients of one segment.
 *
 *   MCU row -> component -> row of blocks -> block: interior, row edge, column edge, DC
 *
 * Written from the sections "Order of rows" and "Order of blocks" of docs/formats/jpeg-dense.md.
 */
import { classOf, type Scene } from "./block-coder.ts";
import { type Component, describeBlock, neighboursOf } from "./component.ts";
import { decodeDc } from "./dc.ts";
import { Decisions, Tables } from "./decisions.ts";
import { decodeEdge } from "./edge.ts";
import { decodeInterior } from "./interior.ts";
import { Quotients } from "./levels.ts";
import type { PriorSet } from "./prior-set.ts";
import { RangeDecoder } from "./range-decoder.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly mcuColumns: number;
  readonly mcuRows: number;
  readonly components: readonly Component[];
}

/**
 * Fills in the coefficients of a segment.
 *
 * @param firstMcuRow - its first MCU row; `endMcuRow` is the one behind its last
 * @returns how many decisions that took
 */
export function decodeSegment(
  picture: Picture,
  priors: PriorSet,
  stream: Uint8Array,
  firstMcuRow: number,
  endMcuRow: number,
): number {
  const { components } = picture;
  const decisions = new Decisions(priors.parameters, new RangeDecoder(stream));
  const tables = [0, 1].map((colour) => new Tables(priors.parameters, colour));
  const quotients = components.map(({ quantizers }) =>
    Array.from(quantizers, (quantizer) => new Quotients(quantizer)),
  );
  for (const component of components) component.forget();
  for (let m = firstMcuRow; m < endMcuRow; m++) {
    if (components.every(({ v, codedRows }) => m * v >= codedRows)) break;
    for (const [c, component] of components.entries()) {
      const scene = {
        component,
        decisions,
        tables: tables[classOf(c)]!,
        weights: priors.weights,
        quotients: quotients[c]!,
      };
      const end = Math.min(component.codedRows, (m + 1) * component.v);
      for (let y = m * component.v; y < end; y++) {
        decodeRow(scene, components, y, firstMcuRow * component.v);
      }
    }
  }
  return decisions.count;
}

type RowScene = Omit<Scene, "neighbours" | "coefficients" | "x">;

function decodeRow(
  row: RowScene,
  components: readonly Component[],
  y: number,
  firstRow: number,
): void {
  const { component } = row;
  for (let x = 0; x < component.columns; x++) {
    const coefficients = component.block(x, y);
    const neighbours = neighboursOf(components, component, x, y, firstRow);
    const difference = decodeBlock({ ...row, neighbours, coefficients, x: new Int16Array(64) });
    component.keep(x, y, describeBlock(component, coefficients, difference));
    if (y * component.columns + x + 1 >= component.codedBlocks) break;
  }
}

/** The DC's difference. */
function decodeBlock(scene: Scene): number {
  const number = decodeInterior(scene);
  const row = decodeEdge(scene, "row", number, 0);
  const column = decodeEdge(scene, "column", number, row.number);
  return decodeDc(scene, number, row.missed, column.missed);
}
