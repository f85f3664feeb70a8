/**
 * Folds: which pictures are kept apart, so that what is trained on the others can be measured on them.
 *
 *   maker of the camera (EXIF), else the first word of the file's name -> group -> fold
 *
 * Pictures of one maker are all in one fold: what is learned of its cameras never serves to code them.
 * Large groups are dealt out first, each to the fold that holds least. The rule needs the files and
 * nothing else; `foldsOf` gives the same folds wherever they lie.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A file to train on, or to measure. */
export interface TrainingFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its contents, in hexadecimal: what files are sorted by. */
  readonly sha256: string;
  readonly group: string;
}

/** Bytes of one file that count when folds are dealt out: larger ones are sampled. */
const BYTES_COUNTED = 2 << 20;

const MARKER_APP1 = 0xe1;
const MARKER_SOS = 0xda;
const TAG_MAKE = 0x010f;
const ENTRY_BYTES = 12;
const MAKE_BYTES_MAXIMUM = 64;

/** The group of a picture: its camera's maker, or what its name begins with. */
export function groupOf(path: string, jpeg: Uint8Array): string {
  const named = makerOf(jpeg) ?? basename(path);
  return /[a-z0-9]+/.exec(named.toLowerCase())?.[0] ?? "";
}

/** Deals files out. @returns the fold of each file, 0 to count - 1, in the order given */
export function foldsOf(files: readonly TrainingFile[], count: number): number[] {
  const sizes = new Map<string, number>();
  for (const { group, bytes } of files) {
    sizes.set(group, (sizes.get(group) ?? 0) + Math.min(bytes, BYTES_COUNTED));
  }
  const groups = [...sizes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const filled = new Array<number>(count).fill(0);
  const folds = new Map<string, number>();
  for (const [group, size] of groups) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold] = filled[fold]! + size;
    folds.set(group, fold);
  }
  return files.map(({ group }) => folds.get(group) ?? 0);
}

/** What a folder of folds says of itself: the fold of each file, by the hash of its contents. */
export interface FoldList {
  readonly count: number;
  readonly folds: Readonly<Record<string, number>>;
}

export const FOLD_LIST = "folds.json";

/**
 * The asset that knows nothing of a file.
 *
 * @param folder - what `npm run train -- --folds N -o FOLDER` has written
 * @param sha256 - of the file's contents; one that was not trained on gets the asset of all
 */
export function priorsForFile(folder: string, sha256: string, name: string): Uint8Array {
  const { folds } = JSON.parse(readFileSync(join(folder, FOLD_LIST), "utf8")) as FoldList;
  const fold = folds[sha256];
  return readFileSync(fold === undefined ? join(folder, name) : join(folder, `fold-${fold}`, name));
}

/** The maker that the EXIF data of a JPEG name. */
function makerOf(jpeg: Uint8Array): string | undefined {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let at = 2;
  while (at + 4 <= jpeg.length && view.getUint8(at) === 0xff) {
    const [type, size] = [view.getUint8(at + 1), view.getUint16(at + 2)];
    if (type === MARKER_SOS) break;
    const body = jpeg.subarray(at + 4, at + 2 + size);
    if (type === MARKER_APP1 && latin(body.subarray(0, 4)) === "Exif") {
      return makeIn(body.subarray(6));
    }
    at += 2 + size;
  }
  return undefined;
}

/** The maker in the first directory of a TIFF file. */
function makeIn(tiff: Uint8Array): string | undefined {
  if (tiff.length < 14) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint8(0) === 0x49;
  const first = view.getUint32(4, little);
  if (first + 2 > tiff.length) return undefined;
  const count = view.getUint16(first, little);
  for (let i = 0; i < count; i++) {
    const entry = first + 2 + ENTRY_BYTES * i;
    if (entry + ENTRY_BYTES > tiff.length) return undefined;
    if (view.getUint16(entry, little) !== TAG_MAKE) continue;
    const size = Math.min(view.getUint32(entry + 4, little), MAKE_BYTES_MAXIMUM);
    const start = size <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    const text = latin(tiff.subarray(start, start + size))
      .replaceAll("\0", "")
      .trim();
    return /[a-z]/i.test(text) ? text : undefined;
  }
  return undefined;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
