/**
 * Peers of the deflate benchmark: who is measured, and how one sample of each is taken.
 *
 *   in process   process.cpuUsage around as many whole runs as fill the sample time
 *   klauspost    a Go program that loops in memory and reports its own CPU time (bench/klauspost)
 *   programs     the shell's `time` around one run over many copies of the input
 *
 * CPU time counts all threads of a peer, user and system. Everyone makes gzip with its CRC-32,
 * fflate and pako included, so that the work is the same.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { constants, gzipSync } from "node:zlib";
import { gzipSync as fflateGzip } from "fflate";
import { type DeflateOptions, deflate, deflateIterable } from "../../src/deflate/index.ts";
import type { Input } from "./inputs.ts";

/** One sample: CPU time for some number of plain bytes, and the size of one result. */
export interface Sample {
  readonly cpuNs: number;
  readonly plainBytes: number;
  readonly codedBytes: number;
}

export interface Peer {
  readonly name: string;
  /** Peers that search for matches or keep to Huffman codes; only the latter are like ours. */
  readonly huffmanOnly: boolean;
  sample(input: Input): Promise<Sample>;
  close(): void;
}

/** CPU time that a sample fills at least. */
const SAMPLE_MS = 40;
/** CPU time for which an in-process peer runs before it is sampled. */
const WARM_MS = 80;
/** A program's input is repeated to this, so that its start does not count. */
const PROGRAM_BYTES = 24 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Larger inputs are coded in parts. */
const ARRAY_BYTES_MAXIMUM = 4 * 1024 * 1024;

const PROGRAMS = [
  { name: "pigz -H", command: "pigz -p 1 -H -c", huffmanOnly: true },
  { name: "igzip -0", command: "igzip -0 -c", huffmanOnly: false },
  { name: "igzip -1", command: "igzip -1 -c", huffmanOnly: false },
  { name: "gzip -1", command: "gzip -1 -c", huffmanOnly: false },
];

/** Everyone who is here; what is missing is told on standard error. */
export async function benchPeers(folder: string): Promise<Peer[]> {
  const pako = (await import("pako")) as unknown as {
    gzip(bytes: Uint8Array, options: { strategy: number }): Uint8Array;
  };
  const huffman = { strategy: constants.Z_HUFFMAN_ONLY };
  const peers: Peer[] = [
    inProcess("pith", true, (bytes) => pithBytes(bytes, {})),
    inProcess("pith fixed", true, (bytes) => pithBytes(bytes, { blocks: "fixed" })),
    inProcess("node huffman", true, (bytes) => gzipSync(bytes, huffman).length),
    inProcess("node 1", false, (bytes) => gzipSync(bytes, { level: 1 }).length),
    inProcess("pako huffman", true, (bytes) => pako.gzip(bytes, huffman).length),
    inProcess("fflate 1", false, (bytes) => fflateGzip(bytes, { level: 1 }).length),
  ];
  const klauspost = klauspostPeer(folder);
  if (klauspost !== undefined) peers.push(klauspost);
  for (const { name, command, huffmanOnly } of PROGRAMS) {
    const program = command.split(" ")[0] as string;
    if (onPath(program)) peers.push(programPeer(name, command, huffmanOnly, folder));
    else console.error(`no ${program} here: ${name} is left out`);
  }
  return peers;
}

/** The size of our gzip: one array up to 4 MiB, beyond that parts that are used and forgotten, as
 * one would. An output of 16 MiB in one array mostly measures fresh memory. */
async function pithBytes(bytes: Uint8Array, options: DeflateOptions): Promise<number> {
  const here = { ...options, workers: 0 };
  if (bytes.length <= ARRAY_BYTES_MAXIMUM) return (await deflate(bytes, here)).length;
  let size = 0;
  for await (const part of deflateIterable([bytes], here)) size += part.length;
  return size;
}

function inProcess(
  name: string,
  huffmanOnly: boolean,
  code: (bytes: Uint8Array) => number | Promise<number>,
): Peer {
  return {
    name,
    huffmanOnly,
    async sample({ bytes }) {
      // Nobody pays for the garbage and the cold memory of the peer before.
      collectGarbage();
      await fill(WARM_MS, bytes, code);
      return fill(SAMPLE_MS, bytes, code);
    },
    close: () => undefined,
  };
}

/** Runs `code` again and again until it has taken that much CPU time. */
async function fill(
  cpuMs: number,
  bytes: Uint8Array,
  code: (bytes: Uint8Array) => number | Promise<number>,
): Promise<Sample> {
  const began = process.cpuUsage();
  let cpuNs = 0;
  let plainBytes = 0;
  let codedBytes = 0;
  while (cpuNs < cpuMs * 1e6) {
    codedBytes = await code(bytes);
    plainBytes += bytes.length;
    const { user, system } = process.cpuUsage(began);
    cpuNs = (user + system) * 1000;
  }
  return { cpuNs, plainBytes, codedBytes };
}

/** The Go program, built on the spot; undefined where Go or the library is missing. */
function klauspostPeer(folder: string): Peer | undefined {
  const program = join(folder, "klauspost");
  const source = resolve(import.meta.dirname, "../klauspost/main.go");
  const env = {
    ...process.env,
    GO111MODULE: "off",
    GOPATH: "/usr/share/gocode",
    GOCACHE: join(folder, "go-cache"),
  };
  if (!onPath("go") || !existsSync("/usr/share/gocode/src/github.com/klauspost/compress")) {
    console.error("no Go with klauspost/compress here: klauspost is left out");
    return undefined;
  }
  execFileSync("go", ["build", "-o", program, source], { env, stdio: ["ignore", 2, 2] });
  const child: ChildProcess = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    name: "klauspost huffman",
    huffmanOnly: true,
    async sample({ path }) {
      child.stdin!.write(`${SAMPLE_MS} ${path}\n`);
      const { value } = await answers.next();
      const [cpuNs, plainBytes, codedBytes] = String(value).split(" ").map(Number);
      return { cpuNs: cpuNs!, plainBytes: plainBytes!, codedBytes: codedBytes! };
    },
    close: () => void child.stdin!.end(),
  };
}

function programPeer(name: string, command: string, huffmanOnly: boolean, folder: string): Peer {
  const coded = join(folder, "coded");
  return {
    name,
    huffmanOnly,
    async sample({ name: inputName, path, bytes }) {
      const copies = join(folder, `${inputName}.copies`);
      if (!existsSync(copies)) {
        writeFileSync(copies, bytes);
        while (statSync(copies).size < PROGRAM_BYTES) appendFileSync(copies, bytes);
      }
      execFileSync("sh", ["-c", `${command} < '${path}' > '${coded}'`]);
      const timed = `TIMEFORMAT='%3U %3S'; time ${command} < '${copies}' > /dev/null`;
      const times = execFileSync("bash", ["-c", `{ ${timed}; } 2>&1`], { encoding: "utf8" });
      const [user, system] = times.trim().split(" ").map(Number);
      return {
        cpuNs: (user! + system!) * 1e9,
        plainBytes: statSync(copies).size,
        codedBytes: statSync(coded).size,
      };
    },
    close: () => undefined,
  };
}

function onPath(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(":");
  return folders.some((folder) => existsSync(join(folder, program)));
}
