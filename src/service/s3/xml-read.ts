/**
 * Reading XML: the bodies of the few requests that have one.
 *
 * The body has been cut to XML_BODY_BYTES_MAXIMUM before it comes here. Document types and
 * entities beyond the five of XML are refused: nothing expands. Numbers and blanks in keys stay as
 * they were written.
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { PithError } from "../../core/errors.ts";
import { KEY_BYTES_MAXIMUM, LIST_KEYS_MAXIMUM, XML_TAGS_MAXIMUM } from "../../core/limits.ts";

/** One object of a batch delete. */
export interface DoomedObject {
  readonly key: string;
  /** Hexadecimal MD5 that the object must have, where the client gave one. */
  readonly etag: string | undefined;
  readonly versionId: string | undefined;
}

export interface DeleteRequest {
  readonly objects: readonly DoomedObject[];
  /** Only failures are answered. */
  readonly quiet: boolean;
}

/** A key of nothing but the longest references. */
const TEXT_CHARACTERS_MAXIMUM = KEY_BYTES_MAXIMUM * "&#1114111;".length;
const WHY_CHARACTERS = 200;

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  isArray: (name) => name === "Object",
});

/**
 * Reads the body of `POST /bucket?delete`.
 *
 * @param text - the body, decoded from UTF-8
 * @throws PithError "MalformedXml" for anything but a Delete of 1..LIST_KEYS_MAXIMUM objects
 */
export function readDelete(text: string): DeleteRequest {
  const root = field(readXml(text), "Delete");
  const objects = Array.isArray(field(root, "Object")) ? (field(root, "Object") as unknown[]) : [];
  if (objects.length === 0 || objects.length > LIST_KEYS_MAXIMUM) {
    throw new PithError("MalformedXml", { objects: objects.length });
  }
  const quiet = words(root, "Quiet")?.trim() === "true";
  return { quiet, objects: objects.map(readDoomed) };
}

function readDoomed(node: unknown): DoomedObject {
  const key = words(node, "Key");
  if (key === undefined || key === "") throw new PithError("MalformedXml", { why: "no Key" });
  const etag = words(node, "ETag")
    ?.trim()
    .replace(/^"(.*)"$/, "$1");
  return { key, etag, versionId: words(node, "VersionId") };
}

function readXml(text: string): unknown {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new PithError("MalformedXml", { why: "a DTD" });
  if (text.split("<", XML_TAGS_MAXIMUM + 2).length > XML_TAGS_MAXIMUM + 1) {
    throw new PithError("MalformedXml", { tags: `more than ${XML_TAGS_MAXIMUM}` });
  }
  const verdict = XMLValidator.validate(text);
  // The parser's words may quote all of the body.
  if (verdict !== true) throw malformed(verdict.err.msg);
  try {
    return parser.parse(text) as unknown;
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}

function malformed(why: string): PithError {
  return new PithError("MalformedXml", { why: why.slice(0, WHY_CHARACTERS) });
}

function field(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return undefined;
  return (node as Record<string, unknown>)[name];
}

/** The text of an element that has nothing but text; undefined when there is none. */
function words(node: unknown, name: string): string | undefined {
  const content = field(node, name);
  if (content === undefined) return undefined;
  if (typeof content !== "string" || content.length > TEXT_CHARACTERS_MAXIMUM) {
    throw new PithError("MalformedXml", { element: name });
  }
  return unescapeXml(content);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** @throws PithError "MalformedXml" for an entity that XML does not know by itself. */
function unescapeXml(text: string): string {
  return text.replace(/&([^;]{0,12})(;?)/g, (whole, name: string, end: string) => {
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (known !== undefined && end === ";") return known;
    const digits = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const point = digits?.[1] === undefined ? Number(digits?.[2]) : Number.parseInt(digits[1], 16);
    const surrogate = point >= 0xd800 && point <= 0xdfff;
    if (digits === null || end !== ";" || surrogate || !(point <= 0x10ffff)) {
      throw new PithError("MalformedXml", { entity: whole });
    }
    return String.fromCodePoint(point);
  });
}
