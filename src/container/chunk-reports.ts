/**
 * Chunk reports: what codecs do wrong on the way of an object's chunks ends here, as an event for an
 * operator to count (coder.ts). Only what is nobody's fault but the caller's or the machine's passes.
 */
import type { Codec } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { CodeReply, PlainChunk } from "./code-chunk.ts";
import type { CoderEvent } from "./coder.ts";
import type { Placed } from "./engine.ts";
import type { FilterStamp } from "./filtering.ts";

/** A frame before its proof. */
export type Fresh = Placed<Extract<CodeReply, { readonly frame: unknown }>>;

export class ChunkReports {
  readonly #onEvent: (event: CoderEvent) => void;

  constructor(onEvent: (event: CoderEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** The frame of a reply, or undefined after telling of a refusal. */
  taken(codec: Codec, reply: Placed<CodeReply>, chunk: PlainChunk): Fresh | undefined {
    if ("frame" in reply.value) return { value: reply.value, place: reply.place };
    const { refused, why } = reply.value;
    const facts = why === undefined ? {} : { why };
    this.tell(codec.name, "refused", new PithError(refused, facts), chunk);
    return undefined;
  }

  /** A codec's failure becomes an event; what is not its failure is thrown on. */
  blame(codec: Codec, error: unknown, chunk: PlainChunk, filter?: FilterStamp): void {
    let fault = PithError.from(error, "AssertionFailure");
    if (filter !== undefined)
      fault = new PithError(fault.code, { ...fault.facts, filter: filter.says });
    if (fault.code === "Overloaded" || fault.code === "Aborted") throw fault;
    this.tell(codec.name, fault.kind === "input" ? "refused" : "failed", fault, chunk);
  }

  /** Another codec's frame of this chunk is smaller. */
  beaten(codec: Codec, chunk: PlainChunk): void {
    const why = "another codec's frame is smaller";
    this.tell(codec.name, "refused", new PithError("CodecRefused", { why }), chunk);
  }

  tell(codec: string, outcome: "refused" | "failed", fault: PithError, chunk?: PlainChunk): void {
    const why = chunk === undefined ? fault.message : `${fault.message}, chunk ${chunk.sha256}`;
    this.#onEvent({ codec, outcome, code: fault.code, why });
  }
}
