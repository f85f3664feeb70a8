/**
 * Inflate that tells: the portable decoder, which says on the way what a stream consists of.
 *
 *   stream    literal literal match | stored block | ...
 *   steps     .literal .literal .copy .literals ...       in the order of the stream
 *
 * For those who want to know how another program parsed its bytes. Each step goes through the decoder's
 * slow path, so it takes several times as long.
 */
import type { InflateEngine } from "./inflate-engine.ts";
import { portableEngineInto } from "./inflate-portable.ts";
import { DecodedWindow } from "./inflate-window.ts";

/** Is told what a stream says. */
export interface InflateSteps {
  /** A literal. */
  literal(byte: number): void;
  /** Bytes of a stored block. */
  literals(bytes: Uint8Array): void;
  /** A match, 1..32,768 bytes back and never before the first byte of its stream. */
  copy(length: number, distance: number): void;
}

/** The portable engine, which tells `steps` each step that it has taken. */
export function tellingEngine(steps: InflateSteps): InflateEngine {
  return portableEngineInto("telling", () => new TellingWindow(steps));
}

class TellingWindow extends DecodedWindow {
  override readonly telling = true;
  readonly #steps: InflateSteps;

  constructor(steps: InflateSteps) {
    super();
    this.#steps = steps;
  }

  override literal(literal: number): void {
    super.literal(literal);
    this.#steps.literal(literal & 0xff);
  }

  override stored(bytes: Uint8Array): void {
    super.stored(bytes);
    this.#steps.literals(bytes);
  }

  override match(distance: number, length: number): void {
    super.match(distance, length);
    this.#steps.copy(length, distance);
  }
}
