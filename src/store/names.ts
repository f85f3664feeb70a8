/**
 * Names: which buckets and keys there can be, and how much user metadata.
 *
 * A key is any text of 1 to 1,024 bytes of UTF-8 without NUL. It is only ever a key in the metadata,
 * never a path: "../x" is as good a key as any.
 */
import { PithError } from "../core/errors.ts";
import {
  BUCKET_NAME_LENGTH_MAXIMUM,
  BUCKET_NAME_LENGTH_MINIMUM,
  KEY_BYTES_MAXIMUM,
  USER_METADATA_BYTES_MAXIMUM,
} from "../core/limits.ts";

/**
 * Returns when `bucket` is a name as S3 has it: 3 to 63 small letters, digits, dots and hyphens, a
 * letter or digit at both ends and around each dot, and no IPv4 address.
 *
 * @throws PithError "BadBucketName"
 */
export function checkBucketName(bucket: string): void {
  const { length } = bucket;
  const rightLength = length >= BUCKET_NAME_LENGTH_MINIMUM && length <= BUCKET_NAME_LENGTH_MAXIMUM;
  const labels = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
  if (!rightLength || !labels.test(bucket) || /^\d+\.\d+\.\d+\.\d+$/.test(bucket)) {
    throw new PithError("BadBucketName", { bucket: bucket.slice(0, 100) });
  }
}

/** Returns when `key` can be a key. @throws PithError "MalformedKey", or "BadKey" when too long */
export function checkKey(key: string): void {
  const why = faultOfKey(key);
  if (why !== undefined) throw new PithError("MalformedKey", { why, key: key.slice(0, 100) });
  const bytes = Buffer.byteLength(key);
  if (bytes > KEY_BYTES_MAXIMUM) throw new PithError("BadKey", { bytes, key: key.slice(0, 100) });
}

function faultOfKey(key: string): string | undefined {
  if (key === "") return "empty";
  if (key.includes("\0")) return "holds NUL";
  if (!key.isWellFormed()) return "not valid Unicode";
  return undefined;
}

/**
 * Returns when names and values together keep to the limit. Values are as HTTP carries them, one
 * character a byte.
 *
 * @throws PithError "MetadataTooLarge"
 */
export function checkUserMetadata(userMetadata: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(userMetadata)) {
    bytes += name.length + value.length;
  }
  if (bytes > USER_METADATA_BYTES_MAXIMUM) throw new PithError("MetadataTooLarge", { bytes });
}
