/**
 * Thumbnails: small JPEGs as files of their own, taken out of the headers of the photos.
 *
 *   photo | APP1: TIFF, thumbnail | ... | scan      ->      photo#0
 *
 * Previews of some size are no thumbnails, those that a program has cut into segments are left alone,
 * and what a photo has twice counts once.
 */
import { jpegsWithin } from "../../test/dense-jpegs.ts";
import { type JpegFile, samplingOf, scanStart } from "./files.ts";

const BYTES_MAXIMUM = 32 * 1024;

export function thumbnailsOf(photos: readonly JpegFile[]): JpegFile[] {
  return photos.flatMap(({ name, path, bytes }) => {
    const header = bytes.subarray(2, scanStart(bytes));
    const small = jpegsWithin(header).filter((jpeg) => jpeg.length <= BYTES_MAXIMUM);
    const different = small.filter(
      (jpeg, i) => !small.slice(0, i).some((other) => Buffer.compare(other, jpeg) === 0),
    );
    return different.map((jpeg, i): JpegFile => {
      const sampling = samplingOf(jpeg);
      return { name: `${name}#${i}`, path, bytes: jpeg, within: bytes, sampling };
    });
  });
}
