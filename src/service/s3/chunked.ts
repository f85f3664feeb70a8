/**
 * The `aws-chunked` content encoding: how S3 clients sign or checksum a body while they send it.
 *
 *   1000;chunk-signature=<64 hex>\r\n  <4096 bytes>  \r\n     a part; the signature may be absent
 *   0;chunk-signature=<64 hex>\r\n                            the end of the bytes
 *   x-amz-checksum-crc32:<base64>\r\n                         trailers, if announced
 *   \r\n                                                      the end
 *
 * A reader takes the body in any cuts and hands out views of the plain bytes; it keeps only the
 * line it is in. Signatures are not looked at here. Whether a trailer is right is for checksum.ts.
 */
import { PithError } from "../../core/errors.ts";
import {
  CHUNKED_LINE_BYTES_MAXIMUM,
  CHUNKED_PART_BYTES_MAXIMUM,
  CHUNKED_TRAILER_BYTES_MAXIMUM,
} from "../../core/limits.ts";

const CR = 13;
const LF = 10;

/** "size": a part's first line; "bytes": within a part; "after": its CR LF; then the trailers. */
type Place = "size" | "bytes" | "after" | "trailers" | "ended";

export interface ChunkedReader {
  /**
   * Takes the next piece of the body.
   *
   * @returns the plain bytes in it, as views of `piece`
   * @throws PithError "BadRequest" as soon as the encoding is broken
   */
  push(piece: Uint8Array): Uint8Array[];
  /**
   * Says that the body has ended.
   *
   * @returns the trailers, names in lower case
   * @throws PithError "IncompleteBody" when the encoding has not ended
   */
  finish(): ReadonlyMap<string, string>;
}

/** A reader for one body. Costs a copy of the lines, none of the bytes. */
export function chunkedReader(): ChunkedReader {
  let place: Place = "size";
  let left = 0; // bytes of the part that are still to come, or of its CR LF
  let line = ""; // what has come of the current line
  let trailerBytes = 0;
  const trailers = new Map<string, string>();

  function push(piece: Uint8Array): Uint8Array[] {
    const plain: Uint8Array[] = [];
    let at = 0;
    while (at < piece.length) {
      if (place === "bytes") {
        const taken = Math.min(left, piece.length - at);
        plain.push(piece.subarray(at, at + taken));
        at += taken;
        left -= taken;
        if (left === 0) [place, left] = ["after", 2];
      } else if (place === "after") {
        if (piece[at] !== (left === 2 ? CR : LF)) broken("no line end after a part");
        at++;
        left--;
        if (left === 0) place = "size";
      } else if (place === "ended") {
        broken("bytes after the end");
      } else {
        at = takeLine(piece, at);
      }
    }
    return plain;
  }

  /** Moves what belongs to the line into `line`, and acts on it when it is whole. */
  function takeLine(piece: Uint8Array, at: number): number {
    const found = piece.indexOf(LF, at);
    const end = found < 0 ? piece.length : found;
    const limit = place === "size" ? CHUNKED_LINE_BYTES_MAXIMUM : CHUNKED_TRAILER_BYTES_MAXIMUM;
    if (line.length + (end - at) > limit) broken("a line is too long");
    line += Buffer.from(piece.buffer, piece.byteOffset + at, end - at).toString("latin1");
    if (found < 0) return end;
    const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
    line = "";
    if (place === "size") startPart(whole);
    else takeTrailer(whole);
    return found + 1;
  }

  function startPart(text: string): void {
    const match = /^([0-9a-fA-F]{1,16})(?:;[\x20-\x7e]*)?$/.exec(text);
    if (match === null) broken("a part's length cannot be read");
    left = Number.parseInt(match[1] as string, 16);
    if (left > CHUNKED_PART_BYTES_MAXIMUM) broken("a part is too long");
    place = left === 0 ? "trailers" : "bytes";
  }

  function takeTrailer(text: string): void {
    if (text === "") {
      place = "ended";
      return;
    }
    trailerBytes += text.length;
    if (trailerBytes > CHUNKED_TRAILER_BYTES_MAXIMUM) broken("the trailers are too long");
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x20-\x7e\t]*?)[ \t]*$/.exec(text);
    if (match === null) broken("a trailer cannot be read");
    const name = (match[1] as string).toLowerCase();
    if (trailers.has(name)) broken("a trailer came twice");
    trailers.set(name, match[2] as string);
  }

  function finish(): ReadonlyMap<string, string> {
    if (place !== "ended") throw new PithError("IncompleteBody", { encoding: "aws-chunked" });
    return trailers;
  }

  return { push, finish };
}

function broken(why: string): never {
  throw new PithError("BadRequest", { encoding: "aws-chunked", why });
}
