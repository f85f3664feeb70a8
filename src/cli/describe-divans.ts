/**
 * What a .dvn file is: how long, how much it holds, and in how many units.
 *
 *   notes.txt.dvn: DivANS file, 120 kB for 388 kB, 69.0% saved, 1 unit
 *
 * It is decoded to find out, which proves it by the way.
 */
import { readDivansUnits } from "./divans-coding.ts";
import { printable } from "./printable.ts";
import { readFile } from "./read-file.ts";
import type { Run } from "./run.ts";
import { countOf, formatBytes, formatPercent, savedPercent } from "./table.ts";
import type { FileEntry } from "./walk.ts";

/** Tells what a .dvn file is. @throws PithError when it cannot be decoded */
export async function tellDivans({ path, bytes }: FileEntry, run: Run): Promise<void> {
  const { plainBytes, units } = await readDivansUnits(readFile(path));
  const percent = savedPercent(plainBytes, bytes);
  const fields = { name: path, kind: "divans", bytes, plainBytes, savedPercent: percent, units };
  await run.tell(fields);
  await run.say(
    `${printable(path)}: DivANS file, ${formatBytes(bytes)} for ${formatBytes(plainBytes)}, ` +
      `${formatPercent(percent)} saved, ${countOf(units, "unit")}`,
  );
}
