/**
 * SQLite worker: the thread that owns the metadata database.
 *
 * Operations come over the port, one message each; answers go back as one message a batch. While a
 * transaction is being flushed the thread stands still and messages pile up: they are the next
 * batch (sqlite-batch.ts). Loaded by sqlite.ts only.
 */
import type { DatabaseSync } from "node:sqlite";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { assertThat, PithError, type PlainFault } from "../../core/errors.ts";
import { isReader, type Operation, type Outcome, openBatches } from "./sqlite-batch.ts";
import { databaseFault, openDatabase } from "./sqlite-schema.ts";

export interface WorkerSettings {
  readonly file: string;
  readonly create: boolean;
}

/** To the worker: an operation with the number that its answer bears, or the wish to end. */
export type Request = (Operation & { readonly id: number }) | "close";

/** From the worker. */
export type Reply =
  | { readonly kind: "open" }
  | { readonly kind: "closed"; readonly fault?: PlainFault }
  | { readonly kind: "answers"; readonly answers: readonly Answer[] };

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly fault?: PlainFault;
}

function serve(port: MessagePort, database: DatabaseSync): void {
  const batches = openBatches(database);
  let waiting: Exclude<Request, "close">[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    const outcomes = batches.write(batch);
    tell(port, {
      kind: "answers",
      answers: batch.map(({ id }, i) => answerOf(id, outcomes[i])),
    });
  };
  port.on("message", (request: Request) => {
    if (request === "close") {
      if (waiting.length > 0) flush();
      close(port, database);
    } else if (isReader(request)) {
      tell(port, { kind: "answers", answers: [answerOf(request.id, batches.read(request))] });
    } else {
      // Everything that has arrived by now is delivered before the immediate runs.
      if (waiting.length === 0) setImmediate(() => waiting.length > 0 && flush());
      waiting.push(request);
    }
  });
}

function close(port: MessagePort, database: DatabaseSync): void {
  try {
    database.close();
    tell(port, { kind: "closed" });
  } catch (error) {
    tell(port, { kind: "closed", fault: databaseFault(error, {}).toPlain() });
  }
  port.close();
}

function answerOf(id: number, outcome: Outcome | undefined): Answer {
  assertThat(outcome !== undefined, "every operation has an outcome");
  return "error" in outcome ? { id, fault: outcome.error.toPlain() } : { id, value: outcome.value };
}

function tell(port: MessagePort, reply: Reply): void {
  port.postMessage(reply);
}

if (parentPort !== null) {
  const { file, create } = workerData as WorkerSettings;
  try {
    const database = openDatabase(file, create);
    serve(parentPort, database);
    tell(parentPort, { kind: "open" });
  } catch (error) {
    tell(parentPort, { kind: "closed", fault: PithError.from(error, "StoreIo").toPlain() });
  }
}
