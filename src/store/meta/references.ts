/**
 * References: how a change of manifests changes the count of each chunk.
 */
import { decodeManifest } from "../manifest.ts";

/** The change for one chunk; 0 for one that both manifests name equally often. */
export interface ReferenceChange {
  readonly sha256: string;
  readonly by: number;
  /** Whether the new manifest names it: then its row must be there. */
  readonly needed: boolean;
}

/**
 * What changes when a version with manifest `after` takes the place of one with `before`.
 *
 * @param before - undefined when there was no version
 * @param after - undefined when the version is dropped
 * @throws PithError "ManifestCorrupt"
 */
export function referenceChanges(
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
): ReferenceChange[] {
  const by = new Map<string, number>();
  const needed = new Set<string>();
  for (const { sha256 } of after === undefined ? [] : decodeManifest(after)) {
    by.set(sha256, (by.get(sha256) ?? 0) + 1);
    needed.add(sha256);
  }
  for (const { sha256 } of before === undefined ? [] : decodeManifest(before)) {
    by.set(sha256, (by.get(sha256) ?? 0) - 1);
  }
  return Array.from(by, ([sha256, change]) => ({
    sha256,
    by: change,
    needed: needed.has(sha256),
  }));
}
