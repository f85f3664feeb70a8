/**
 * Clients: a number of loops that put objects, or get them, one after the other on a kept
 * connection each, and time every request.
 */
import { Agent, request } from "node:http";
import { type Case, type Operation, objectBytes } from "./cases.ts";

/** Puts for so long, then gets: after half of it a new server was as fast as it gets. */
const WARM_UP_MS = 1_500;

/** One operation over all objects of a case. */
export interface Run {
  readonly seconds: number;
  readonly bytes: number;
  /** Milliseconds of every request, from its first byte to the last of its answer. */
  readonly milliseconds: readonly number[];
}

export interface Clients {
  /** Requests that nobody counts, until connections, threads and compiled code are there. */
  warmUp(): Promise<void>;
  run(operation: Operation): Promise<Run>;
  close(): void;
}

/** @param round - makes the objects of each round new ones */
export function startClients(port: number, what: Case, round: number): Clients {
  const agent = new Agent({ keepAlive: true, maxSockets: what.clients });
  const bodies = bodiesFrom(round * 10_000, Math.min(what.objects, 64));
  // Of their own: chunks that the warming up stored would be stored already when it counts.
  const warmBodies = bodiesFrom(round * 10_000 + 5_000, Math.min(what.clients + 4, 36));

  function bodiesFrom(first: number, count: number): Uint8Array[] {
    return Array.from({ length: count }, (_, i) => objectBytes(first + i, what.objectBytes));
  }

  /** The object's bytes; those of a long row differ in their first bytes alone, and so in all. */
  function bodyOf(number: number): Uint8Array {
    const row = number < what.objects ? bodies : warmBodies;
    const body = row[number % row.length] as Uint8Array;
    Buffer.from(body.buffer, body.byteOffset).write(`${round}/${number} `, 0, "latin1");
    return body;
  }

  async function putOne(number: number): Promise<number> {
    return await send(agent, port, "PUT", `/bench/${number}`, bodyOf(number));
  }

  async function getOne(number: number): Promise<number> {
    const bytes = await send(agent, port, "GET", `/bench/${number}`, undefined);
    if (bytes !== what.objectBytes) throw new Error(`object ${number} came with ${bytes} bytes`);
    return bytes;
  }

  /** Every client does task after task until there is none, or the time is over. */
  async function loops(
    task: () => (() => Promise<unknown>) | undefined,
    ms: number,
  ): Promise<void> {
    const ended = performance.now() + ms;
    const loop = async (): Promise<void> => {
      for (let next = task(); next !== undefined; next = task()) {
        await next();
        if (performance.now() >= ended) return;
      }
    };
    await Promise.all(Array.from({ length: what.clients }, loop));
  }

  return {
    async warmUp() {
      await send(agent, port, "PUT", "/bench", undefined);
      let last = what.objects;
      await loops(() => {
        const number = last++;
        return () => putOne(number);
      }, WARM_UP_MS);
      let next = what.objects;
      await loops(() => {
        const number = next++;
        return number < last ? () => getOne(number) : undefined;
      }, WARM_UP_MS);
    },
    async run(operation) {
      const one = operation === "put" ? putOne : getOne;
      const milliseconds: number[] = [];
      let next = 0;
      const started = performance.now();
      await loops(() => {
        if (next === what.objects) return undefined;
        const number = next++;
        return async () => {
          const began = performance.now();
          await one(number);
          milliseconds.push(performance.now() - began);
        };
      }, Number.POSITIVE_INFINITY);
      const seconds = (performance.now() - started) / 1000;
      return { seconds, bytes: what.objects * what.objectBytes, milliseconds };
    },
    close: () => agent.destroy(),
  };
}

/** @returns the length of the answer's body; the bytes themselves are dropped */
function send(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  body: Uint8Array | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-length": body?.length ?? 0 };
    const sending = request({ agent, host: "127.0.0.1", port, method, path, headers }, (answer) => {
      let bytes = 0;
      answer.on("data", (part: Uint8Array) => {
        bytes += part.length;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new Error(`${method} ${path} answered ${answer.statusCode}`));
      });
    });
    sending.on("error", reject);
    sending.end(body);
  });
}
