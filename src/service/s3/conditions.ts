/**
 * Conditions: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since and If-Range.
 *
 * Order of precedence, from RFC 9110 section 13.2.2: If-Match, or without it
 * If-Unmodified-Since; then If-None-Match, or without it If-Modified-Since (reads only); then
 * If-Range. If-Match compares strongly (a weak tag never matches), If-None-Match weakly. Dates
 * have whole seconds; one that cannot be read is as good as absent.
 */
import type { IncomingHttpHeaders } from "node:http";
import { PithError } from "../../core/errors.ts";

/** What must hold for a write; the shape the store takes. */
export interface WriteCondition {
  readonly ifMatch?: readonly string[];
  readonly ifNoneMatch?: readonly string[];
}

/** What conditions look at. */
export interface Validators {
  /** Hexadecimal MD5, without quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
}

/**
 * Whether a read goes through.
 *
 * @returns "notModified" for a 304
 * @throws PithError "PreconditionFailed"
 */
export function checkRead(headers: IncomingHttpHeaders, now: Validators): "go" | "notModified" {
  const modified = Math.floor(now.modifiedMs / 1000) * 1000;
  const ifMatch = headers["if-match"];
  const unmodifiedSince = parseDate(headers["if-unmodified-since"]);
  if (ifMatch !== undefined) {
    const tags = parseTags(ifMatch);
    if (!holds(strong(tags), now.etag)) failed("If-Match");
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    failed("If-Unmodified-Since");
  }

  const ifNoneMatch = headers["if-none-match"];
  const modifiedSince = parseDate(headers["if-modified-since"]);
  if (ifNoneMatch !== undefined) {
    if (holds(names(parseTags(ifNoneMatch)), now.etag)) return "notModified";
  } else if (modifiedSince !== undefined && modified <= modifiedSince) {
    return "notModified";
  }
  return "go";
}

/**
 * Whether a `Range` header counts: without If-Range always, else only if the object is still the
 * one the client has a part of.
 */
export function rangeCounts(ifRange: string | undefined, now: Validators): boolean {
  if (ifRange === undefined) return true;
  const date = parseDate(ifRange);
  if (date !== undefined) return Math.floor(now.modifiedMs / 1000) * 1000 === date;
  return strong(parseTags(ifRange)).includes(now.etag);
}

/** The conditions of a put or a delete; the store checks them in the same step as the write. */
export function writeCondition(headers: IncomingHttpHeaders): WriteCondition {
  const ifMatch = headers["if-match"];
  const ifNoneMatch = headers["if-none-match"];
  return {
    ...(ifMatch === undefined ? {} : { ifMatch: strong(parseTags(ifMatch)) }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch: names(parseTags(ifNoneMatch)) }),
  };
}

interface Tag {
  readonly weak: boolean;
  readonly name: string;
}

/** Entity tags of a list; quotes may be absent, as many S3 clients leave them out. */
export function parseTags(header: string): Tag[] {
  const tags: Tag[] = [];
  for (const part of header.split(",")) {
    const text = part.trim();
    if (text === "") continue;
    const weak = /^W\//.test(text);
    tags.push({ weak, name: text.replace(/^W\//, "").replace(/^"(.*)"$/, "$1") });
  }
  return tags;
}

/** Milliseconds of one of the three date forms of HTTP; undefined when it is none of them. */
export function parseDate(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const forms = [
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
    /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
  ];
  const text = header.trim();
  const form = forms.findIndex((each) => each.test(text));
  if (form < 0) return undefined;
  // The third form names no zone; without one it would be read as local time.
  const ms = Date.parse(form === 2 ? `${text} GMT` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

function holds(wanted: readonly string[], etag: string): boolean {
  return wanted.includes("*") || wanted.includes(etag);
}

function strong(tags: readonly Tag[]): string[] {
  return names(tags.filter((tag) => !tag.weak));
}

function names(tags: readonly Tag[]): string[] {
  return tags.map((tag) => tag.name);
}

function failed(condition: string): never {
  throw new PithError("PreconditionFailed", { condition });
}
