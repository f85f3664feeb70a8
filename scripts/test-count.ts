/**
 * A second reporter for Node's test runner: how the run ended, as one JSON line.
 *
 * The runner's exit code alone is not to be trusted: it is 0 when a test calls process.exit(0), when
 * a pattern matches nothing but other files, and when tests were skipped. This reporter writes the
 * closing counts, the skipped tests and the files whose process went away before its own
 * closing counts; scripts/test.ts judges them. A run that was cut short as a whole writes nothing.
 */
import { resolve } from "node:path";
import type { TestEvent } from "node:test/reporters";

/** How one run of the test runner ended. */
export interface TestCount {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Name and reason of each test that was skipped or is marked as still to be done. */
  readonly skipped: readonly string[];
  /** Files whose process ended without closing counts of its own. */
  readonly unfinished: readonly string[];
  readonly seconds: number;
}

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const closed = new Set<string>();
  const skipped: string[] = [];
  const files = new Map<string, string>();
  for await (const { type, data } of source) {
    if (type === "test:complete") {
      const reason = data.skip ?? data.todo;
      if (reason !== undefined && reason !== false) {
        skipped.push(reason === true ? data.name : `${data.name} (${reason})`);
      }
      // With a process per file, each file is also a test of its own, named by its path.
      if (data.file !== undefined && resolve(data.name) === data.file) {
        files.set(data.file, data.name);
      }
    } else if (type === "test:summary") {
      if (data.file !== undefined) closed.add(data.file);
      else {
        // Only now: files run side by side, and their own closing counts come in order of name.
        const unfinished = [...files].filter(([file]) => !closed.has(file)).map(([, name]) => name);
        yield `${JSON.stringify(closing(data, skipped, unfinished))}\n`;
      }
    }
  }
}

function closing(
  data: Extract<TestEvent, { type: "test:summary" }>["data"],
  skipped: readonly string[],
  unfinished: readonly string[],
): TestCount {
  const { tests, passed, cancelled, skipped: passedOver, todo } = data.counts;
  const failed = tests - passed - cancelled - passedOver - todo;
  const seconds = data.duration_ms / 1000;
  return { tests, passed, failed, cancelled, skipped, unfinished, seconds };
}
