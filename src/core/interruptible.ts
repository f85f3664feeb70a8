/**
 * Interruptible work: what any long coding or decoding keeps to in the thread that it runs in.
 *
 *   steps    |--step--|--step--|--step--| ... | value
 *                     ^ here the turn may be over, and the caller may have given up
 *
 * Work is written as a generator that yields between two calls of a kernel. What its steps tell, how
 * many threads are worth their while and who hears of progress are for whoever extends this.
 */
import { PithError } from "./errors.ts";
import { throwIfAborted } from "./intake.ts";
import { THREADS_MAXIMUM } from "./limits.ts";
import { Turns } from "./turns.ts";

export interface InterruptibleOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @typeParam Told - what each step tells */
export class InterruptibleWork<Told> {
  /** How many threads were asked for; undefined leaves that to the work. */
  readonly threads: number | undefined;
  /** Ends the work. */
  readonly signal: AbortSignal | undefined;
  #turns = new Turns();

  /** @throws PithError "InvalidArgument" naming the option; "Aborted" */
  constructor({ threads, signal }: InterruptibleOptions) {
    const isNumber = Number.isInteger(threads) && threads! >= 1 && threads! <= THREADS_MAXIMUM;
    if (threads !== undefined && !isNumber) {
      throw new PithError("InvalidArgument", { option: "threads", value: threads });
    }
    throwIfAborted(signal);
    this.threads = threads;
    this.signal = signal;
  }

  /** Begins a turn: the work was waiting until now. */
  begin(): void {
    this.#turns.begin();
  }

  /** Has turns last so long from here on. */
  limitTurns(turnMs: number): void {
    this.#turns = new Turns(turnMs);
  }

  /** Whether `pass` would give way. */
  get turnIsOver(): boolean {
    return this.#turns.over;
  }

  /** Gives way when the turn is over. @throws PithError "Aborted" */
  async pass(): Promise<void> {
    await this.#turns.pass();
    throwIfAborted(this.signal);
  }

  /** Does all steps in this thread. @throws PithError "Aborted" */
  async run<Value>(steps: Generator<Told, Value, undefined>): Promise<Value> {
    this.begin();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      this.hear(step.value);
      if (this.turnIsOver) await this.pass();
    }
  }

  /** Called with what each step told. */
  protected hear(_told: Told): void {}
}
