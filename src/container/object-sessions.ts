/**
 * Object sessions: those of an object's specialists whose chunks depend on each other, best first.
 *
 *   chunk -> first session: coded  -> the others only see it
 *            first session: refused -> the next one codes it, those behind only see it
 *            first session: coded, but contested (contest.ts) -> all code it, the smallest frame stays
 *
 * Each session meets each chunk, in order, so that any of them can go on where those before it cannot. One
 * that fails, or whose codec is switched off, has missed a chunk and is ended.
 */
import type { Codec, Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { ChunkReports, Fresh } from "./chunk-reports.ts";
import type { PlainChunk } from "./code-chunk.ts";
import type { Engine, EngineSession } from "./engine.ts";

interface OpenSession {
  readonly codec: Codec;
  readonly ready: Promise<EngineSession>;
}

/** A chunk that a session has coded. */
export interface SessionPassed {
  readonly codec: Codec;
  readonly fresh: Fresh;
}

export class ObjectSessions {
  readonly #reports: ChunkReports;
  readonly #isOff: (codec: Codec) => boolean;
  /** Those that live, best first. */
  #open: readonly OpenSession[];

  /** @param codecs - not independent, none switched off */
  constructor(
    engine: Engine,
    codecs: readonly Codec[],
    effort: Effort,
    reports: ChunkReports,
    isOff: (codec: Codec) => boolean,
    signal: AbortSignal,
  ) {
    this.#reports = reports;
    this.#isOff = isOff;
    this.#open = codecs.map((codec) => {
      const ready = engine.openSession(codec.name, effort, signal);
      // Told by the first chunk that asks for it.
      ready.catch(() => undefined);
      return { codec, ready };
    });
  }

  /** Whether none lives any more. */
  get areOver(): boolean {
    return this.#open.length === 0;
  }

  /**
   * Gives the sessions the object's next chunk.
   *
   * @param isKnown - whether it is stored already, and only to be seen
   * @returns what the best one made of it; undefined leaves it to other codecs
   */
  async pass(chunk: PlainChunk, isKnown: boolean): Promise<SessionPassed | undefined> {
    let passed: SessionPassed | undefined;
    for (const { codec, ready } of this.#open) {
      if (this.#isOff(codec)) {
        this.#reports.tell(codec.name, "refused", new PithError("CodecDisabled"), chunk);
        this.end(codec);
        continue;
      }
      try {
        const session = await ready;
        if (isKnown) {
          await session.observe(chunk);
        } else if (passed === undefined || passed.fresh.value.contest !== undefined) {
          const fresh = this.#reports.taken(codec, await session.encode(chunk), chunk);
          if (fresh !== undefined) passed = this.#smaller(passed, { codec, fresh }, chunk);
        } else if (!chunk.last) {
          await session.observe(chunk);
        }
      } catch (error) {
        this.#reports.blame(codec, error, chunk);
        this.end(codec);
      }
    }
    return passed;
  }

  /** The one of two frames that stays; the first where they are as long as each other. */
  #smaller(
    first: SessionPassed | undefined,
    second: SessionPassed,
    chunk: PlainChunk,
  ): SessionPassed {
    if (first === undefined) return second;
    const wins = second.fresh.value.frame.length < first.fresh.value.frame.length;
    const [winner, loser] = wins ? [second, first] : [first, second];
    this.#reports.beaten(loser.codec, chunk);
    return winner;
  }

  /** Ends the session of a codec, which has a wrong idea of the object. */
  end(codec: Codec): void {
    const session = this.#open.find((one) => one.codec === codec);
    if (session === undefined) return;
    this.#open = this.#open.filter((one) => one !== session);
    const closed = session.ready.then(
      (open) => open.close(),
      () => undefined, // told by the chunk that asked for it
    );
    closed.catch((error: unknown) => {
      const fault = PithError.from(error, "AssertionFailure");
      // "Aborted" is the coder's own closing.
      if (fault.code !== "Aborted") this.#reports.tell(codec.name, "failed", fault);
    });
  }

  /** Ends all of them. */
  close(): void {
    for (const { codec } of this.#open) this.end(codec);
  }
}
