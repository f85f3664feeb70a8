/**
 * Route: which operation a request asks for.
 *
 *   GET /            ListBuckets           PUT|HEAD|DELETE /bucket        ...Bucket
 *   GET /bucket      ListObjects(V2)       PUT|GET|HEAD|DELETE /bucket/key ...Object
 *   POST /bucket?delete  DeleteObjects     GET /bucket?location           GetBucketLocation
 *
 * Everything else that S3 knows is named by a sub-resource in the query or by a header, and is
 * answered with NotImplemented. A write with a parameter that nobody here knows is refused
 * as well: taken for a plain put it would overwrite the object that it only wanted to tag.
 */
import type { IncomingHttpHeaders } from "node:http";
import { PithError } from "../../core/errors.ts";
import type { Query, Target } from "./target.ts";

export const OPERATIONS = [
  "ListBuckets",
  "CreateBucket",
  "HeadBucket",
  "DeleteBucket",
  "GetBucketLocation",
  "ListObjects",
  "ListObjectsV2",
  "DeleteObjects",
  "PutObject",
  "GetObject",
  "HeadObject",
  "DeleteObject",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Parameters that any request may carry: presigned addresses and the SDK's own marks. */
const ANYWHERE = /^(x-id|x-amz-.*|awsaccesskeyid|signature|expires)$/i;

/** Sub-resources of S3 that Pith does not offer. */
const SUBRESOURCES: ReadonlySet<string> = new Set(
  `abac accelerate acl analytics annotation annotations append attributes cors encryption
  intelligent-tiering inventory legal-hold lifecycle logging metadataConfiguration
  metadataInventoryTable metadataJournalTable metadataTable metrics notification object-lock
  ownershipControls partNumber policy policyStatus publicAccessBlock renameObject replication
  requestPayment restore retention select select-type session tagging torrent uploadId uploads
  versionId versioning versions website`.split(/\s+/),
);

/** Headers, and parameters of their names, that ask for what is not done here. Passed over they would
 * be a promise that is not kept: bytes that are not encrypted, tags and locks that are nowhere. */
const OTHER_WISHES = [
  /^x-amz-(copy-source|rename-source)/,
  /^x-amz-write-offset-bytes$/,
  /^x-amz-server-side-encryption/,
  /^x-amz-object-lock-/,
  /^x-amz-tagging$/,
  /^x-amz-website-redirect-location$/,
];

const SERVICE_METHODS: Readonly<Record<string, Operation>> = { GET: "ListBuckets" };
const BUCKET_METHODS: Readonly<Record<string, Operation>> = {
  PUT: "CreateBucket",
  HEAD: "HeadBucket",
  DELETE: "DeleteBucket",
  GET: "ListObjects",
};
const OBJECT_METHODS: Readonly<Record<string, Operation>> = {
  PUT: "PutObject",
  GET: "GetObject",
  HEAD: "HeadObject",
  DELETE: "DeleteObject",
};

/**
 * The operation of a request.
 *
 * @throws PithError "NotImplemented" for what S3 has and Pith does not, "MethodNotAllowed" with
 *   the methods that are (fact `allow`) for what S3 does not have either, "BadBucketName" for a
 *   key without a bucket
 */
export function routeRequest(
  method: string,
  target: Target,
  headers: IncomingHttpHeaders,
): Operation {
  const { query } = target;
  refuseOthers(method, query, headers);
  if (target.bucket === "") {
    if (target.key !== "") throw new PithError("BadBucketName", { bucket: "" });
    return pick(SERVICE_METHODS, method);
  }
  if (target.key !== "") return pick(OBJECT_METHODS, method);
  if (method === "POST") {
    if (query.has("delete")) return "DeleteObjects";
    throw new PithError("NotImplemented", { what: "uploads from HTML forms" });
  }
  if (method === "GET" && query.has("location")) return "GetBucketLocation";
  if (method === "GET" && query.get("list-type") === "2") return "ListObjectsV2";
  return pick(BUCKET_METHODS, method);
}

function refuseOthers(method: string, query: Query, headers: IncomingHttpHeaders): void {
  const reads = method === "GET" || method === "HEAD";
  // A presigned address carries headers as parameters.
  for (const wish of [...Object.keys(headers), ...query.keys()]) {
    if (OTHER_WISHES.some((other) => other.test(wish.toLowerCase()))) {
      throw new PithError("NotImplemented", { wish });
    }
  }
  for (const name of query.keys()) {
    if (ANYWHERE.test(name)) continue;
    const known = method === "POST" && name === "delete";
    if (SUBRESOURCES.has(name) || (!reads && !known)) {
      throw new PithError("NotImplemented", { parameter: name });
    }
  }
}

function pick(methods: Readonly<Record<string, Operation>>, method: string): Operation {
  const operation = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (operation !== undefined) return operation;
  throw new PithError("MethodNotAllowed", { method, allow: Object.keys(methods).join(", ") });
}
