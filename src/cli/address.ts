/**
 * Addresses of objects on the command line: `bucket`, `bucket/prefix/`, `bucket/key`.
 */
import { PithError } from "../core/errors.ts";

export interface Address {
  readonly bucket: string;
  /** A key or a prefix; "" means the whole bucket. */
  readonly key: string;
}

/**
 * Reads an address; a leading "s3://", as other tools write it, is taken off.
 *
 * @throws PithError "BadUsage" when there is no bucket in it
 */
export function parseAddress(text: string): Address {
  const path = text.replace(/^s3:\/\//, "");
  const slash = path.indexOf("/");
  const bucket = slash < 0 ? path : path.slice(0, slash);
  if (bucket === "") {
    throw new PithError("BadUsage", { address: text, why: "it must be bucket or bucket/key" });
  }
  return { bucket, key: slash < 0 ? "" : path.slice(slash + 1) };
}

/** The address as text. */
export function addressText(bucket: string, key: string): string {
  return key === "" ? bucket : `${bucket}/${key}`;
}

/** `prefix` as a folder: with a "/" at its end unless it is empty. */
export function asFolder(prefix: string): string {
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}
