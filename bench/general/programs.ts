/**
 * Programs that the general codec is compared with, and how each is called.
 *
 * All on one thread, each with the window that covers a unit of 4 MiB. 7-Zip gets the file under its own
 * name, for it chooses a filter for executables by the ending; its archive is what it makes for a
 * user, LZMA2 with the file's name in it.
 */
import { pathOf, versionOf } from "../jpeg/programs.ts";

export interface Program {
  /** As tables name it. */
  readonly name: string;
  /** The first of these on the PATH is called. */
  readonly needs: readonly string[];
  /** Whether this is one of those whose best no file may miss by much. */
  readonly rival: boolean;
  /** Shell words that make the file `coded` from `plain`; `program` is what is on the PATH. */
  encode(program: string, plain: string, coded: string): string;
  /** Shell words that make `plain` again. */
  decode(program: string, coded: string, plain: string): string;
  /** Words that print the version, in the first line. */
  version(program: string): string;
}

/** A program that was found, by the name under which it was. */
export interface ProgramHere extends Program {
  readonly program: string;
  readonly versionSays: string;
}

export const ZLIB = "zlib 9";
export const BROTLI_9 = "brotli 9";
export const BROTLI_11 = "brotli 11";
export const XZ = "xz 9e";

/** One that writes to standard output. It reads a file, for zstd takes the whole window's memory for
 * what it does not know the size of. */
function filter(
  name: string,
  program: string,
  options: string,
  more: Partial<Pick<Program, "rival" | "version">> = {},
): Program {
  return {
    name,
    needs: [program],
    rival: false,
    encode: (path, plain, coded) => `${path} ${options} -c ${plain} > ${coded}`,
    decode: (path, coded, plain) => `${path} -d -c < ${coded} > ${plain}`,
    version: (path) => `${path} --version`,
    ...more,
  };
}

export const PROGRAMS: readonly Program[] = [
  filter("bzip2 9", "bzip2", "-9", { version: (path) => `${path} --help 2>&1` }),
  filter(BROTLI_9, "brotli", "-q 9 --lgwin=24"),
  filter(BROTLI_11, "brotli", "-q 11 --lgwin=24", { rival: true }),
  filter("zstd 19", "zstd", "-19 --single-thread -q"),
  filter("zstd 22", "zstd", "--ultra -22 --single-thread -q", { rival: true }),
  filter(XZ, "xz", "-9e -T1", { rival: true }),
  {
    name: "7-Zip 9",
    needs: ["7zz", "7z", "7za"],
    rival: true,
    encode: (path, plain, coded) => `${path} a -t7z -mx=9 -mmt=1 -bd -y ${coded} ${plain}`,
    decode: (path, coded, plain) => `${path} e -so -mmt=1 -bd ${coded} > ${plain}`,
    version: (path) => path,
  },
  {
    name: "dropbox/divans",
    needs: ["divans"],
    rival: false,
    encode: (path, plain, coded) => `${path} -c -q11 -w24 -O2 -mixing=2 ${plain} ${coded}`,
    decode: (path, coded, plain) => `${path} -d ${coded} ${plain}`,
    version: () => "echo unknown",
  },
  {
    name: "bsc",
    needs: ["bsc"],
    rival: false,
    encode: (path, plain, coded) => `${path} e ${plain} ${coded} -b25 -T`,
    decode: (path, coded, plain) => `${path} d ${coded} ${plain} -T`,
    version: (path) => `${path} 2>&1`,
  },
];

export interface Found {
  readonly here: readonly ProgramHere[];
  /** Names of those that are not. */
  readonly missing: readonly string[];
}

/** Which of these programs are on the PATH. */
export function findPrograms(wanted: readonly Program[]): Found {
  const here: ProgramHere[] = [];
  const missing: string[] = [];
  for (const program of wanted) {
    const name = program.needs.find((candidate) => pathOf(candidate) !== undefined);
    if (name === undefined) missing.push(program.name);
    else here.push({ ...program, program: name, versionSays: numberOf(program.version(name)) });
  }
  return { here, missing };
}

/** The number in what these words print; all of the first line where there is none. */
function numberOf(words: string): string {
  const line = versionOf(words);
  return /\d+(\.\d+)+/.exec(line)?.[0] ?? line;
}
