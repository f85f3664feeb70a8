/**
 * Damage as disks, networks and hostile writers do it.
 */
import { concatenate } from "../../src/core/bytes.ts";
import type { Random } from "../random.ts";

/** A changed copy of `bytes`: a few flips, cuts, insertions, moves or extreme values. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let mutated = new Uint8Array(bytes);
  for (let times = 1 + random.upTo(3); times > 0; times--) {
    const at = random.upTo(mutated.length + 1);
    const kind = random.upTo(6);
    if (kind === 0) mutated = mutated.slice(0, at);
    else if (kind === 1) {
      const inserted = random.bytes(1 + random.upTo(40));
      mutated = concatenate([mutated.subarray(0, at), inserted, mutated.subarray(at)]);
    } else if (kind === 2) {
      const to = at + random.upTo(60);
      mutated = concatenate([mutated.subarray(0, at), mutated.subarray(to)]);
    } else if (kind === 3 && mutated.length > 8) {
      const value = random.pick([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, random.upTo(70_000)]);
      const place = random.upTo(mutated.length - 4);
      new DataView(mutated.buffer).setUint32(place, value, true);
    } else if (mutated.length > 0) {
      mutated[random.upTo(mutated.length)]! ^= 1 << random.upTo(8);
    }
  }
  return mutated;
}
