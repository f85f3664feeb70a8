/**
 * Seeded randomness for tests: the same seed gives the same bytes on every machine.
 *
 * A failing seed is printed with the way to replay it: PITH_SEED=<seed> runs that seed alone.
 */

export interface Random {
  /** An integer in 0..bound-1. */
  upTo(bound: number): number;
  /** True once in `odds` times. */
  oneIn(odds: number): boolean;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** `size` bytes without any structure. */
  bytes(size: number): Uint8Array<ArrayBuffer>;
  /** `size` bytes with the structure of real files: runs, small alphabets, repeats, noise. */
  content(size: number): Uint8Array<ArrayBuffer>;
}

/** The generator for a seed (splitmix-like 32-bit mixing). */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const upTo = (bound: number): number => Math.floor((next() / 2 ** 32) * bound);
  const bytes = (size: number): Uint8Array<ArrayBuffer> => {
    const filled = new Uint8Array(size);
    for (let i = 0; i < size; i++) filled[i] = next();
    return filled;
  };
  const content = (size: number): Uint8Array<ArrayBuffer> => {
    const filled = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const length = Math.min(size - at, 1 + upTo(9000));
      const kind = upTo(4);
      if (kind === 0) filled.fill(upTo(256), at, at + length);
      else if (kind === 1) filled.set(bytes(length), at);
      else if (kind === 2 && at > 0) {
        const from = upTo(at);
        for (let i = 0; i < length; i++) filled[at + i] = filled[from + i] as number;
      } else {
        const base = upTo(200);
        const span = 1 + upTo(56);
        for (let i = 0; i < length; i++) {
          filled[at + i] = base + Math.min(upTo(span), upTo(span));
        }
      }
      at += length;
    }
    return filled;
  };
  return {
    upTo,
    oneIn: (odds) => upTo(odds) === 0,
    pick: <T>(items: readonly T[]): T => items[upTo(items.length)] as T,
    bytes,
    content,
  };
}

/** Runs `body` for `count` seeds; the first failure names its seed. Long fuzzing moves the first
 * seed with PITH_SEED_FIRST. */
export async function forSeeds(
  count: number,
  body: (random: Random, seed: number) => void | Promise<void>,
): Promise<void> {
  const only = process.env["PITH_SEED"];
  const first = Number(process.env["PITH_SEED_FIRST"] ?? 1);
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, i) => first + i) : [Number(only)];
  for (const seed of seeds) {
    try {
      await body(seeded(seed), seed);
    } catch (error) {
      throw new Error(`seed ${seed} fails (replay: PITH_SEED=${seed})`, { cause: error });
    }
  }
}
