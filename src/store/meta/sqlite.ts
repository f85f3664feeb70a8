/**
 * Meta in SQLite: the driver's side on the main thread.
 *
 * The database lives in a worker of its own, so that a flush of the disk blocks nobody here; this
 * file numbers the operations, posts them, and settles them as answers come back. When the worker
 * dies, everything under way and everything later fails with "StoreIo".
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { PithError } from "../../core/errors.ts";
import type { Meta, MetaMethod } from "./meta.ts";
import type { Answer, Reply, Request, WorkerSettings } from "./sqlite-worker.ts";

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the database in a new worker.
 *
 * @param create - true makes the database when the file is not there; false takes that as damage
 * @throws PithError "DatabaseDamaged", "VersionGate", "DiskFull", "ReadOnly" or "StoreIo"
 *
 * Reads the whole database once to check it.
 */
export async function openSqliteMeta(file: string, create: boolean): Promise<Meta> {
  const connection = new Connection({ file, create });
  await connection.opened;
  const call =
    <Method extends MetaMethod>(method: Method) =>
    (...parameters: Parameters<Meta[Method]>) =>
      connection.run(method, parameters) as ReturnType<Meta[Method]>;
  return {
    createBucket: call("createBucket"),
    deleteBucket: call("deleteBucket"),
    getBucket: call("getBucket"),
    listBuckets: call("listBuckets"),
    putObject: call("putObject"),
    deleteObject: call("deleteObject"),
    getObject: call("getObject"),
    listObjects: call("listObjects"),
    getChunks: call("getChunks"),
    claimChunks: call("claimChunks"),
    reserveBlob: call("reserveBlob"),
    putChunk: call("putChunk"),
    swapChunk: call("swapChunk"),
    markTried: call("markTried"),
    replaceManifest: call("replaceManifest"),
    collectChunks: call("collectChunks"),
    takeGarbage: call("takeGarbage"),
    finishGarbage: call("finishGarbage"),
    listAwaiting: call("listAwaiting"),
    finishAwaiting: call("finishAwaiting"),
    scanObjects: call("scanObjects"),
    scanChunks: call("scanChunks"),
    scanBlobs: call("scanBlobs"),
    totals: call("totals"),
    getNote: call("getNote"),
    putNote: call("putNote"),
    close: () => connection.close(),
  };
}

class Connection {
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  /** What went wrong with the worker as a whole. */
  #failure: PithError | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: WorkerSettings) {
    const file = `./sqlite-worker${extname(import.meta.filename)}`;
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: settings });
    const opened = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<void>();
    this.opened = opened.promise;
    this.#exited = exited.promise;
    this.#worker.on("message", (reply: Reply) => {
      if (reply.kind === "open") opened.resolve();
      else if (reply.kind === "answers") for (const answer of reply.answers) this.#settle(answer);
      else if (reply.fault !== undefined) this.#failure = PithError.fromPlain(reply.fault);
    });
    this.#worker.on("error", (error) => {
      this.#failure = PithError.from(error, "StoreIo", { thread: "metadata" });
    });
    this.#worker.on("exit", () => {
      if (this.#closing === undefined) this.#failure ??= closed();
      opened.reject(this.#failure ?? closed());
      for (const { reject } of this.#pending.values()) reject(this.#failure ?? closed());
      this.#pending.clear();
      exited.resolve();
    });
  }

  run(method: MetaMethod, parameters: readonly unknown[]): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closing !== undefined) return Promise.reject(closed());
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    this.#post({ id, method, parameters });
    return promise;
  }

  /** Applies what was asked before, then closes. @throws PithError when that fails */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const before = this.#failure;
    if (before === undefined) this.#post("close");
    await this.#exited;
    // A failure from before has been told to everyone whom it concerned.
    if (before === undefined && this.#failure !== undefined) throw this.#failure;
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  #settle({ id, value, fault }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (fault === undefined) pending?.resolve(value);
    else pending?.reject(PithError.fromPlain(fault));
  }
}

function closed(): PithError {
  return new PithError("StoreIo", { why: "the metadata database is closed" });
}
