/**
 * Programs that Pith's JPEG codec is compared with: how each is called, and what it promises.
 *
 * Each works in a folder of its own on `photo.jpg`, writes one coded file, and later makes
 * `photo.jpg` again from it; what it made is compared byte for byte. One thread where a program
 * has a choice, its proof of its own output off, as it is off for us in the same column.
 *
 * `jpegtran`, mozjpeg and jpegrescan write another JPEG of the same picture: no program gives the
 * first file back from it, so they are no storage for files and have no way back here.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Program {
  /** As tables and plots name it. */
  readonly name: string;
  /** All must be on the PATH. */
  readonly needs: readonly string[];
  /** Name of the file that `encode` makes. */
  readonly coded: string;
  /** Shell words that make `coded` from photo.jpg. */
  readonly encode: string;
  /** Shell words that make photo.jpg from `coded`; undefined where nothing can. */
  readonly decode?: string;
  /** An option, to be followed by a number, that does the work as often in one process. */
  readonly repeat?: string;
  /** Whether pieces of a file can be decoded alone, each from its own coded bytes. */
  readonly chunked: boolean;
  /** Made for JPEG; the others know nothing of it. */
  readonly forJpeg: boolean;
  /** Takes minutes for a photo: tried on files up to this only. */
  readonly bytesMaximum?: number;
  /** Words that print the version. */
  readonly version?: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "libjxl",
    needs: ["cjxl", "djxl"],
    coded: "photo.jxl",
    encode: "cjxl photo.jpg photo.jxl --lossless_jpeg=1 --num_threads=0 --quiet",
    decode: "djxl photo.jxl photo.jpg --num_threads=1 --quiet",
    repeat: "--num_reps=",
    chunked: false,
    forJpeg: true,
    version: "cjxl --version",
  },
  {
    name: "dropbox/lepton",
    needs: ["lepton"],
    coded: "photo.lep",
    encode: "lepton -singlethread -skipverify photo.jpg photo.lep",
    decode: "lepton -singlethread photo.lep photo.jpg",
    chunked: true,
    forJpeg: true,
  },
  {
    name: "lepton_jpeg_rust",
    needs: ["lepton_jpeg_util"],
    coded: "photo.lep",
    encode: "lepton_jpeg_util --noverify --threads 1 --overwrite photo.jpg photo.lep",
    decode: "lepton_jpeg_util --threads 1 --overwrite photo.lep photo.jpg",
    repeat: "--iter ",
    chunked: false,
    forJpeg: true,
    version: "lepton_jpeg_util --version",
  },
  {
    name: "packJPG",
    needs: ["packjpg"],
    coded: "photo.pjg",
    encode: "packjpg -np - < photo.jpg > photo.pjg",
    decode: "packjpg -np - < photo.pjg > photo.jpg",
    chunked: false,
    forJpeg: true,
  },
  {
    name: "brunsli",
    needs: ["cbrunsli", "dbrunsli"],
    coded: "photo.brn",
    encode: "cbrunsli photo.jpg photo.brn",
    decode: "dbrunsli photo.brn photo.jpg",
    chunked: false,
    forJpeg: true,
  },
  {
    name: "paq8px",
    needs: ["paq8px"],
    coded: "photo.paq",
    encode: "paq8px -5 photo.jpg photo.paq",
    decode: "paq8px -d photo.paq photo.jpg",
    chunked: false,
    forJpeg: true,
    bytesMaximum: 350_000,
  },
  {
    name: "jpegtran -optimize",
    needs: ["jpegtran"],
    coded: "coded.jpg",
    encode: "jpegtran -copy all -optimize -outfile coded.jpg photo.jpg",
    chunked: false,
    forJpeg: true,
    version: "jpegtran -version 2>&1 < /dev/null",
  },
  {
    name: "jpegtran -progressive",
    needs: ["jpegtran"],
    coded: "coded.jpg",
    encode: "jpegtran -copy all -progressive -outfile coded.jpg photo.jpg",
    chunked: false,
    forJpeg: true,
  },
  {
    name: "jpegrescan",
    needs: ["jpegrescan"],
    coded: "coded.jpg",
    encode: "jpegrescan photo.jpg coded.jpg",
    chunked: false,
    forJpeg: true,
  },
  {
    name: "brotli 11",
    needs: ["brotli"],
    coded: "photo.br",
    encode: "brotli -q 11 -w 24 -f -o photo.br photo.jpg",
    decode: "brotli -d -f -o photo.jpg photo.br",
    chunked: true,
    forJpeg: false,
    version: "brotli --version",
  },
  {
    name: "zstd 19",
    needs: ["zstd"],
    coded: "photo.zst",
    encode: "zstd -19 --single-thread -q -f -o photo.zst photo.jpg",
    decode: "zstd -d -q -f -o photo.jpg photo.zst",
    chunked: true,
    forJpeg: false,
    version: "zstd --version",
  },
  {
    name: "xz 9e",
    needs: ["xz"],
    coded: "photo.xz",
    encode: "xz -9e -T1 -c photo.jpg > photo.xz",
    decode: "xz -d -c photo.xz > photo.jpg",
    chunked: true,
    forJpeg: false,
    version: "xz --version",
  },
];

/** Everyone who is here; who is missing is told on standard error. */
export function programsHere(): Program[] {
  const here = PROGRAMS.filter(({ name, needs }) => {
    const missing = needs.filter((program) => pathOf(program) === undefined);
    if (missing.length > 0) console.error(`no ${missing.join(", ")} here: ${name} is left out`);
    return missing.length === 0;
  });
  const mozjpeg = mozjpegHere();
  return mozjpeg === undefined ? here : [...here, mozjpeg];
}

/** mozjpeg's jpegtran has the same name as libjpeg's; its version tells them apart. */
function mozjpegHere(): Program | undefined {
  const folders = [...searched(), "/opt/mozjpeg/bin", "/usr/local/opt/mozjpeg/bin"];
  const path = folders
    .flatMap((folder) => [join(folder, "mozjpeg-jpegtran"), join(folder, "jpegtran")])
    .filter((candidate) => existsSync(candidate))
    .find((candidate) => versionOf(`'${candidate}' -version 2>&1 < /dev/null`).includes("mozjpeg"));
  if (path === undefined) {
    console.error("no jpegtran of mozjpeg here: mozjpeg is left out");
    return undefined;
  }
  return {
    name: "mozjpeg",
    needs: [],
    coded: "coded.jpg",
    encode: `'${path}' -copy all -outfile coded.jpg photo.jpg`,
    chunked: false,
    forJpeg: true,
    version: `'${path}' -version 2>&1 < /dev/null`,
  };
}

/** The first line of what these words print; "unknown" when they fail. */
export function versionOf(words: string): string {
  try {
    const text = execFileSync("sh", ["-c", words], { encoding: "utf8", stdio: "pipe" });
    return text.trim().split("\n")[0] as string;
  } catch {
    return "unknown";
  }
}

function searched(): string[] {
  return (process.env["PATH"] ?? "").split(delimiter);
}

export function pathOf(program: string): string | undefined {
  return searched()
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}
