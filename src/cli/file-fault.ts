/**
 * The file system's errors as faults, in words a person knows.
 */
import { PithError } from "../core/errors.ts";

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "a symbolic link is in the way",
  EIO: "the device failed",
  EFBIG: "the file would become too large",
};

/**
 * `error` as a PithError: itself when it is one already, "FileExists" for a name that is taken,
 * "FileIo" for everything else that the file system says.
 */
export function fileFault(error: unknown): PithError {
  if (error instanceof PithError) return error;
  const code = codeOf(error);
  if (code === "EEXIST") return new PithError("FileExists", {}, error);
  if (code !== undefined && code in WORDS) {
    return new PithError("FileIo", { why: WORDS[code] }, error);
  }
  return PithError.from(error, code === undefined ? "AssertionFailure" : "FileIo");
}

/** The system's code of an error ("ENOENT"), undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
