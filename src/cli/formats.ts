/**
 * The formats that the command reads and writes, by name, by extension and by first bytes.
 *
 *   pith     .pith               f0 50 54 48 ... (container's content.ts knows it)
 *   lep      .lep                cf 84, a version, Z, X or Y (content.ts knows it)
 *   dvn      .dvn                f0 44 56 4e, a version (content.ts knows it)
 *   gz       .gz .tgz            1f 8b
 *   zlib     .zz .zlib           78 01, 78 5e, 78 9c, 78 da and their like
 *   deflate  .deflate            nothing to know it by: only its name or --format tells
 *
 * What is written is chosen by --format, else by the extension of -o; what is read is known by its
 * first bytes, whatever it is called.
 */

export const FORMATS = ["pith", "lep", "dvn", "gz", "zlib", "deflate"] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, Format>> = {
  ".pith": "pith",
  ".lep": "lep",
  ".dvn": "dvn",
  ".gz": "gz",
  ".tgz": "gz",
  ".zz": "zlib",
  ".zlib": "zlib",
  ".deflate": "deflate",
};

/** A name that says itself what the file is: "a.jpg", not "a" nor "2025.11.21". */
const HAS_EXTENSION = /[^/]\.[a-z][a-z0-9]{0,4}$/i;

/** The extension that a file of this format gets. */
export function extensionOf(format: Format): string {
  return format === "zlib" ? ".zz" : `.${format}`;
}

/** The format that a file's name says, undefined when it says none. */
export function formatOfName(name: string): Format | undefined {
  return EXTENSIONS[extensionIn(name)];
}

/** The name without the extension of its format ("a.tar.gz" to "a.tar", "a.tgz" to "a.tar",
 * "a.jpg.lep" to "a.jpg", "a.lep" to "a.jpg"); undefined when it has none, or nothing else. */
export function plainName(name: string): string | undefined {
  const extension = extensionIn(name);
  if (!(extension in EXTENSIONS)) return undefined;
  const stem = name.slice(0, -extension.length);
  if (stem === "" || stem.endsWith("/")) return undefined;
  if (extension === ".lep" && !HAS_EXTENSION.test(stem)) return `${stem}.jpg`;
  return extension === ".tgz" ? `${stem}.tar` : stem;
}

/** Whether bytes begin like gzip or zlib, undefined for anything else. */
export function recogniseDeflate(first: Uint8Array): "gz" | "zlib" | undefined {
  const [method, flags] = first;
  if (method === undefined || flags === undefined) return undefined;
  if (method === 0x1f && flags === 0x8b) return "gz";
  // RFC 1950: method 8, a window of at most 32 KiB, a check over both bytes, no dictionary.
  const zlib = (method & 15) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0;
  return zlib && (flags & 0x20) === 0 ? "zlib" : undefined;
}

function extensionIn(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot).toLowerCase();
}
