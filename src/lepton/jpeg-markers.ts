/**
 * JPEG markers: which two bytes begin a segment, and the segments that stand one behind the other.
 *
 *   FF D8 | FF E0 size ... | stray bytes | FF DB size ... | FF DA size ... | scan data
 *
 * What segments say is read in jpeg-header.ts. Source: ITU-T T.81, B.1.
 */

// Second bytes of markers; the first is FF.
const SOF_BASELINE = 0xc0;
const SOF_EXTENDED = 0xc1;
export const SOF_PROGRESSIVE = 0xc2;
const SOF_FINAL = 0xcf;
export const DHT = 0xc4;
export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DQT = 0xdb;
export const DRI = 0xdd;
const APP_FIRST = 0xe0;
const APP_FINAL = 0xef;
export const COM = 0xfe;

/**
 * The segments that decoding needs: frame, tables, restart interval, scan.
 *
 * @param header - segments that `JpegHeader.read` has read
 */
export function essentialSegments(header: Uint8Array): Uint8Array[] {
  const segments: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    // Stray bytes are not needed.
    at = markerFrom(header, at);
    if (at + 4 > header.length) return segments;
    const type = header[at + 1] ?? 0;
    const end = at + 2 + (((header[at + 2] ?? 0) << 8) | (header[at + 3] ?? 0));
    if (isFrame(type) || [DHT, DQT, DRI, SOS].includes(type)) {
      segments.push(header.subarray(at, end));
    }
    at = end;
  }
}

/** Where, from `at` on, the next marker stands that begins a segment or ends the picture; where the bytes
 * end, that may be its first byte, or the end. */
export function markerFrom(bytes: Uint8Array, at: number): number {
  let next = at;
  for (; next < bytes.length; next++) {
    if (bytes[next] !== 0xff) continue;
    const type = bytes[next + 1];
    if (type === undefined || type === EOI || hasLength(type) || isOtherFrame(type)) return next;
  }
  return next;
}

/** Whether a marker begins what only other kinds of JPEG have: lossless, hierarchical and
 * arithmetic-coded ones. */
function isOtherFrame(type: number): boolean {
  return type > SOF_PROGRESSIVE && type <= SOF_FINAL;
}

export function isFrame(type: number): boolean {
  return type === SOF_BASELINE || type === SOF_EXTENDED || type === SOF_PROGRESSIVE;
}

/** Whether a marker that may stand in a header begins a segment with a length field. The others are
 * those of lossless, hierarchical and arithmetic-coded JPEGs, of restarts, and unknown ones. */
export function hasLength(type: number): boolean {
  if (isFrame(type) || [DHT, DQT, DRI, SOS, COM].includes(type)) return true;
  return type >= APP_FIRST && type <= APP_FINAL;
}
