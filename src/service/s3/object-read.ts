/**
 * Reading objects: GET and HEAD, whole or a range, under conditions.
 *
 *   row -> conditions -> range -> headers -> bytes, as the store proves them chunk by chunk
 *
 * The first chunk is proved before the status goes out, so damage there is answered with an
 * error. Damage further on can only be shown by closing the connection short of Content-Length.
 */
import { PithError } from "../../core/errors.ts";
import { GET_BYTES_HELD_MAXIMUM } from "../../core/limits.ts";
import type { ObjectRow, Store } from "../../store/index.ts";
import type { Exchange } from "../http/exchange.ts";
import { checkRead, rangeCounts } from "./conditions.ts";
import { type Operate, shareOf } from "./context.ts";
import { objectAnswerHeaders } from "./object-headers.ts";
import { type ByteRange, parseRange } from "./range.ts";
import type { Query, Target } from "./target.ts";

/** How often a range is planned anew because the object was replaced in between. */
const REPLANS = 8;

/** How the object's row says the request is to be answered. */
interface Plan {
  readonly status: 200 | 206 | 304;
  readonly range: ByteRange | undefined;
  readonly bytes: number;
  readonly headers: Record<string, string>;
}

export const headObject: Operate = async (exchange, { bucket, key, query }, { store }) => {
  const row = await store.headObject(bucket, key);
  const { status, bytes, headers } = plan(exchange, row, query);
  const length = status === 304 ? {} : { "content-length": bytes };
  await exchange.send(status, { ...headers, ...length }, "");
};

export const getObject: Operate = async (exchange, target, { store, transfers }) => {
  const { status, bytes, headers, body } = await open(exchange, target, store);
  if (body === undefined) {
    await exchange.send(status, headers, "");
    return;
  }
  const leave = await transfers.gets.take(shareOf(bytes, GET_BYTES_HELD_MAXIMUM), exchange.signal);
  try {
    await exchange.stream(status, headers, bytes, body);
  } finally {
    leave();
  }
};

/** Opens what the request asks for; without a body where the answer has none. */
async function open(
  exchange: Exchange,
  { bucket, key, query }: Target,
  store: Store,
): Promise<Plan & { readonly body: AsyncIterable<Uint8Array> | undefined }> {
  const { signal } = exchange;
  for (let i = 0; ; i++) {
    const whole = await store.getObject(bucket, key, { signal });
    const planned = plan(exchange, whole.row, query);
    if (planned.status !== 206) {
      return { ...planned, body: planned.status === 304 ? undefined : whole.body };
    }
    try {
      // The range was worked out for this version's length: another one has to be planned anew.
      const condition = { ifMatch: [whole.row.etag] };
      const { range } = planned;
      const { body } = await store.getObject(bucket, key, { range, condition, signal });
      return { ...planned, body };
    } catch (error) {
      const replaced = error instanceof PithError && error.code === "PreconditionFailed";
      if (!replaced || i >= REPLANS) throw error;
    }
  }
}

/** @throws PithError "PreconditionFailed" or "RangeNotSatisfiable" */
function plan(exchange: Exchange, row: ObjectRow, query: Query): Plan {
  const headers = objectAnswerHeaders(row, query);
  if (checkRead(exchange.headers, row) === "notModified") {
    const { etag, "last-modified": modified } = headers;
    return {
      status: 304,
      range: undefined,
      bytes: 0,
      headers: { etag: etag ?? "", "last-modified": modified ?? "" },
    };
  }
  const counts = rangeCounts(exchange.header("if-range"), row);
  const range = counts ? parseRange(exchange.header("range"), row.bytes) : undefined;
  if (range === "outside") throw new PithError("RangeNotSatisfiable", { size: row.bytes });
  if (range === undefined) return { status: 200, range, bytes: row.bytes, headers };
  const { first, last } = range;
  headers["content-range"] = `bytes ${first}-${last}/${row.bytes}`;
  return { status: 206, range, bytes: last - first + 1, headers };
}
