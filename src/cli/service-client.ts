/**
 * HTTP requests to a running service: connections kept alive, bodies streamed both ways, refusals
 * turned back into the faults they were on the other side.
 *
 * A body of more than a few chunks is announced first (Expect: 100-continue), so that a request
 * that will be refused costs no upload. What a busy or restarting service did not take is tried
 * again; every request of the command may be repeated without harm.
 */
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS, type FaultCode, PithError } from "../core/errors.ts";
import type { PutBody } from "./access.ts";
import { codeOf } from "./file-fault.ts";

export interface ServiceRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Encoded path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: PutBody;
}

/** Bodies up to this go without being announced: the answer would take as long as the bytes. */
const ANNOUNCED_BYTES_MINIMUM = 1024 * 1024;

/** Silence after which the service counts as gone: coding a whole queue takes less. */
const SILENCE_MS = 10 * 60 * 1000;

/** Tries of a request that met a busy service or a connection that had just been closed. */
const TRIES = 6;
const FIRST_PAUSE_MS = 50;

/** An error answer is short; what is longer is not ours. */
const ERROR_TEXT_MAXIMUM = 64 * 1024;

export class ServiceClient {
  readonly server: string;
  readonly #agent: Agent;
  readonly #base: URL;

  /**
   * @param server - the service's address, http:// and nothing behind the port
   * @throws PithError "BadUsage"
   */
  constructor(server: string, connections: number) {
    if (!URL.canParse(server) || new URL(server).protocol !== "http:") {
      throw new PithError("BadUsage", { server, why: "not an http:// address" });
    }
    this.server = server.replace(/\/+$/, "");
    this.#base = new URL(server);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * Sends a request and gives its answer, whose body the caller reads to the end.
   *
   * @throws PithError the service's own fault for an error answer, "ServerUnreachable" when there
   *   is none, "IncompleteBody" when the body is not as long as it was said to be
   */
  async send(asked: ServiceRequest): Promise<IncomingMessage> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#try(asked);
      } catch (error) {
        if (tries === TRIES || !mayHelpToRepeat(error)) throw error;
        await delay(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random()));
      }
    }
  }

  /** Sends a request and gives the text of its answer. */
  async text(asked: ServiceRequest): Promise<string> {
    return readText(await this.send(asked), Number.POSITIVE_INFINITY);
  }

  /** Sends a request and gives its answer, read as JSON. @throws PithError "ServiceFailed" */
  async json(asked: ServiceRequest): Promise<unknown> {
    const text = await this.text(asked);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw PithError.from(error, "ServiceFailed", { path: asked.path });
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #try(asked: ServiceRequest): Promise<IncomingMessage> {
    const { body } = asked;
    const announced = body !== undefined && body.bytes >= ANNOUNCED_BYTES_MINIMUM;
    const sent = request({
      agent: this.#agent,
      host: this.#base.hostname.replace(/^\[|\]$/g, ""),
      port: this.#base.port === "" ? 80 : Number(this.#base.port),
      method: asked.method,
      path: asked.path,
      headers: {
        ...asked.headers,
        ...(body === undefined ? {} : { "content-length": String(body.bytes) }),
        ...(announced ? { expect: "100-continue" } : {}),
      },
    });
    // What is asked for with POST (a deep check, a collection) may take hours without a word.
    const silenceMs = asked.method === "POST" ? 0 : SILENCE_MS;
    sent.setTimeout(silenceMs, () => sent.destroy(new Error("silent for ten minutes")));
    const upload = new Upload(sent, body);
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once("response", resolve);
        // Stays for the whole life of the connection: late errors belong to the body's reader.
        sent.on("error", reject);
        upload.failed.catch(reject);
        if (body === undefined) sent.end();
        else if (announced) {
          sent.once("continue", () => upload.begin());
          sent.flushHeaders();
        } else upload.begin();
      });
      if ((answer.statusCode ?? 0) < 400) return answer;
      const text = await readText(answer, ERROR_TEXT_MAXIMUM);
      if (!upload.finished) sent.destroy();
      throw faultOfAnswer(answer.statusCode ?? 0, text, asked);
    } catch (error) {
      sent.destroy();
      if (error instanceof PithError) throw error;
      const why = WORDS[codeOf(error) ?? ""] ?? (error as Error).message;
      throw new PithError("ServerUnreachable", { server: this.server, why }, error);
    }
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there; `pith serve` starts it",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  ENOTFOUND: "no such host",
  EHOSTUNREACH: "no way to that host",
};

