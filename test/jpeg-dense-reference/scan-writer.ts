/**
 * Reference of dense JPEG files: the data of one scan, from the coefficients.
 *
 *   MCUs, or blocks of a lone component -> blocks -> bits; restarts between them
 *
 * Written from the section "Writing the JPEG" of docs/formats/lepton.md. Blocks are in block-writer.ts.
 */
import { BitWriter, NoCode } from "./bit-writer.ts";
import { BlockWriter } from "./block-writer.ts";
import type { Scan } from "./markers.ts";
import type { ScanNotes } from "./notes.ts";
import type { Handoff } from "./records.ts";
import type { Picture } from "./segment.ts";

export interface ScanPlan {
  readonly picture: Picture;
  readonly scan: Scan;
  readonly notes: ScanNotes;
  /** What P0D says. */
  readonly padding: number;
  /** How many of the restart markers that are due are there; all, unless told. */
  readonly restarts: number | undefined;
  /** Markers behind the last MCU. */
  readonly surplus: number;
  /** Where to begin. */
  readonly handoff: Handoff;
  readonly endsEarly: boolean;
}

interface BlockPlace {
  readonly member: number;
  readonly x: number;
  readonly y: number;
}

/** The bytes of a scan's data. */
export function writeScan(plan: ScanPlan): number[] {
  const { scan, handoff } = plan;
  const writer = new BitWriter(handoff.overhang, handoff.overhangBits);
  try {
    writeUnits(plan, writer, new BlockWriter(writer, scan, handoff.dc));
  } catch (error) {
    // Behind an early end nothing need be written, and tables need not provide for it.
    if (!(error instanceof NoCode && plan.endsEarly)) throw error;
  }
  return writer.bytes;
}

function writeUnits(plan: ScanPlan, writer: BitWriter, blocks: BlockWriter): void {
  const { scan, notes, padding } = plan;
  const interval = scan.restartInterval;
  let unit = 0;
  let block = 0;
  let restart = 0;
  let hasBegun = false;
  const finish = (): void => {
    blocks.endRun();
    writer.pad(notes.paddings[restart] ?? padding);
  };
  for (const places of units(plan)) {
    const isWanted = places[0]!.y >= firstRowOf(plan, places[0]!.member);
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      // What stands before the first MCU belongs to the one before, whoever has that.
      if (hasBegun) {
        finish();
        for (const number of markersAt(plan, restart)) writer.marker(0xd0 + number);
        blocks.forgetDc();
      }
      restart++;
    }
    hasBegun = isWanted;
    for (const { member, x, y } of places) {
      const { component } = scan.members[member]!;
      const coefficients = plan.picture.components[component]!.block(x, y);
      const deviation = notes.deviations.get(block++);
      if (isWanted) blocks.write(coefficients, scan.members[member]!, deviation);
    }
    unit++;
  }
  finish();
  for (let i = 0; i < plan.surplus; i++) writer.marker(0xd0 + ((restart + i) % 8));
}

/** The first row of a member of the scan that is to be written. */
function firstRowOf({ picture, scan, handoff }: ScanPlan, member: number): number {
  const component = picture.components[scan.members[member]!.component]!;
  return (handoff.firstRow / picture.components[0]!.v) * component.v;
}

function markersAt({ notes, restarts }: ScanPlan, restart: number): readonly number[] {
  const odd = notes.restarts.get(restart);
  if (odd !== undefined) return odd;
  return restart < (restarts ?? Number.POSITIVE_INFINITY) ? [restart % 8] : [];
}

/** Blocks of each MCU; each one alone where the scan has one component. */
function* units({ picture, scan }: ScanPlan): Generator<BlockPlace[]> {
  const components = scan.members.map(({ component }) => picture.components[component]!);
  const [lone] = components;
  if (components.length === 1 && lone !== undefined) {
    for (let y = 0; y < lone.scanRows; y++) {
      for (let x = 0; x < lone.scanColumns; x++) yield [{ member: 0, x, y }];
    }
    return;
  }
  for (let mcu = 0; mcu < picture.mcuColumns * picture.mcuRows; mcu++) {
    const across = mcu % picture.mcuColumns;
    const down = Math.floor(mcu / picture.mcuColumns);
    yield components.flatMap(({ h, v }, member) =>
      Array.from({ length: h * v }, (_, i) => ({
        member,
        x: across * h + (i % h),
        y: down * v + Math.floor(i / h),
      })),
    );
  }
}
