/**
 * Listings: the parameters of ListObjects and ListObjectsV2, page tokens, and the answers.
 *
 *   token   base64url( check: 8 bytes | where the next page begins: UTF-8 )
 *
 * The check covers the bucket and the parameters that shape a listing, so a token that was
 * changed, cut or taken to another listing is refused instead of giving a wrong page.
 */
import { PithError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { LIST_KEYS_MAXIMUM } from "../../core/limits.ts";
import type { ListPage, ListQuery, ObjectEntry } from "../../store/index.ts";
import { checkKey, type Query } from "./target.ts";
import { document, encodeKey, type XmlNode } from "./xml.ts";

/** A listing as the client asked for it. */
export interface ListRequest extends ListQuery {
  readonly version: 1 | 2;
  readonly urlEncoding: boolean;
  readonly fetchOwner: boolean;
  /** As they came, to be told back. */
  readonly token: string | undefined;
  readonly startAfter: string | undefined;
}

/** Who owns everything while there are no access keys. */
const OWNER: XmlNode = [
  "Owner",
  [
    ["ID", "pith"],
    ["DisplayName", "pith"],
  ],
];
const CHECK_BYTES = 8;

/**
 * Reads a listing's parameters.
 *
 * @throws PithError "InvalidArgument" naming the parameter
 */
export function readListRequest(bucket: string, query: Query): ListRequest {
  const version = query.get("list-type") === "2" ? 2 : 1;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const startAfter = query.get(version === 2 ? "start-after" : "marker");
  const token = version === 2 ? query.get("continuation-token") : undefined;
  for (const text of [prefix, delimiter, startAfter ?? ""]) checkKey(text);
  const encoding = query.get("encoding-type");
  if (encoding !== undefined && encoding !== "" && encoding.toLowerCase() !== "url") {
    throw new PithError("InvalidArgument", { parameter: "encoding-type" });
  }
  const shape = { bucket, prefix, delimiter };
  return {
    ...shape,
    version,
    after: token === undefined ? (startAfter ?? "") : readToken(token, shape),
    limit: readLimit(query.get("max-keys")),
    urlEncoding: encoding?.toLowerCase() === "url",
    fetchOwner: version === 1 || query.get("fetch-owner") === "true",
    token,
    startAfter,
  };
}

function readLimit(text: string | undefined): number {
  if (text === undefined || text === "") return LIST_KEYS_MAXIMUM;
  if (!/^\d{1,10}$/.test(text)) throw new PithError("InvalidArgument", { parameter: "max-keys" });
  return Math.min(Number(text), LIST_KEYS_MAXIMUM);
}

type Shape = Pick<ListQuery, "bucket" | "prefix" | "delimiter">;

/** The opaque form of where the next page of this listing begins. */
export function writeToken(after: string, shape: Shape): string {
  return Buffer.concat([check(after, shape), Buffer.from(after)]).toString("base64url");
}

/** @throws PithError "InvalidArgument" for anything that `writeToken` did not make for `shape`. */
export function readToken(token: string, shape: Shape): string {
  const bytes = Buffer.from(token, "base64url");
  const after = bytes.subarray(CHECK_BYTES).toString();
  const right = bytes.length > CHECK_BYTES && token === writeToken(after, shape);
  if (!right) throw new PithError("InvalidArgument", { parameter: "continuation-token" });
  return after;
}

function check(after: string, { bucket, prefix, delimiter }: Shape): Buffer {
  // No part can hold a NUL, so no two listings give the same text.
  const text = [bucket, prefix, delimiter, after].join("\0");
  return Buffer.from(sha256(Buffer.from(text)), "hex").subarray(0, CHECK_BYTES);
}

/** The answer to a listing. */
export function listDocument(request: ListRequest, page: ListPage): string {
  const text = request.urlEncoding ? encodeKey : (key: string): string => key;
  const truncated = page.next !== undefined && request.limit > 0;
  const nodes: XmlNode[] = [
    ["Name", request.bucket],
    ["Prefix", text(request.prefix)],
    ["MaxKeys", request.limit],
    ["IsTruncated", truncated],
  ];
  if (request.delimiter !== "") nodes.push(["Delimiter", text(request.delimiter)]);
  if (request.urlEncoding) nodes.push(["EncodingType", "url"]);
  if (request.version === 2) {
    nodes.push(["KeyCount", page.objects.length + page.prefixes.length]);
    if (request.startAfter !== undefined) nodes.push(["StartAfter", text(request.startAfter)]);
    if (request.token !== undefined) nodes.push(["ContinuationToken", request.token]);
    if (truncated) nodes.push(["NextContinuationToken", writeToken(page.next ?? "", request)]);
  } else {
    nodes.push(["Marker", text(request.startAfter ?? "")]);
    if (truncated) nodes.push(["NextMarker", text(page.next ?? "")]);
  }
  for (const entry of page.objects) nodes.push(["Contents", contents(entry, request, text)]);
  for (const prefix of page.prefixes) nodes.push(["CommonPrefixes", [["Prefix", text(prefix)]]]);
  return document("ListBucketResult", nodes);
}

function contents(
  entry: ObjectEntry,
  request: ListRequest,
  text: (key: string) => string,
): XmlNode[] {
  const nodes: XmlNode[] = [
    ["Key", text(entry.key)],
    ["LastModified", new Date(entry.modifiedMs).toISOString()],
    ["ETag", `"${entry.etag}"`],
    ["Size", entry.bytes],
    ["StorageClass", "STANDARD"],
  ];
  if (request.fetchOwner) nodes.push(OWNER);
  return nodes;
}

/** The answer to ListBuckets. */
export function bucketsDocument(
  buckets: readonly { readonly name: string; readonly createdMs: number }[],
): string {
  const list = buckets.map(
    ({ name, createdMs }): XmlNode => [
      "Bucket",
      [
        ["Name", name],
        ["CreationDate", new Date(createdMs).toISOString()],
      ],
    ],
  );
  return document("ListAllMyBucketsResult", [OWNER, ["Buckets", list]]);
}
