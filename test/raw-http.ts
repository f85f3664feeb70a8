/**
 * Raw HTTP for tests: bytes to a port, bytes back, nothing in between that mends or hides what a
 * client does wrong.
 */
import { connect, type Socket } from "node:net";

/** One answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/**
 * Sends pieces, each once the one before was taken, then waits until the server closes or
 * `waitMs` have passed.
 *
 * @param end - half-closes after the last piece
 * @returns all that came back, and whether the server closed the connection
 */
export async function exchangeRaw(
  port: number,
  pieces: readonly (string | Uint8Array)[],
  { end = false, waitMs = 20_000 }: { end?: boolean; waitMs?: number } = {},
): Promise<{ received: Buffer; closed: boolean }> {
  const socket = await openRaw(port);
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  const closed = new Promise<boolean>((resolve) => {
    socket.on("close", () => resolve(true));
    // Either way the bytes so far are what the test looks at.
    socket.on("error", () => resolve(true));
    setTimeout(() => resolve(false), waitMs).unref();
  });
  for (const piece of pieces) {
    if (socket.destroyed) break;
    const bytes = typeof piece === "string" ? Buffer.from(piece, "latin1") : piece;
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  }
  if (end) socket.end();
  const wasClosed = await closed;
  socket.destroy();
  return { received: Buffer.concat(parts), closed: wasClosed };
}

/** A connected socket. */
export async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return socket;
}

/**
 * The answers in `received`, "100 Continue" left out; the last one may be cut short. An answer that
 * is followed by the next one at once had no body, as to a HEAD.
 */
export function parseAnswers(received: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = received;
  while (rest.length > 0) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) throw new Error(`no head in ${JSON.stringify(rest.toString("latin1"))}`);
    const [first = "", ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    rest = rest.subarray(end + 4);
    const match = /^HTTP\/1\.[01] (\d{3}) /.exec(first);
    if (match === null) throw new Error(`not an answer: ${first}`);
    const status = Number(match[1]);
    if (status === 100) continue;
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const bare = rest.subarray(0, 7).toString("latin1") === "HTTP/1.";
    const length = bare ? 0 : Number(headers.get("content-length") ?? 0);
    answers.push({ status, headers, body: rest.subarray(0, length) });
    rest = rest.subarray(length);
  }
  return answers;
}
