/**
 * Report of the awkward files: who gives which back.
 */
import type { Attempt } from "./restore-child.ts";
import { isOfUnion, type RestoredFolder } from "./restored.ts";
import { bytes, heading, mibOf, table } from "./tables.ts";

export function printRestored({ folder, files, peakKib }: RestoredFolder): void {
  heading(`${folder}/: who gives it back (${files.length} files, peak ${mibOf(peakKib)} MiB)`);
  const tools = Object.keys(files[0]?.recorded ?? {});
  const told = tools.map((tool) => {
    const restored = files.filter(({ recorded }) => recorded[tool] !== null);
    return `${tool} ${restored.length}`;
  });
  const reasons = Map.groupBy(files, ({ lepton }) => lepton.why || lepton.outcome);
  const counts = [...reasons]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, all]) => `${reason} ${all.length}`);
  console.log(`Lepton alone: ${counts.join(", ")}`);
  const union = files.filter(isOfUnion);
  const lost = union.filter(({ dense }) => dense.outcome !== "restored").map(({ file }) => file);
  const dense = files.filter((each) => each.dense.outcome === "restored").length;
  console.log(`\nDense alone: restored ${dense}`);
  console.log(`\nRestored by any of the others or by Lepton: ${union.length}`);
  console.log(`\nOf these not by dense alone: ${lost.join(", ") || "none"}`);
  console.log(`\nRestored by others, recorded earlier: ${told.join(", ")}\n`);
  table(
    [
      "file",
      "bytes",
      "Lepton alone",
      "bytes",
      "ms",
      "dense alone",
      "bytes",
      "ms",
      "auto",
      "bytes",
      "ms",
      "dropbox/lepton",
      "any other",
    ],
    files.map(({ auto, codecs, ...each }) => [
      each.file,
      bytes(each.plainBytes),
      ...cellsOf(each.lepton),
      ...cellsOf(each.dense),
      auto.why === "" ? `${auto.outcome}, ${codecs.join(" ")}` : `${auto.outcome}: ${auto.why}`,
      ...cellsOf(auto).slice(1),
      bytesOrNot(each.recorded["dropbox/lepton"]),
      Object.values(each.recorded).some((count) => count !== null) ? "yes" : "no",
    ]),
  );
}

/** Outcome, bytes, milliseconds. */
function cellsOf({ outcome, why, codedBytes, seconds }: Attempt): string[] {
  return [
    why === "" ? outcome : `${outcome}: ${why}`,
    codedBytes === undefined ? "" : bytes(codedBytes),
    (1000 * seconds).toFixed(0),
  ];
}

function bytesOrNot(count: number | null | undefined): string {
  return count === null || count === undefined ? "no" : bytes(count);
}
