/**
 * Bucket operations: create, head, delete, list buckets, list objects, location.
 *
 * They touch rows only, never chunks, so none of them waits for a transfer place.
 */
import { PithError } from "../../core/errors.ts";
import { XML_BODY_BYTES_MAXIMUM } from "../../core/limits.ts";
import type { Operate } from "./context.ts";
import { bucketsDocument, listDocument, readListRequest } from "./list.ts";
import { document } from "./xml.ts";

export const XML_HEADERS = { "content-type": "application/xml" } as const;

/** The one place there is; clients insist on a region. */
const REGION = "us-east-1";

export const listBuckets: Operate = async (exchange, _target, { store }) => {
  await exchange.send(200, XML_HEADERS, bucketsDocument(await store.listBuckets()));
};

export const createBucket: Operate = async (exchange, { bucket }, { store }) => {
  // A body may name a region; there is only one.
  if (exchange.hasBody) await exchange.wholeBody(XML_BODY_BYTES_MAXIMUM);
  await store.createBucket(bucket);
  await exchange.send(200, { location: `/${bucket}` }, "");
};

export const headBucket: Operate = async (exchange, { bucket }, { store }) => {
  await store.headBucket(bucket);
  await exchange.send(200, { ...XML_HEADERS, "x-amz-bucket-region": REGION }, "");
};

export const deleteBucket: Operate = async (exchange, { bucket }, { store }) => {
  await store.deleteBucket(bucket);
  await exchange.send(204, {}, "");
};

export const getBucketLocation: Operate = async (exchange, { bucket }, { store }) => {
  await store.headBucket(bucket);
  // Empty stands for the region that has been there from the beginning.
  await exchange.send(200, XML_HEADERS, document("LocationConstraint", []));
};

export const listObjects: Operate = async (exchange, { bucket, query }, { store }) => {
  if (exchange.hasBody && exchange.contentLength !== 0) {
    throw new PithError("BadRequest", { why: "a listing has no body" });
  }
  const request = readListRequest(bucket, query);
  const page = await store.listObjects(request);
  await exchange.send(200, XML_HEADERS, listDocument(request, page));
};
