/**
 * Random batch deletes for tests: mutated documents give a request or "MalformedXml".
 */
import assert from "node:assert/strict";
import { PithError } from "../src/core/errors.ts";
import { readDelete } from "../src/service/s3/xml-read.ts";
import type { Random } from "./random.ts";

const SCRAPS = [
  "<",
  ">",
  "/",
  "&",
  "&amp;",
  "&#x41;",
  "<Object>",
  "</Object>",
  "<Key>",
  "</Key>",
  "<Key/>",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "<?",
  "?>",
  'a="b"',
  "\0",
  "\ud800",
  "é",
  "<!DOCTYPE",
  "__proto__",
  "<Delete>",
  " ",
] as const;

/** One random document. */
export function tryDeleteXml(random: Random): void {
  let text =
    "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>";
  for (let i = random.upTo(5); i >= 0; i--) {
    const at = random.upTo(text.length + 1);
    text = text.slice(0, at) + random.pick(SCRAPS) + text.slice(at + random.upTo(6));
  }
  try {
    const { objects } = readDelete(text);
    assert.ok(objects.length > 0 && objects.every(({ key }) => key !== ""));
  } catch (error) {
    assert.ok(error instanceof PithError && error.code === "MalformedXml", String(error));
  }
}
