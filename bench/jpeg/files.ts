/**
 * Files of the JPEG benchmark: the corpus's folders, what kind of JPEG each file is, and the sizes
 * that other tools were once seen to reach.
 *
 *   photos/  progressive/  large/  vectors/  hostile/      and beside them peers-*.csv
 *
 * Of a JPEG only the frame header is looked at, with a reader of ten lines, so that grouping by
 * sampling does not lean on the codec that is measured.
 */
import { readdirSync, readFileSync } from "node:fs";
import { corpusPath } from "../../test/corpus.ts";

/** Sampling as people name it; "4:4:0" is the upright form of 4:2:2. */
export type Sampling = "4:2:0" | "4:2:2" | "4:4:0" | "4:4:4" | "grey" | "other";

export interface JpegFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sampling: Sampling;
  /** The file that it was taken out of. */
  readonly within?: Uint8Array;
}

export type Folder = "photos" | "progressive" | "large" | "vectors" | "hostile";

/** What `--quick` keeps of a folder: a photo or two of each sampling, the smaller ones. */
const QUICK: Readonly<Record<Folder, readonly string[]>> = {
  photos: [
    "apple-iphone-4.jpg",
    "jolla.jpg",
    "canon-ixus-300.jpg",
    "nikon-coolpix-775.jpg",
    "nikon-e885.jpg",
    "nokia-lumia-800.jpg",
  ],
  progressive: ["issue-242.jpg", "panasonic-dmc-lc70-lumix.jpg"],
  large: ["infinite-sea.jpg"],
  vectors: ["android.jpg", "iphonecrop.jpg", "iphoneprogressive.jpg", "narrowrst.jpg", "tiny.jpg"],
  hostile: ["cmyk.jpg", "empty.jpg", "quality-100.jpg", "trunc-mid-scan.jpg", "zero-tail.jpg"],
};

/** The JPEG files of a corpus folder, by name. */
export function filesOf(folder: Folder, quick: boolean): JpegFile[] {
  return readdirSync(corpusPath(`jpeg/${folder}`))
    .filter((name) => name.endsWith(".jpg"))
    .filter((name) => !quick || QUICK[folder].includes(name))
    .sort()
    .map((name) => fileOf(folder, name));
}

/** One file of the corpus. */
export function fileOf(folder: Folder, name: string): JpegFile {
  const path = corpusPath(`jpeg/${folder}/${name}`);
  const bytes = new Uint8Array(readFileSync(path));
  return { name, path, bytes, sampling: samplingOf(bytes) };
}

/** What the frame header says of sampling. */
export function samplingOf(bytes: Uint8Array): Sampling {
  const at = findMarker(bytes, (marker) => {
    return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
  });
  if (at === undefined || bytes[at + 9] === undefined) return "other";
  if (bytes[at + 9] === 1) return "grey";
  if (bytes[at + 9] !== 3) return "other";
  const factors = [11, 14, 17].map((offset) => bytes[at + offset]?.toString(16)).join(" ");
  return SAMPLINGS[factors] ?? "other";
}

/** Where the first scan begins, marker included: what stands before is the header. */
export function scanStart(bytes: Uint8Array): number | undefined {
  return findMarker(bytes, (marker) => marker === 0xda);
}

/** The first marker segment of a kind, up to the first scan. */
function findMarker(bytes: Uint8Array, wanted: (marker: number) => boolean): number | undefined {
  let at = 2;
  while (bytes[at] === 0xff && at + 3 < bytes.length) {
    const marker = bytes[at + 1] as number;
    if (wanted(marker)) return at;
    if (marker === 0xda) return undefined;
    at += 2 + 256 * bytes[at + 2]! + bytes[at + 3]!;
  }
  return undefined;
}

/** By the sampling factors of the three components, two digits each: across, down. */
const SAMPLINGS: Readonly<Record<string, Sampling>> = {
  "22 11 11": "4:2:0",
  "21 11 11": "4:2:2",
  "12 11 11": "4:4:0",
  "11 11 11": "4:4:4",
};

/** Sizes that other tools once reached, by tool and file; undefined where a tool refused the file
 * or did not restore it. */
export type Recorded = ReadonlyMap<string, ReadonlyMap<string, number | undefined>>;

/** Where the recorded sizes of a folder are. */
const RECORDS: Readonly<Partial<Record<Folder, string>>> = {
  photos: "peers-dev.csv",
  progressive: "peers-devprog.csv",
  vectors: "peers-vectors.csv",
  hostile: "peers-hostile.csv",
};

/** Readable names for the columns of the records. */
const TOOLS: Readonly<Record<string, string>> = {
  rust1: "lepton_jpeg_rust, 1 segment",
  rust1p8: "lepton_jpeg_rust, up to 8",
  "lepton-rust": "lepton_jpeg_rust, 1 segment",
  cpp1: "dropbox/lepton",
  "lepton-cpp": "dropbox/lepton",
  jxl07: "libjxl 0.7",
  "jxl07-e7": "libjxl 0.7",
  brunsli: "brunsli",
  packjpg: "packJPG",
  zlib9: "zlib 9",
  zstd19: "zstd 19",
};

export function recordedOf(folder: Folder): Recorded {
  const tools = new Map<string, Map<string, number | undefined>>();
  const csv = RECORDS[folder];
  if (csv === undefined) return tools;
  const [head = "", ...lines] = readFileSync(corpusPath(`jpeg/${csv}`), "utf8")
    .trim()
    .split("\n");
  const columns = head.trim().split(",");
  columns.forEach((column, i) => {
    const tool = TOOLS[column];
    if (tool === undefined) return;
    const sizes = lines.map((line): [string, number | undefined] => {
      const cells = line.trim().split(",");
      const bytes = Number(cells[i]);
      return [cells[0] as string, Number.isFinite(bytes) ? bytes : undefined];
    });
    tools.set(tool, new Map(sizes));
  });
  return tools;
}
