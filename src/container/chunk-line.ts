/**
 * The way of one chunk through the codecs of its object's plan.
 *
 *   in order, one after the other      known? -> the specialists' sessions (object-sessions.ts)
 *   then at once, chunk beside chunk   refused: cut again at 4 MiB -> general codecs -> stored
 *                                      contested: the same beside it, the smaller one stays (contest.ts)
 *                                      frame -> proof; not proved: the next codec
 *
 * What a codec does wrong ends here as an event; only what is nobody's fault but the caller's or
 * the machine's ("Overloaded", "Aborted") passes. The plain bytes stay until the chunk is
 * yielded, so there is always a next codec, `stored` being the last.
 */
import type { Codec } from "../core/codec.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import { type Plan, SAVES_TOO_LITTLE } from "./choose.ts";
import { ChunkReports, type Fresh } from "./chunk-reports.ts";
import type { CodeReply, PlainChunk } from "./code-chunk.ts";
import type { CodecStamp, CodedChunk, EncodeOptions } from "./coder.ts";
import { generalMayWin } from "./contest.ts";
import type { Cut } from "./cut.ts";
import type { Engine } from "./engine.ts";
import { FILTERS_SWITCH, type FilterStamp } from "./filtering.ts";
import { ObjectSessions, type SessionPassed } from "./object-sessions.ts";
import type { PipelineParts } from "./pipeline.ts";
import { storedVersion } from "./registry.ts";

/** A chunk that is ready but for a last look at the kill switch. */
export interface CodedPiece {
  readonly chunk: PlainChunk;
  readonly frame: Uint8Array | undefined;
  readonly frameSha256: string | undefined;
  readonly codec: CodecStamp | undefined;
  readonly filter: FilterStamp | undefined;
}

export interface ChunkLine {
  /** Codes and proves the object's next chunk; called in order, without waiting. */
  code(cut: Cut): Promise<readonly CodedPiece[]>;
  /** The chunk for the consumer; coded again if its codec was switched off meanwhile, in several
   * chunks where only that codec could take it in one. */
  settle(piece: CodedPiece): Promise<readonly Omit<CodedChunk, "index">[]>;
  close(): void;
}

/** How often `stored` is tried: it fails only when its worker dies or the machine stalls. */
const LAST_RESORT_TRIES = 3;

export function openChunkLine(
  parts: Pick<PipelineParts, "engine" | "gate" | "onEvent">,
  plan: Plan,
  options: EncodeOptions,
  signal: AbortSignal,
): ChunkLine {
  return new Line(parts, plan, options, signal);
}

/** What the sessions made of a chunk; undefined leaves it to the next codec. */
type Passed = "known" | SessionPassed | undefined;

