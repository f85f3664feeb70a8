/**
 * XML: the few documents that answers are made of.
 *
 *   document("Error", [["Code", "NoSuchKey"], ["Resource", "/a/b"]])
 *
 * A node is a name with a text or with nodes; that is all S3 needs. Characters that XML 1.0
 * cannot hold at all are written as numeric references, as S3 itself does: a client that may meet
 * such keys asks for `encoding-type=url`. Reading XML is xml-read.ts.
 */

export type XmlNode = readonly [name: string, content: string | number | boolean | XmlNodes];
export type XmlNodes = readonly XmlNode[];

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A whole document; errors carry no namespace, everything else does. */
export function document(name: string, content: XmlNodes): string {
  const namespace = name === "Error" ? "" : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${namespace}>${inner(content)}</${name}>`;
}

function inner(content: XmlNode[1]): string {
  if (typeof content !== "object") return escapeXml(String(content));
  return content.map(([name, each]) => `<${name}>${inner(each)}</${name}>`).join("");
}

/** Text as the content of an element: markup, quotes, CR and every control character escaped. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"'\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/g,
    (character) => ENTITIES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** A key as `encoding-type=url` wants it: every byte that is not unreserved as %XX, `/` kept. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
