/**
 * One file after the other, as the parent names them: what our codec and what Pith makes of it.
 * The parent is restored.ts.
 */
import { readFileSync } from "node:fs";
import { compress, expand, PithError } from "../../src/container/index.ts";
import { decode, encodeProved } from "./coders.ts";

export interface Attempt {
  readonly outcome: "restored" | "wrong" | "refused" | "gone";
  /** The fault's code where it was refused; how the process ended where it is gone. */
  readonly why: string;
  readonly seconds: number;
}

export interface Attempts {
  readonly lepton: Attempt;
  readonly auto: Attempt;
  /** Codecs of the chunks, in the order they first came. */
  readonly codecs: readonly string[];
  readonly peakKib: number;
}

process.on("message", async (path: string) => {
  const bytes = new Uint8Array(readFileSync(path));
  const lepton = await attempt(bytes, async () => decode(await encodeProved(bytes)));
  const codecs = new Set<string>();
  const auto = await attempt(bytes, async () => {
    const packed = await compress(bytes, { onChunk: ({ codec }) => codecs.add(codec.name) });
    return expand(packed);
  });
  const peakKib = process.resourceUsage().maxRSS;
  process.send?.({ lepton, auto, codecs: [...codecs], peakKib } satisfies Attempts);
});

/** Anything but a PithError is a defect of ours: it ends this process, and the parent sees it. */
async function attempt(bytes: Uint8Array, way: () => Promise<Uint8Array>): Promise<Attempt> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  try {
    const same = Buffer.compare(await way(), bytes) === 0;
    return { outcome: same ? "restored" : "wrong", why: "", seconds: seconds() };
  } catch (error) {
    if (!(error instanceof PithError)) throw error;
    return { outcome: "refused", why: error.code, seconds: seconds() };
  }
}
