/**
 * A run for tests: stdin, stdout and stderr in memory.
 */
import { Readable, Writable } from "node:stream";
import { Run } from "../src/cli/run.ts";

export interface FakeRun {
  readonly run: Run;
  /** What was printed so far. */
  output(): string;
  outputBytes(): Buffer;
  /** What was noted so far. */
  errors(): string;
}

/** A run that reads `input`; with `terminal` its streams say that they are one. */
export function fakeRun(
  input: Uint8Array = new Uint8Array(),
  terminal = false,
  env: Readonly<Record<string, string>> = {},
): FakeRun {
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  const run = new Run({
    stdin: Object.assign(Readable.from([input]), { isTTY: terminal }),
    stdout: Object.assign(collecting(output), { isTTY: terminal }),
    stderr: Object.assign(collecting(errors), { isTTY: terminal, columns: 60 }),
    env,
  });
  return {
    run,
    output: () => Buffer.concat(output).toString(),
    outputBytes: () => Buffer.concat(output),
    errors: () => Buffer.concat(errors).toString(),
  };
}

function collecting(pieces: Buffer[]): Writable {
  return new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      done();
    },
  });
}
