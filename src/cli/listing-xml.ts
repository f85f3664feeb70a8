/**
 * The two listings of the S3 protocol, read from their XML.
 *
 * Keys are asked for in URL encoding, because XML cannot hold every character a key may have.
 */
import { XMLParser } from "fast-xml-parser";
import { PithError } from "../core/errors.ts";
import type { ListedBucket, ListedObject, Listing } from "./access.ts";

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  removeNSPrefix: true,
  isArray: (name) => ["Contents", "CommonPrefixes", "Bucket"].includes(name),
});

/** Reads a ListBucketResult whose keys are URL-encoded. @throws PithError "ServiceFailed" */
export function readListing(xml: string): Listing {
  const root = field(parse(xml), "ListBucketResult");
  if (typeof root !== "object" || root === null) throw strange("no ListBucketResult");
  const next = field(root, "NextContinuationToken");
  return {
    objects: list(root, "Contents").map(readObject),
    prefixes: list(root, "CommonPrefixes").map((node) => decodeKey(words(node, "Prefix"))),
    next: words(root, "IsTruncated") === "true" && typeof next === "string" ? next : undefined,
  };
}

/** Reads a ListAllMyBucketsResult. @throws PithError "ServiceFailed" */
export function readBuckets(xml: string): ListedBucket[] {
  const root = field(parse(xml), "ListAllMyBucketsResult");
  if (root === undefined) throw strange("no ListAllMyBucketsResult");
  return list(field(root, "Buckets"), "Bucket").map((node) => ({
    name: words(node, "Name"),
    createdMs: Date.parse(words(node, "CreationDate")),
  }));
}

function readObject(node: unknown): ListedObject {
  return {
    key: decodeKey(words(node, "Key")),
    bytes: Number(words(node, "Size")),
    etag: words(node, "ETag").replaceAll('"', ""),
    modifiedMs: Date.parse(words(node, "LastModified")),
  };
}

function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", "%20"));
  } catch (error) {
    throw PithError.from(error, "ServiceFailed", { key: encoded });
  }
}

function parse(xml: string): unknown {
  try {
    return parser.parse(xml) as unknown;
  } catch (error) {
    throw PithError.from(error, "ServiceFailed");
  }
}

function field(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return undefined;
  return (node as Record<string, unknown>)[name];
}

function list(node: unknown, name: string): readonly unknown[] {
  const found = field(node, name);
  return Array.isArray(found) ? found : [];
}

function words(node: unknown, name: string): string {
  const found = field(node, name);
  if (typeof found !== "string") throw strange(`no ${name}`);
  return found;
}

function strange(why: string): PithError {
  return new PithError("ServiceFailed", { why: `its listing has ${why}` });
}
