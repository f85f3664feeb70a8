/**
 * Speed in process and warm, ours beside the programs that know JPEG; those that can repeat their work
 * do it twice in one process.
 *
 *   photo 1   ours, djxl and cjxl, ...   photo 2   ...        round 2   the same again
 *
 * CPU time of one run on one thread, medians of the rounds for each file, added up for each kind of
 * sampling: 4:4:4 pictures have twice the blocks of 4:2:0, and take longer for the same bytes.
 */
import { median } from "../deflate/report.ts";
import { sum } from "./comparison.ts";
import type { JpegFile } from "./files.ts";
import type { Peer } from "./peers.ts";

export interface WarmSample {
  readonly peer: string;
  readonly file: string;
  readonly sampling: string;
  readonly plainBytes: number;
  /** Medians of the rounds. */
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

export interface WarmSpeed {
  readonly peer: string;
  /** A kind of sampling, or "all". */
  readonly sampling: string;
  readonly files: number;
  readonly plainBytes: number;
  /** MB of JPEG per CPU second. */
  readonly encodeSpeed: number;
  readonly decodeSpeed: number;
  readonly encodeNsPerByte: number;
  readonly decodeNsPerByte: number;
}

export async function warmSamples(
  files: readonly JpegFile[],
  peers: readonly Peer[],
  rounds: number,
): Promise<WarmSample[]> {
  const costs = new Map<string, { encode: number[]; decode: number[] }>();
  for (let round = 1; round <= rounds; round++) {
    for (const [i, file] of files.entries()) {
      const first = (i + round) % peers.length;
      for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
        const { encode, decode } = await peer.warm(file);
        if (encode === undefined || decode === undefined) continue;
        const key = `${peer.name}/${file.name}`;
        const own = costs.get(key) ?? { encode: [], decode: [] };
        own.encode.push(encode.cpuSeconds);
        own.decode.push(decode.cpuSeconds);
        costs.set(key, own);
      }
    }
    console.error(`warm: round ${round} of ${rounds}`);
  }
  return files.flatMap(({ name, sampling, bytes }) =>
    peers.flatMap((peer): WarmSample[] => {
      const own = costs.get(`${peer.name}/${name}`);
      if (own === undefined) return [];
      return [
        {
          peer: peer.name,
          file: name,
          sampling,
          plainBytes: bytes.length,
          encodeSeconds: median(own.encode),
          decodeSeconds: median(own.decode),
        },
      ];
    }),
  );
}

/** For each peer, over everything and for each kind of sampling. */
export function warmSpeeds(samples: readonly WarmSample[]): WarmSpeed[] {
  const kinds = ["all", ...[...new Set(samples.map(({ sampling }) => sampling))].sort()];
  const peers = [...new Set(samples.map(({ peer }) => peer))];
  return kinds.flatMap((kind) =>
    peers.flatMap((peer): WarmSpeed[] => {
      const own = samples.filter(
        (sample) => sample.peer === peer && (kind === "all" || sample.sampling === kind),
      );
      if (own.length === 0) return [];
      const plainBytes = sum(own.map((sample) => sample.plainBytes));
      const encode = sum(own.map(({ encodeSeconds }) => encodeSeconds));
      const decode = sum(own.map(({ decodeSeconds }) => decodeSeconds));
      return [
        {
          peer,
          sampling: kind,
          files: own.length,
          plainBytes,
          encodeSpeed: plainBytes / 1e6 / encode,
          decodeSpeed: plainBytes / 1e6 / decode,
          encodeNsPerByte: (encode * 1e9) / plainBytes,
          decodeNsPerByte: (decode * 1e9) / plainBytes,
        },
      ];
    }),
  );
}
