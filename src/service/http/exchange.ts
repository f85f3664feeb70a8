/**
 * Exchange: one request and its answer.
 *
 *   head  ->  body() or text()  ->  work  ->  send() or stream()  ->  settle()
 *
 * It hides what is delicate about HTTP: waiting with bounds for a client that sends or takes
 * slowly, "100 Continue", answers that go out before the body has come in, and clients that
 * vanish (`signal`). It knows nothing of S3.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { PithError } from "../../core/errors.ts";
import { DISCARD_MS, DISCARDED_BYTES_MAXIMUM } from "../../core/limits.ts";
import { Patience, type PatienceBounds } from "./patience.ts";

export type AnswerHeaders = Readonly<Record<string, string | number>>;

/** Bytes handed to the socket at once: small enough that a client on a slow line shows signs of
 * life within the silence that is allowed, large enough to cost nothing. */
const SLICE_BYTES = 256 * 1024;

/** How an exchange ended, for the log and the metrics. */
export interface Outcome {
  readonly status: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly seconds: number;
  /** False when the answer could not be brought to its end. */
  readonly whole: boolean;
}

export class Exchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client is gone before its answer was out. */
  readonly signal: AbortSignal;
  /** What the request turned out to be; label of the metrics. */
  operation = "Unknown";
  bucket = "";
  key = "";
  readonly #bounds: PatienceBounds;
  readonly #gone = new AbortController();
  /** Resolved when nothing more of the request can come. */
  readonly #over = Promise.withResolvers<void>();
  readonly #started = performance.now();
  #awaitsContinue: boolean;
  #bodyError: PithError | undefined;
  #rejectRead: ((error: PithError) => void) | undefined;
  #receivedBytes = 0;
  #sentBytes = 0;

  /** @param awaitsContinue - whether the client waits for "100 Continue" before its body */
  constructor(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
    bounds: PatienceBounds,
  ) {
    this.id = id;
    this.request = request;
    this.response = response;
    this.#awaitsContinue = awaitsContinue;
    this.#bounds = bounds;
    this.signal = this.#gone.signal;
    // Errors of the socket show as its closing, which `abandon` is told of; without listeners they
    // would end the process.
    response.on("error", () => this.abandon());
    request.on("error", () => undefined);
  }

  get method(): string {
    return this.request.method ?? "";
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  /** A header's value; the first one when it came several times. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** The announced length of the body in bytes: undefined when it comes in HTTP chunks, or when
   * there is none. */
  get contentLength(): number | undefined {
    const text = this.header("content-length");
    return text === undefined ? undefined : Number(text);
  }

  get hasBody(): boolean {
    return this.contentLength !== undefined || this.header("transfer-encoding") !== undefined;
  }

  /** Says that the connection is closed. Neither queued answers nor requests that were answered
   * before their end hear of that from node:http. */
  abandon(): void {
    this.#over.resolve();
    if (!this.response.writableFinished) this.#gone.abort();
  }

  /** Ends the body with an error, for whoever reads it: nothing of it will come any more. */
  failBody(error: PithError): void {
    this.#bodyError = error;
    this.#rejectRead?.(error);
    this.#over.resolve();
  }

  /**
   * The body as it comes in, once. Back-pressure reaches the client's socket.
   *
   * @throws PithError "IncompleteBody" when the client ended or vanished in the middle,
   *   "SlowClient" when it takes too long
   */
  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#awaitsContinue) {
      this.#awaitsContinue = false;
      this.response.writeContinue();
    }
    const pieces = this.request.iterator({ destroyOnReturn: false }) as AsyncIterator<
      Uint8Array,
      undefined
    >;
    const patience = new Patience(this.#bounds);
    try {
      while (true) {
        const step = await this.#read(pieces, patience);
        if (step.done === true) return;
        this.#receivedBytes += step.value.length;
        patience.moved(step.value.length);
        yield step.value;
      }
    } finally {
      // Whoever stops early leaves the rest to be discarded. After an error a read is still open,
      // and ends with the connection.
      if (this.#bodyError === undefined) await pieces.return?.();
    }
  }

  /** The next piece of the body, within the patience. */
  async #read(
    pieces: AsyncIterator<Uint8Array, undefined>,
    patience: Patience,
  ): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = new Promise<IteratorResult<Uint8Array, undefined>>((resolve, reject) => {
      this.#rejectRead = reject;
      if (this.#bodyError !== undefined) reject(this.#bodyError);
      else pieces.next().then(resolve, reject);
    });
    try {
      return await patience.wait(piece);
    } catch (error) {
      this.#bodyError = PithError.from(error, "IncompleteBody", { bytes: this.#receivedBytes });
      throw this.#bodyError;
    }
  }

  /**
   * The whole body as one array.
   *
   * @throws PithError "EntityTooLarge" beyond `limit` bytes, and what `body` throws
   */
  async wholeBody(limit: number): Promise<Buffer> {
    if ((this.contentLength ?? 0) > limit) throw new PithError("EntityTooLarge", { limit });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.body()) {
      size += part.length;
      if (size > limit) throw new PithError("EntityTooLarge", { limit });
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** Answers with a body that is at hand. A HEAD gets the same headers and no body. */
  async send(status: number, headers: AnswerHeaders, body: string | Uint8Array): Promise<void> {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const bare = status === 204 || status === 304;
    this.#head(status, bare ? headers : { "content-length": bytes.length, ...headers });
    if (!bare && this.method !== "HEAD" && bytes.length > 0) await this.#write(bytes);
    await this.#end();
  }

  /**
   * Answers with bytes as they come.
   *
   * @param length - how many bytes will come
   * @throws what `source` throws: before anything was sent when its first bytes fail, so that an
   *   error can still be answered; later the answer stays short of its length and the
   *   connection is closed by `settle`
   */
  async stream(
    status: number,
    headers: AnswerHeaders,
    length: number,
    source: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const pieces = source[Symbol.asyncIterator]();
    const patience = new Patience(this.#bounds);
    try {
      let step = await pieces.next();
      this.#head(status, { "content-length": length, ...headers });
      while (step.done !== true) {
        await this.#write(step.value, patience);
        step = await pieces.next();
      }
      if (this.#sentBytes !== length) {
        throw new PithError("AssertionFailure", {
          what: "an answer has its announced length",
          length,
          sentBytes: this.#sentBytes,
        });
      }
    } finally {
      await pieces.return?.();
    }
    await this.#end();
  }

  /**
   * Brings the connection to where the next request can begin, or closes it. Called once, after
   * the answer.
   */
  async settle(): Promise<Outcome> {
    const { request, response } = this;
    const whole = response.writableFinished;
    if (!whole) request.socket.destroy();
    else if (!request.complete && this.#bodyError === undefined) await this.#discard();
    // After a broken body nothing that comes on this connection can be understood.
    if (this.#bodyError !== undefined) request.socket.destroySoon();
    return {
      status: response.headersSent ? response.statusCode : 0,
      receivedBytes: this.#receivedBytes,
      sentBytes: this.#sentBytes,
      seconds: (performance.now() - this.#started) / 1000,
      whole,
    };
  }

  /** Reads the rest of a body that nobody wants: closing at once could destroy the answer on its
   * way to a client that is still sending. */
  async #discard(): Promise<void> {
    const { request } = this;
    let bytes = 0;
    const timer = setTimeout(() => request.socket.destroy(), DISCARD_MS);
    request.on("data", (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes > DISCARDED_BYTES_MAXIMUM) request.socket.destroy();
    });
    request.resume();
    const ended = new Promise<void>((resolve) => request.once("end", resolve));
    await Promise.race([ended, this.#over.promise]);
    clearTimeout(timer);
  }

  #head(status: number, headers: AnswerHeaders): void {
    // A client that waits for "100 Continue" in vain may or may not send its body: only closing
    // keeps the next request apart from it.
    const last = this.#awaitsContinue ? { connection: "close" } : {};
    this.response.writeHead(status, { ...headers, "x-amz-request-id": this.id, ...last });
  }

  async #write(bytes: Uint8Array, patience = new Patience(this.#bounds)): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      if (this.signal.aborted) throw new PithError("Aborted", { sentBytes: this.#sentBytes });
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      this.#sentBytes += slice.length;
      if (!this.response.write(slice)) await patience.wait(this.#event("drain"));
      patience.moved(slice.length);
    }
  }

  async #end(): Promise<void> {
    const finished = this.#event("finish");
    this.response.end();
    await new Patience(this.#bounds).wait(finished);
  }

  /** Resolves at the response's event, or when the client is gone. */
  async #event(name: "drain" | "finish"): Promise<void> {
    const { response, signal } = this;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off(name, done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      response.on(name, done);
      signal.addEventListener("abort", done);
    });
  }
}
