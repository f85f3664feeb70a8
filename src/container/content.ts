/**
 * What kind of content some bytes are, by their first few hundred: for `estimate` and `info`,
 * which tell people what can be saved and what only a specialist could save.
 *
 * Nothing is chosen by this: a codec sniffs for itself (choose.ts). Magic numbers are those that
 * the formats' own documents give.
 */
import { PITH_MAGIC } from "./pith-format.ts";

/** A kind of content. */
export interface ContentKind {
  /** Lower case, one word, for tables and JSON. */
  readonly name: string;
  /** For people. */
  readonly says: string;
  /** Packed already: a general codec finds next to nothing. */
  readonly packed: boolean;
  /** A lossy format (photo, video, music): only a codec that knows it can shrink it further. */
  readonly lossy: boolean;
  /** The codec of this build that knows it, which must see it from its first byte. */
  readonly specialist: string | undefined;
}

type Shape = "plain" | "packed" | "lossy";

/** Bytes that must stand at an offset, one a character. */
type Mark = readonly [offset: number, bytes: string];

interface Entry {
  readonly kind: ContentKind;
  readonly marks: readonly Mark[];
}

/** Codecs that know their content, by the name of its kind. */
const SPECIALISTS: Readonly<Record<string, string>> = { jpeg: "lepton" };

