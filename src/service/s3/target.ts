/**
 * Target: what the first line of a request addresses, path style.
 *
 *   GET /photos/2026/a%20b.jpg?response-content-type=image%2Fjpeg
 *        bucket |--- key ---|  query
 *
 * Decoding is exact: `%` must be followed by two hexadecimal digits, `+` in a path is a plus, `..` and
 * `//` are ordinary parts of a key, and the bytes must be UTF-8. Raw bytes above 0x7F never come
 * here: node:http refuses them in an address. What a query may hold is for route.ts.
 */
import { PithError } from "../../core/errors.ts";
import { KEY_BYTES_MAXIMUM } from "../../core/limits.ts";

/** Query parameters by their decoded names; a name without `=` has the value "". */
export type Query = ReadonlyMap<string, string>;

export interface Target {
  /** "" addresses the service. */
  readonly bucket: string;
  /** "" addresses the bucket. */
  readonly key: string;
  /** The path as it came, for error answers and the log. */
  readonly path: string;
  readonly query: Query;
}

/** More parameters than any request of the protocol has. */
const PARAMETERS_MAXIMUM = 64;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the address of a request.
 *
 * @param url - as node:http gives it: one character per byte; origin form or absolute form
 * @throws PithError "BadAddress" when it cannot be decoded, "BadKey" for a key of more than
 *   KEY_BYTES_MAXIMUM bytes, "MalformedKey" for one with a NUL, "InvalidArgument" for a parameter that comes twice
 */
export function parseTarget(url: string): Target {
  const relative = url.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = relative.indexOf("?");
  const path = mark < 0 ? relative : relative.slice(0, mark);
  if (path !== "" && !path.startsWith("/"))
    throw new PithError("BadAddress", { path: path.slice(0, 200) });
  const slash = path.indexOf("/", 1);
  const bucket = decode(slash < 0 ? path.slice(1) : path.slice(1, slash), path);
  const key = slash < 0 ? "" : decode(path.slice(slash + 1), path);
  checkKey(key);
  return { bucket, key, path, query: parseQuery(mark < 0 ? "" : relative.slice(mark + 1)) };
}

/** @throws PithError "BadKey" beyond KEY_BYTES_MAXIMUM bytes, "MalformedKey" with a NUL */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > KEY_BYTES_MAXIMUM) throw new PithError("BadKey", { bytes });
  if (key.includes("\0")) throw new PithError("MalformedKey", { why: "holds NUL" });
}

/** @throws PithError "BadAddress" or "InvalidArgument" */
export function parseQuery(text: string): Query {
  const query = new Map<string, string>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    // Form encoding holds in queries, and only there: a plus stands for a space.
    const name = decode((equals < 0 ? part : part.slice(0, equals)).replaceAll("+", " "), part);
    const value = equals < 0 ? "" : decode(part.slice(equals + 1).replaceAll("+", " "), part);
    if (query.has(name)) throw new PithError("InvalidArgument", { parameter: name, why: "twice" });
    if (query.size === PARAMETERS_MAXIMUM) {
      throw new PithError("InvalidArgument", { parameters: `more than ${PARAMETERS_MAXIMUM}` });
    }
    query.set(name, value);
  }
  return query;
}

function decode(text: string, whole: string): string {
  if (/%(?![0-9a-fA-F]{2})|[^\x00-\x7f]/.test(text))
    throw new PithError("BadAddress", { path: whole.slice(0, 200) });
  if (!text.includes("%")) return text;
  const raw = text.replace(/%(..)/g, (_, pair: string) =>
    String.fromCharCode(Number.parseInt(pair, 16)),
  );
  try {
    return decoder.decode(Buffer.from(raw, "latin1"));
  } catch (error) {
    throw new PithError("BadAddress", { path: whole.slice(0, 200), why: "not UTF-8" }, error);
  }
}