/** The body of one try. */
class Upload {
  readonly failed: Promise<never>;
  finished = false;
  readonly #sent: ClientRequest;
  readonly #body: PutBody | undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(sent: ClientRequest, body: PutBody | undefined) {
    this.#sent = sent;
    this.#body = body;
    this.finished = body === undefined;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
  }

  begin(): void {
    const body = this.#body as PutBody;
    pipeline(exactly(body), this.#sent).then(
      () => {
        this.finished = true;
      },
      (error: unknown) => {
        // The service may answer and close before it has read everything: its answer counts, and
        // comes as a "response" or an "error" of the request.
        if (error instanceof PithError) this.#fail(error);
      },
    );
  }
}

/** The bytes of a body, refused when they are not as many as were announced. */
async function* exactly(body: PutBody): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const changed = (): PithError =>
    new PithError("IncompleteBody", { announced: body.bytes, came: bytes });
  for await (const piece of body.open()) {
    bytes += piece.length;
    if (bytes > body.bytes) throw changed();
    yield piece;
  }
  if (bytes < body.bytes) throw changed();
}

async function readText(answer: IncomingMessage, maximum: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= maximum) parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function mayHelpToRepeat(error: unknown): boolean {
  if (!(error instanceof PithError)) return false;
  if (error.code === "ServerUnreachable") {
    const code = codeOf(error.cause);
    return code === "ECONNRESET" || code === "EPIPE";
  }
  return FAULTS[error.code].s3 === "SlowDown";
}

/**
 * The fault that an error answer tells, with its facts as far as the answer gives them.
 *
 * @param text - the XML of the S3 side, the JSON of the `/-/` side, or nothing (HEAD)
 */
export function faultOfAnswer(status: number, text: string, asked: ServiceRequest): PithError {
  const told = text.startsWith("{") ? toldInJson(text) : toldInXml(text);
  const { code, message = "" } = told;
  if (code !== undefined)
    return new PithError(code, factsIn(message.slice(FAULTS[code].says.length)));
  return new PithError("ServiceFailed", {
    status,
    request: `${asked.method} ${asked.path}`,
    ...(message === "" ? {} : { says: message }),
  });
}

interface Told {
  readonly code?: FaultCode;
  readonly message?: string;
}

function toldInJson(text: string): Told {
  try {
    const { error, message }: { error?: unknown; message?: unknown } = JSON.parse(text);
    const code = typeof error === "string" && error in FAULTS ? (error as FaultCode) : undefined;
    return { ...(code === undefined ? {} : { code }), message: String(message) };
  } catch {
    return { message: text };
  }
}

/** S3 has one code for several faults: then the message, which is drawn from the fault table on
 * the other side, tells them apart. */
function toldInXml(text: string): Told {
  const s3 = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  const message = unescapeXml(/<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? "");
  const alike = (Object.keys(FAULTS) as FaultCode[]).filter((code) => FAULTS[code].s3 === s3);
  const code = alike.find((one) => message.startsWith(FAULTS[one].says)) ?? SIMPLE[s3 ?? ""];
  return { ...(code === undefined ? {} : { code }), message };
}

/** Codes of S3 that say enough, whatever the message. */
const SIMPLE: Readonly<Record<string, FaultCode>> = {
  NoSuchBucket: "NoSuchBucket",
  NoSuchKey: "NoSuchKey",
  BucketNotEmpty: "BucketNotEmpty",
  SlowDown: "Overloaded",
};

/** The facts of a message as errors.ts writes them: `(name value, name "value")`. */
function factsIn(details: string): Record<string, string | number> {
  const facts: Record<string, string | number> = {};
  for (const [, name, text] of details.matchAll(/[( ](\w+) ("(?:[^"\\]|\\.)*"|[^,)]*)(?=[,)])/g)) {
    if (name === undefined || text === undefined) continue;
    facts[name] = /^\d+$/.test(text) ? Number(text) : text.replace(/^"(.*)"$/s, "$1");
  }
  return facts;
}

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};
