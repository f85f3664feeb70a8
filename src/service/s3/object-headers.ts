/**
 * Object headers: what is kept with an object besides its bytes, and how it is given back.
 *
 *   Content-Type, Cache-Control, ...   as they came; `response-*` parameters override them
 *   x-amz-meta-NAME                    names in lower case, at most 2 KB in all
 *
 * Values are one character per byte, as node:http reads and writes them, so they come back as
 * the very bytes that were sent.
 */
import type { IncomingHttpHeaders } from "node:http";
import { PithError } from "../../core/errors.ts";
import { USER_METADATA_BYTES_MAXIMUM } from "../../core/limits.ts";
import type { ObjectRow } from "../../store/index.ts";
import type { Query } from "./target.ts";

type ObjectHeaders = ObjectRow["headers"];

const META_PREFIX = "x-amz-meta-";

/** What S3 says of an object whose type nobody told. */
const DEFAULT_TYPE = "binary/octet-stream";

/** Types that a browser runs as a page of this origin. */
const ACTIVE_TYPE = /^(text\/(html|xml)|application\/(xhtml\+xml|xml)|image\/svg\+xml)\b/i;

/** Query parameter, field of the row, header: the standard headers of an object. */
const STANDARD = [
  ["response-content-type", "contentType", "content-type"],
  ["response-cache-control", "cacheControl", "cache-control"],
  ["response-content-disposition", "contentDisposition", "content-disposition"],
  ["response-content-encoding", "contentEncoding", "content-encoding"],
  ["response-content-language", "contentLanguage", "content-language"],
  ["response-expires", "expires", "expires"],
] as const satisfies readonly (readonly [string, keyof ObjectHeaders, string])[];

/** The standard headers of a put; `aws-chunked` is how it was sent, not what it is. */
export function readObjectHeaders(headers: IncomingHttpHeaders): ObjectHeaders {
  const kept: { -readonly [name in keyof ObjectHeaders]: ObjectHeaders[name] } = {
    contentType: DEFAULT_TYPE,
  };
  for (const [, field, header] of STANDARD) {
    const came = headers[header];
    const value = Array.isArray(came) ? came.join(", ") : came;
    const stays = header === "content-encoding" ? withoutChunked(value) : value;
    if (stays !== undefined && stays !== "") kept[field] = stays;
  }
  return kept;
}

/**
 * The user metadata of a put.
 *
 * @throws PithError "MetadataTooLarge"
 */
export function readUserMetadata(headers: IncomingHttpHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(META_PREFIX) || value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : value;
    const short = name.slice(META_PREFIX.length);
    if (short === "") throw new PithError("InvalidArgument", { header: name });
    bytes += short.length + text.length;
    // Not by assignment: a name may be `__proto__`.
    Object.defineProperty(metadata, short, { value: text, enumerable: true });
  }
  if (bytes > USER_METADATA_BYTES_MAXIMUM) {
    throw new PithError("MetadataTooLarge", { bytes, limit: USER_METADATA_BYTES_MAXIMUM });
  }
  return metadata;
}

/** The headers with which an object is answered, its length and range excepted. */
export function objectAnswerHeaders(row: ObjectRow, query: Query): Record<string, string> {
  const answer: Record<string, string> = {
    etag: `"${row.etag}"`,
    "last-modified": new Date(row.modifiedMs).toUTCString(),
    "accept-ranges": "bytes",
    // What is stored may be anybody's: it must not be taken for a page of this service.
    "x-content-type-options": "nosniff",
  };
  for (const [parameter, field, header] of STANDARD) {
    const value = query.get(parameter) ?? row.headers[field];
    if (value === undefined) continue;
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new PithError("InvalidArgument", { parameter, why: "not a header's value" });
    }
    answer[header] = value;
  }
  if (ACTIVE_TYPE.test(answer["content-type"] ?? "")) {
    answer["content-security-policy"] = "sandbox";
  }
  for (const [name, value] of Object.entries(row.userMetadata)) answer[META_PREFIX + name] = value;
  return answer;
}

/** Whether a body is encoded as `aws-chunked`. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  const content = headers["x-amz-content-sha256"];
  if (typeof content === "string" && content.startsWith("STREAMING-")) return true;
  return encodings(headers["content-encoding"]).some(isChunkedName);
}

function withoutChunked(value: string | undefined): string | undefined {
  if (!encodings(value).some(isChunkedName)) return value;
  return encodings(value)
    .filter((name) => !isChunkedName(name))
    .join(",");
}

function encodings(value: string | undefined): string[] {
  return (value ?? "").split(",").map((name) => name.trim());
}

function isChunkedName(name: string): boolean {
  return name.toLowerCase() === "aws-chunked";
}