class Line implements ChunkLine {
  readonly #engine: Engine;
  readonly #parts: Pick<PipelineParts, "engine" | "gate" | "onEvent">;
  readonly #plan: Plan;
  readonly #options: EncodeOptions;
  readonly #signal: AbortSignal;
  readonly #reports: ChunkReports;
  /** Of specialists whose chunks depend on each other. */
  readonly #sessions: ObjectSessions;
  /** Resolves when every earlier chunk has passed the session. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    parts: Pick<PipelineParts, "engine" | "gate" | "onEvent">,
    plan: Plan,
    options: EncodeOptions,
    signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#plan = plan;
    this.#options = options;
    this.#signal = signal;
    this.#reports = new ChunkReports(parts.onEvent);
    const isOff = (codec: Codec): boolean => this.#isOff(codec);
    const ordered = plan.specialists.filter((codec) => !codec.independent && !isOff(codec));
    const { engine } = parts;
    const { effort } = options;
    this.#sessions = new ObjectSessions(engine, ordered, effort, this.#reports, isOff, signal);
  }

  async code(cut: Cut): Promise<readonly CodedPiece[]> {
    const chunk: PlainChunk = { plain: cut.plain, sha256: sha256(cut.plain), last: cut.last };
    if (!this.#sessions.areOver) {
      const passed = this.#turn.then(() => this.#passSessions(chunk));
      this.#turn = passed.catch(() => undefined);
      const pieces = await this.#provePassed(chunk, await passed);
      if (pieces !== undefined) return pieces;
    } else if (await this.#isKnown(chunk)) {
      return [knownPiece(chunk)];
    }
    for (const codec of this.#plan.specialists.filter((specialist) => specialist.independent)) {
      const piece = await this.#tryCodec(codec, chunk, this.#options.filters !== false);
      if (typeof piece === "object") return [piece];
    }
    return this.#codeGenerally(chunk);
  }

  async settle(piece: CodedPiece): Promise<readonly Omit<CodedChunk, "index">[]> {
    const { chunk, frame, frameSha256, codec, filter } = piece;
    const late = codec === undefined ? undefined : this.#switchedOff(codec, filter);
    if (codec !== undefined && late !== undefined) {
      this.#reports.tell(codec.name, "refused", late, chunk);
      // The switch may be thrown again meanwhile; each round has a codec less.
      const anew = await this.#codeGenerally(chunk);
      return (await Promise.all(anew.map((part) => this.settle(part)))).flat();
    }
    const before = filter === undefined ? {} : { filter: filter.name };
    if (codec !== undefined)
      this.#parts.onEvent({ codec: codec.name, outcome: "coded", ...before });
    const { sha256, last, plain } = chunk;
    const storedAs = codec === undefined ? undefined : storedVersion(codec, filter);
    const plainBytes = plain.length;
    return [{ plainBytes, sha256, last, frame, frameSha256, codec, filter, storedAs }];
  }

  close(): void {
    this.#sessions.close();
  }

  /** Gives the sessions their next chunk: to code, or only to see when it is stored already. */
  async #passSessions(chunk: PlainChunk): Promise<Passed> {
    const known = await this.#isKnown(chunk);
    const passed = await this.#sessions.pass(chunk, known);
    return known ? "known" : passed;
  }

  async #provePassed(
    chunk: PlainChunk,
    passed: Passed,
  ): Promise<readonly CodedPiece[] | undefined> {
    if (passed === "known") return [knownPiece(chunk)];
    if (passed === undefined) return undefined;
    const { codec, fresh } = passed;
    const smaller = await this.#beat(fresh, chunk);
    if (smaller !== undefined) {
      this.#reports.beaten(codec, chunk);
      return smaller;
    }
    const piece = await this.#prove(codec, fresh, chunk);
    if (piece !== undefined) return [piece];
    // A session whose frame does not hold has a wrong idea of the object.
    this.#sessions.end(codec);
    return undefined;
  }

  /** What general codecs make of a chunk that a specialist has coded, where that is worth a trial;
   * undefined when the specialist's frame stays. */
  async #beat(fresh: Fresh, chunk: PlainChunk): Promise<readonly CodedPiece[] | undefined> {
    const { contest, frame } = fresh.value;
    if (contest === undefined || !generalMayWin(contest, frame.length)) return undefined;
    // Whoever names a codec wants no other.
    if (this.#options.codec !== undefined) return undefined;
    const pieces = await this.#codeGenerally(chunk);
    const bytes = pieces.reduce((sum, piece) => sum + (piece.frame?.length ?? 0), 0);
    return bytes < frame.length ? pieces : undefined;
  }

  /** The general codecs' turn; what a specialist claimed in one piece is cut again for them. */
  async #codeGenerally(chunk: PlainChunk): Promise<readonly CodedPiece[]> {
    if (chunk.plain.length <= CHUNK_BYTES) return [await this.#codeUsual(chunk)];
    const pieces: CodedPiece[] = [];
    for (let from = 0; from < chunk.plain.length; from += CHUNK_BYTES) {
      const plain = chunk.plain.subarray(from, from + CHUNK_BYTES);
      const last = chunk.last && from + plain.length === chunk.plain.length;
      const part: PlainChunk = { plain, sha256: sha256(plain), last };
      pieces.push((await this.#isKnown(part)) ? knownPiece(part) : await this.#codeUsual(part));
    }
    return pieces;
  }

  /** Tries the general codecs in order; `stored` takes what is left. */
  async #codeUsual(chunk: PlainChunk): Promise<CodedPiece> {
    const { general } = this.#plan;
    const lastResort = general.at(-1);
    assertThat(lastResort?.name === "stored", "stored is the last codec");
    let filters = this.#options.filters !== false;
    for (const codec of general.slice(0, -1)) {
      const piece = await this.#tryCodec(codec, chunk, filters);
      if (typeof piece === "object") return piece;
      if (piece === "hopeless") break;
      // It may have been the filter's fault, which the next codec's frame would share.
      if (piece === "failed") filters = false;
    }
    for (let tries = 1; ; tries++) {
      const piece = await this.#tryCodec(lastResort, chunk, false);
      if (typeof piece === "object") return piece;
      if (tries >= LAST_RESORT_TRIES) {
        throw new PithError("RoundTripFailure", { codec: lastResort.name, sha256: chunk.sha256 });
      }
    }
  }

  /** Codes and proves with one codec; "hopeless" when it saves too little for others to try, "refused"
   * and "failed" leave the chunk to them. */
  async #tryCodec(
    codec: Codec,
    chunk: PlainChunk,
    mayFilter: boolean,
  ): Promise<CodedPiece | "hopeless" | "refused" | "failed"> {
    if (this.#isOff(codec)) {
      this.#reports.tell(codec.name, "refused", new PithError("CodecDisabled"), chunk);
      return "refused";
    }
    try {
      const filters = mayFilter && !this.#parts.gate.disabled().has(FILTERS_SWITCH);
      const wish = { effort: this.#options.effort, filters };
      const reply = await this.#engine.code(codec.name, wish, chunk, this.#signal);
      const fresh = this.#reports.taken(codec, reply, chunk);
      if (fresh === undefined) return isHopeless(reply.value) ? "hopeless" : "refused";
      return (await this.#prove(codec, fresh, chunk)) ?? "failed";
    } catch (error) {
      this.#reports.blame(codec, error, chunk);
      return "failed";
    }
  }

  async #prove(codec: Codec, fresh: Fresh, chunk: PlainChunk): Promise<CodedPiece | undefined> {
    try {
      const { frame, filter } = fresh.value;
      const proved = await this.#engine.prove(frame, chunk.sha256, fresh.place, this.#signal);
      const { id, name, version } = codec;
      return { chunk, ...proved, codec: { id, name, version }, filter };
    } catch (error) {
      this.#reports.blame(codec, error, chunk, fresh.value.filter);
      return undefined;
    }
  }

  #isKnown(chunk: PlainChunk): Promise<boolean> {
    return this.#options.known?.(chunk.sha256, chunk.plain.length) ?? Promise.resolve(false);
  }

  #isOff(codec: Codec): boolean {
    return this.#parts.gate.disabled().has(codec.name);
  }

  /** Why a frame of this codec and filter must not be handed on now. */
  #switchedOff(codec: CodecStamp, filter: FilterStamp | undefined): PithError | undefined {
    const disabled = this.#parts.gate.disabled();
    if (disabled.has(codec.name)) return new PithError("CodecDisabled");
    if (filter === undefined || !disabled.has(FILTERS_SWITCH)) return undefined;
    return new PithError("CodecDisabled", { filter: filter.name });
  }
}

function isHopeless(reply: CodeReply): boolean {
  return "refused" in reply && reply.why === SAVES_TOO_LITTLE.why;
}

function knownPiece(chunk: PlainChunk): CodedPiece {
  return { chunk, frame: undefined, frameSha256: undefined, codec: undefined, filter: undefined };
}
