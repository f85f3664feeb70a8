/**
 * The S3 door: finds the operation of a request, runs it, and answers its errors.
 *
 *   Exchange -> parseTarget -> routeRequest -> operation -> answer
 *                    \______________\_____________\-> PithError -> XML from the fault table
 */
import { FAULTS, type PithError } from "../../core/errors.ts";
import type { AnswerHeaders, Exchange } from "../http/exchange.ts";
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
  listObjects,
  XML_HEADERS,
} from "./bucket.ts";
import type { Operate, S3Context } from "./context.ts";
import { getObject, headObject } from "./object-read.ts";
import { deleteObject, deleteObjects, putObject } from "./object-write.ts";
import { type Operation, routeRequest } from "./route.ts";
import type { Target } from "./target.ts";
import { document } from "./xml.ts";

const OPERATE: Readonly<Record<Operation, Operate>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  ListObjects: listObjects,
  ListObjectsV2: listObjects,
  DeleteObjects: deleteObjects,
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
};

/**
 * Answers a request to the S3 side.
 *
 * @throws PithError what is to be answered as an error, when nothing of the answer is out yet
 */
export async function serveS3(
  exchange: Exchange,
  target: Target,
  context: S3Context,
): Promise<void> {
  const operation = routeRequest(exchange.method, target, exchange.headers);
  exchange.operation = operation;
  exchange.bucket = target.bucket;
  exchange.key = target.key;
  await OPERATE[operation](exchange, target, context);
}

/** Answers with an error as S3 does: status and code from the fault table, XML, request id. */
export async function sendFault(
  exchange: Exchange,
  error: PithError,
  resource: string,
): Promise<void> {
  const body = faultDocument(error, exchange.id, resource);
  await exchange.send(FAULTS[error.code].http, { ...XML_HEADERS, ...faultHeaders(error) }, body);
}

/** An error as XML. What is not the client's doing is told in general words only: the facts are for
 * the log. */
export function faultDocument(error: PithError, id: string, resource: string): string {
  const { s3, says } = FAULTS[error.code];
  const detailed = error.kind === "input" || error.kind === "limit";
  return document("Error", [
    ["Code", s3],
    ["Message", detailed ? error.message : says],
    ["Resource", resource],
    ["RequestId", id],
  ]);
}

function faultHeaders(error: PithError): AnswerHeaders {
  const status: number = FAULTS[error.code].http;
  if (status === 503) return { "retry-after": 1 };
  if (error.code === "RangeNotSatisfiable") {
    return { "content-range": `bytes */${String(error.facts["size"])}` };
  }
  if (error.code === "MethodNotAllowed" && error.facts["allow"] !== undefined) {
    return { allow: String(error.facts["allow"]) };
  }
  return {};
}
