/**
 * Drivers that fail from a seed: they do the work or not, say so or not, and now and then give back
 * other bytes than they were given.
 *
 *   lost request   nothing is done, an error comes        lost answer   done, and an error comes
 *   torn write     half of a blob lies there, an error    late          done, after others
 *   wrong read     a byte flipped or the end missing, this time only
 *
 * What they never do is claim that something was made durable which was not: no store could answer
 * for that.
 */
import { PithError } from "../../src/core/errors.ts";
import type { Blobs } from "../../src/store/blobs/blobs.ts";
import type { Meta } from "../../src/store/meta/meta.ts";
import type { Random } from "../random.ts";

/** Faults can be switched off, to look at what they left. */
export interface FaultSwitch {
  on: boolean;
  /** Once in so many operations. */
  readonly odds: number;
}

async function late(random: Random): Promise<void> {
  for (let i = random.upTo(3); i > 0; i--) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

export function faultyMeta(inner: Meta, random: Random, faults: FaultSwitch): Meta {
  const faulty: Record<string, unknown> = { ...inner };
  for (const [name, method] of Object.entries(inner) as [string, (...p: unknown[]) => unknown][]) {
    if (name === "close") continue;
    faulty[name] = async (...parameters: unknown[]) => {
      await late(random);
      const strikes = faults.on && random.oneIn(faults.odds);
      if (strikes && random.oneIn(2)) throw new PithError("StoreIo", { lost: "request", name });
      const result = await method(...parameters);
      if (strikes) throw new PithError("StoreIo", { lost: "answer", name });
      return result;
    };
  }
  return faulty as unknown as Meta;
}

export function faultyBlobs(inner: Blobs, random: Random, faults: FaultSwitch): Blobs {
  const strikes = (): boolean => faults.on && random.oneIn(faults.odds);
  return {
    ...inner,
    async put(name, bytes, replace) {
      await late(random);
      if (!strikes()) return await inner.put(name, bytes, replace);
      const kind = random.upTo(4);
      if (kind === 0) throw new PithError("DiskFull", { lost: "request" });
      if (kind === 1) await inner.put(name, bytes, replace);
      // A torn write never hurts a whole blob that is there already.
      else if ((await inner.size(name)) === undefined) {
        await inner.put(name, bytes.subarray(0, random.upTo(bytes.length)), replace);
      }
      throw new PithError("StoreIo", { lost: "answer" });
    },
    async get(name) {
      await late(random);
      const bytes = await inner.get(name);
      if (!strikes()) return bytes;
      const kind = random.upTo(3);
      if (kind === 0) throw new PithError("StoreIo", { lost: "answer" });
      if (kind === 1) return bytes.subarray(0, random.upTo(bytes.length));
      const at = random.upTo(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 + random.upTo(255));
      return bytes;
    },
    async size(name) {
      await late(random);
      if (strikes()) throw new PithError("StoreIo", { lost: "answer" });
      return await inner.size(name);
    },
    async delete(name) {
      await late(random);
      const struck = strikes();
      if (struck && random.oneIn(2)) throw new PithError("StoreIo", { lost: "request" });
      await inner.delete(name);
      if (struck) throw new PithError("StoreIo", { lost: "answer" });
    },
  };
}
