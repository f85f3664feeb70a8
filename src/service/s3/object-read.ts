/**
 * Reading objects: GET and HEAD, whole or a range, under conditions.
 *
 *   row -> conditions -> range -> headers -> bytes, as the store proves them chunk by chunk
 *
 * The first chunk is proved before the status goes out, so damage there is answered with an
 * error. Damage further on can only be shown by closing the connection short of Content-Length.
 */
import { PithError } from "../../core/errors.ts";
import type { ObjectRow } from "../../store/index.ts";
import type { Exchange } from "../http/exchange.ts";
import { checkRead, rangeCounts } from "./conditions.ts";
import type { Operate } from "./context.ts";
import { objectAnswerHeaders } from "./object-headers.ts";
import { type ByteRange, parseRange } from "./range.ts";
import type { Query } from "./target.ts";

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
  await exchange.send(
    status,
    status === 304 ? headers : { ...headers, "content-length": bytes },
    "",
  );
};

export const getObject: Operate = async (exchange, target, { store, transfers }) => {
  const { bucket, key, query } = target;
  const leave = await transfers.enter(exchange.signal);
  try {
    const { status, bytes, headers, range } = plan(
      exchange,
      await store.headObject(bucket, key),
      query,
    );
    if (status === 304) {
      await exchange.send(status, headers, "");
      return;
    }
    const { body } = await store.getObject(bucket, key, range === undefined ? {} : { range });
    await exchange.stream(status, headers, bytes, body);
  } finally {
    leave();
  }
};

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
