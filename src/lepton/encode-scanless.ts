/**
 * Encode scanless: a JPEG whose frame is there, but no scan, or one without a byte. What it has is marker
 * segments and stray bytes, which a dense file codes as it codes any header.
 *
 *   PGE   all of the JPEG
 *   HDR   the smallest header that there is, so that readers find one; what is restored ends before it
 */
import type { LeptonParts } from "./file.ts";
import { type FirstScan, JPEG_START_BYTES, JpegHeader, readFirstScan } from "./jpeg-header.ts";
import { NO_PADDING } from "./picture.ts";

/** A frame of one sample, and its scan. */
const HEADER = Uint8Array.of(
  ...[0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0],
  ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
);

/**
 * Reads up to the first scan for a dense file.
 *
 * @returns undefined when there is a frame and nothing of a scan
 * @throws PithError as `readFirstScan`
 */
export function findFirstScan(jpeg: Uint8Array): FirstScan | undefined {
  try {
    const first = readFirstScan(jpeg, "dense");
    return first.at < jpeg.length ? first : undefined;
  } catch (error) {
    if (isScanless(jpeg)) return undefined;
    throw error;
  }
}

function isScanless(jpeg: Uint8Array): boolean {
  const header = new JpegHeader({ frames: "dense" });
  try {
    const { kind } = header.read(jpeg, JPEG_START_BYTES);
    return kind !== "scan" && header.frame !== undefined;
  } catch {
    return false;
  }
}

/** The file of such a JPEG. */
export function scanlessParts(jpeg: Uint8Array): Pick<LeptonParts, "records" | "streams"> {
  const segment = { startRow: 0, scanBytes: 0, overhang: 0, overhangBits: 0, dc: [0, 0, 0, 0] };
  return {
    records: {
      jpegHeader: HEADER,
      padding: NO_PADDING,
      segments: [segment],
      embeddingPrefix: jpeg,
      tail: new Uint8Array(0),
    },
    streams: [new Uint8Array(0)],
  };
}
