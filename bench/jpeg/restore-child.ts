/**
 * One file after the other, as the parent names them: what each of our codecs and what Pith makes of it.
 * The parent is restored.ts; it names a folder of priors too, or an empty one.
 */
import { readFileSync } from "node:fs";
import { compress, expand, PithError } from "../../src/container/index.ts";
import { decodeDense, encodeDense } from "../../test/dense-jpegs.ts";
import { decode, encodeProved } from "./coders.ts";
import { samplingOf } from "./files.ts";
import { preparePriors, takePriorsFrom } from "./priors.ts";

export interface Attempt {
  readonly outcome: "restored" | "wrong" | "refused" | "gone";
  /** The fault's code where it was refused; how the process ended where it is gone. */
  readonly why: string;
  readonly seconds: number;
  /** What it was stored in; undefined where it was not. */
  readonly codedBytes: number | undefined;
}

export interface Attempts {
  readonly lepton: Attempt;
  /** The dense model. */
  readonly dense: Attempt;
  readonly auto: Attempt;
  /** Codecs of the chunks, in the order they first came. */
  readonly codecs: readonly string[];
  readonly peakKib: number;
}

takePriorsFrom(process.argv[2] ?? "");

process.on("message", async (path: string) => {
  const bytes = new Uint8Array(readFileSync(path));
  const lepton = await attempt(bytes, encodeProved, decode);
  await preparePriors({ name: path, path, bytes, sampling: samplingOf(bytes) });
  const dense = await attempt(bytes, encodeDense, decodeDense);
  const codecs = new Set<string>();
  const onChunk = ({ codec }: { readonly codec: { readonly name: string } }): unknown =>
    codecs.add(codec.name);
  const auto = await attempt(bytes, (plain) => compress(plain, { onChunk }), expand);
  const peakKib = process.resourceUsage().maxRSS;
  process.send?.({ lepton, dense, auto, codecs: [...codecs], peakKib } satisfies Attempts);
});

type Way = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Anything but a PithError is a defect of ours: it ends this process, and the parent sees it. */
async function attempt(bytes: Uint8Array, there: Way, back: Way): Promise<Attempt> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  try {
    const coded = await there(bytes);
    const same = Buffer.compare(await back(coded), bytes) === 0;
    const outcome = same ? "restored" : "wrong";
    return { outcome, why: "", seconds: seconds(), codedBytes: coded.length };
  } catch (error) {
    if (!(error instanceof PithError)) throw error;
    return { outcome: "refused", why: error.code, seconds: seconds(), codedBytes: undefined };
  }
}
