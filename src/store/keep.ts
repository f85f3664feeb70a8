/**
 * Keep: renews the claims of long puts and gets, so that the collector leaves their chunks alone.
 *
 * A claim lasts for the grace time; it is renewed at every third of it. What lasts shorter than a
 * third never costs anything here: its chunks were claimed, or were referenced, when it began.
 */
import { PithError } from "../core/errors.ts";
import type { Clock } from "./clock.ts";
import type { Meta } from "./meta/meta.ts";

/** Chunks in one claim: keeps each transaction short. */
const CLAIM_BATCH_COUNT = 500;

/** The chunks of one put or get. */
export interface Holding {
  add(sha256: string): void;
  /** Claims everything that is held, now. */
  renew(): Promise<void>;
  end(): void;
}

export interface KeeperParts {
  readonly meta: Meta;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly alarm: (error: PithError) => void;
}

export class Keeper {
  readonly #parts: KeeperParts;
  readonly #holdings = new Set<Holding>();
  readonly #stop: () => void;
  #renewing: Promise<void> | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#stop = parts.clock.every(parts.graceMs / 3, () => {
      this.#renewing ??= this.#renewAll();
    });
  }

  /** Begins to hold; whoever called this calls `end`, come what may. */
  hold(): Holding {
    const chunks = new Set<string>();
    const holding: Holding = {
      add: (sha256) => void chunks.add(sha256),
      renew: async () => {
        const all = [...chunks];
        for (let i = 0; i < all.length && this.#holdings.has(holding); i += CLAIM_BATCH_COUNT) {
          const { meta, clock, graceMs } = this.#parts;
          await meta.claimChunks(all.slice(i, i + CLAIM_BATCH_COUNT), clock.nowMs() + graceMs);
        }
      },
      end: () => void this.#holdings.delete(holding),
    };
    this.#holdings.add(holding);
    return holding;
  }

  /** Ends every renewal; waits for the one under way. */
  async close(): Promise<void> {
    this.#stop();
    this.#holdings.clear();
    await this.#renewing;
  }

  async #renewAll(): Promise<void> {
    for (const holding of [...this.#holdings]) {
      try {
        await holding.renew();
      } catch (error) {
        // The next third tries again; a put whose chunks do go is told "ChunkGone".
        this.#parts.alarm(PithError.from(error, "StoreIo", { task: "renewing claims" }));
      }
    }
    this.#renewing = undefined;
  }
}