/** The first that fits counts, so what is more exact stands first. */
const TABLE: readonly Entry[] = [
  entry("pith", "Pith file", "packed", [0, String.fromCharCode(...PITH_MAGIC)]),
  entry("jpeg", "JPEG image", "lossy", [0, "\xff\xd8\xff"]),
  entry("lepton", "Lepton file", "packed", [0, "\xcf\x84"], [3, "Z"]),
  entry("lepton", "Lepton file", "packed", [0, "\xcf\x84"], [3, "X"]),
  entry("lepton", "Lepton file", "packed", [0, "\xcf\x84"], [3, "Y"]),
  entry("divans", "DivANS file", "packed", [0, "\xf0DVN"]),
  entry("png", "PNG image", "packed", [0, "\x89PNG\r\n\x1a\n"]),
  entry("gif", "GIF image", "packed", [0, "GIF8"]),
  entry("webp", "WebP image", "lossy", [0, "RIFF"], [8, "WEBP"]),
  entry("heic", "HEIC image", "lossy", [4, "ftyphei"]),
  entry("heic", "HEIC image", "lossy", [4, "ftypmif1"]),
  entry("avif", "AVIF image", "lossy", [4, "ftypavi"]),
  entry("jpegxl", "JPEG XL image", "lossy", [0, "\0\0\0\x0cJXL \r\n\x87\n"]),
  entry("jpegxl", "JPEG XL image", "lossy", [0, "\xff\x0a"]),
  entry("jpeg2000", "JPEG 2000 image", "lossy", [0, "\0\0\0\x0cjP  \r\n\x87\n"]),
  entry("tiff", "TIFF or raw image", "plain", [0, "II*\0"]),
  entry("tiff", "TIFF or raw image", "plain", [0, "MM\0*"]),
  entry("psd", "Photoshop image", "plain", [0, "8BPS"]),
  entry("bmp", "BMP image", "plain", [0, "BM"], [6, "\0\0\0\0"]),
  entry("icon", "Windows icon", "plain", [0, "\0\0\x01\0"], [5, "\0"]),
  entry("dicom", "DICOM image", "plain", [128, "DICM"]),
  entry("mp4", "MP4 or QuickTime film or sound", "lossy", [4, "ftyp"]),
  entry("mp4", "MP4 or QuickTime film or sound", "lossy", [4, "moov"]),
  entry("matroska", "Matroska or WebM film", "lossy", [0, "\x1aE\xdf\xa3"]),
  entry("avi", "AVI film", "lossy", [0, "RIFF"], [8, "AVI "]),
  entry("flv", "Flash film", "lossy", [0, "FLV\x01"]),
  entry("mpeg", "MPEG film", "lossy", [0, "\0\0\x01\xba"]),
  entry("mpeg", "MPEG film", "lossy", [0, "\0\0\x01\xb3"]),
  entry("mpegts", "MPEG transport stream", "lossy", [0, "G"], [188, "G"], [376, "G"]),
  entry("mp3", "MP3 sound", "lossy", [0, "ID3"]),
  entry("mp3", "MP3 sound", "lossy", [0, "\xff\xfb"]),
  entry("mp3", "MP3 sound", "lossy", [0, "\xff\xf3"]),
  entry("mp3", "MP3 sound", "lossy", [0, "\xff\xf2"]),
  entry("aac", "AAC sound", "lossy", [0, "\xff\xf1"]),
  entry("aac", "AAC sound", "lossy", [0, "\xff\xf9"]),
  entry("ogg", "Ogg sound", "lossy", [0, "OggS"]),
  entry("flac", "FLAC sound", "packed", [0, "fLaC"]),
  entry("wav", "WAVE sound", "plain", [0, "RIFF"], [8, "WAVE"]),
  entry("aiff", "AIFF sound", "plain", [0, "FORM"], [8, "AIF"]),
  entry("pdf", "PDF document", "packed", [0, "%PDF-"]),
  entry("ole", "older Office document", "plain", [0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
  entry("zip", "zip archive or Office document", "packed", [0, "PK\x03\x04"]),
  entry("zip", "zip archive or Office document", "packed", [0, "PK\x05\x06"]),
  entry("gzip", "gzip file", "packed", [0, "\x1f\x8b\x08"]),
  entry("zstd", "Zstandard file", "packed", [0, "\x28\xb5\x2f\xfd"]),
  entry("xz", "xz file", "packed", [0, "\xfd7zXZ\0"]),
  entry("bzip2", "bzip2 file", "packed", [0, "BZh"], [4, "1AY&SY"]),
  entry("lz4", "LZ4 file", "packed", [0, "\x04\x22\x4d\x18"]),
  entry("7z", "7-Zip archive", "packed", [0, "7z\xbc\xaf\x27\x1c"]),
  entry("rar", "RAR archive", "packed", [0, "Rar!\x1a\x07"]),
  entry("woff", "web font", "packed", [0, "wOF"]),
  entry("font", "font", "plain", [0, "OTTO\0"]),
  entry("font", "font", "plain", [0, "\0\x01\0\0\0"]),
  entry("parquet", "Parquet table", "packed", [0, "PAR1"]),
  entry("sqlite", "SQLite database", "plain", [0, "SQLite format 3\0"]),
  entry("tar", "tar archive", "plain", [257, "ustar"]),
  entry("executable", "program or library", "plain", [0, "\x7fELF"]),
  entry("executable", "program or library", "plain", [0, "MZ"]),
  entry("executable", "program or library", "plain", [0, "\xcf\xfa\xed\xfe"]),
  entry("executable", "program or library", "plain", [0, "\xce\xfa\xed\xfe"]),
  entry("executable", "program or library", "plain", [0, "\xca\xfe\xba\xbe"]),
  entry("wasm", "WebAssembly module", "plain", [0, "\0asm"]),
];

const EMPTY = kindOf("empty", "nothing", "plain");
const TEXT = kindOf("text", "text", "plain");
const BINARY = kindOf("binary", "other binary", "plain");

/** How far a text is looked at. */
const TEXT_LOOK_BYTES = 4096;

/**
 * Names the kind of content.
 *
 * @param first - the beginning of the bytes; 512 are enough for every mark, 4,096 for a fair look
 *   at text
 */
export function describeContent(first: Uint8Array): ContentKind {
  if (first.length === 0) return EMPTY;
  const found = TABLE.find(({ marks }) => marks.every((mark) => stands(first, mark)));
  if (found !== undefined) return found.kind;
  return isText(first.subarray(0, TEXT_LOOK_BYTES)) ? TEXT : BINARY;
}

function entry(name: string, says: string, shape: Shape, ...marks: Mark[]): Entry {
  return { kind: kindOf(name, says, shape), marks };
}

function kindOf(name: string, says: string, shape: Shape): ContentKind {
  const specialist = SPECIALISTS[name];
  return { name, says, packed: shape !== "plain", lossy: shape === "lossy", specialist };
}

function stands(bytes: Uint8Array, [offset, mark]: Mark): boolean {
  if (offset + mark.length > bytes.length) return false;
  for (let i = 0; i < mark.length; i++) {
    if (bytes[offset + i] !== mark.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether these are characters of UTF-8, or of UTF-16 with its mark, without control codes. */
function isText(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  for (const byte of bytes) {
    const isControl = byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b;
    if (isControl || byte === 0x7f) return false;
  }
  // A character that is cut by the end of the look is no fault.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    decoder.decode(new Uint8Array(bytes), { stream: true });
    return true;
  } catch {
    return false;
  }
}
