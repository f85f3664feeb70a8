/**
 * Times and modes of files as user metadata of objects, and back.
 *
 *   mtime   seconds since 1970 with decimals, as rclone and s3fs write it: "1763712988.123456"
 *   mode    permission bits in octal with a leading 0: "0644"
 */
import type { FileAttributes } from "./output.ts";
import { type FileEntry, MODE_MASK } from "./walk.ts";

/** The metadata that keep a file's time and mode. */
export function metadataOf(file: Pick<FileEntry, "modifiedMs" | "mode">): Record<string, string> {
  return {
    mtime: (file.modifiedMs / 1000).toFixed(6),
    mode: `0${file.mode.toString(8)}`,
  };
}

/**
 * The attributes that metadata tell; what is absent or strange is left to the defaults.
 *
 * @param modifiedMs - when the object was put: the file's time where nothing else is known
 */
export function attributesOf(
  metadata: Readonly<Record<string, string>>,
  modifiedMs: number,
): FileAttributes {
  const { mtime, mode } = metadata;
  const told = mtime !== undefined && /^-?\d{1,12}(\.\d{1,9})?$/.test(mtime);
  return {
    modifiedMs: told ? Number(mtime) * 1000 : modifiedMs,
    mode:
      mode !== undefined && /^0[0-7]{1,6}$/.test(mode)
        ? Number.parseInt(mode, 8) & MODE_MASK
        : undefined,
  };
}
