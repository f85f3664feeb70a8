/**
 * A file that appears whole or not at all.
 *
 *   begin    .pith-<random>.part in the target's folder, made anew, readable by the owner alone
 *   write    bytes, in order
 *   finish   mode and time, fsync where asked, then the target's name in one step
 *   discard  the temporary file goes; also when a signal ends the command
 *
 * A target that exists is never written through: without `force` its name is refused, also when
 * it appears while the bytes are written; with `force` the name moves to the new file and what
 * it meant before (a symbolic link too) stays as it was.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PithError } from "../core/errors.ts";
import { codeOf, fileFault } from "./file-fault.ts";
import { undoOnInterrupt } from "./interrupt.ts";

/** What a file keeps beside its bytes. */
export interface FileAttributes {
  readonly modifiedMs?: number | undefined;
  /** Permission bits, 0..0o777; undefined takes what new files get. */
  readonly mode?: number | undefined;
}

export interface OutputFile {
  /** Where the bytes are until `finish`. */
  readonly temporaryPath: string;
  /** Bytes written so far. */
  readonly bytes: number;
  /** @throws PithError "FileIo" */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the bytes outlive a crash of the machine. */
  sync(): Promise<void>;
  /**
   * Gives the file its attributes and its name. With `durable` the bytes are synced before and
   * the name after.
   *
   * @throws PithError "FileExists" when the name is taken and `force` was not given
   */
  finish(attributes: FileAttributes, durable: boolean): Promise<void>;
  /** Removes what was written; does nothing after `finish`. Never throws. */
  discard(): Promise<void>;
}

/** File systems that have no hard links answer with one of these. */
const WITHOUT_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"]);

/**
 * Begins a file that will be called `target`.
 *
 * @throws PithError "FileExists" when there is one and `force` is false, "FileIo" when the
 *   target is a folder, a device or a pipe, or its folder cannot be written
 */
export async function beginOutput(target: string, force: boolean): Promise<OutputFile> {
  await refuseTaken(target, force);
  const temporaryPath = join(dirname(target), `.pith-${randomBytes(8).toString("hex")}.part`);
  let file: FileHandle;
  try {
    file = await open(temporaryPath, "wx", 0o600);
  } catch (error) {
    throw fileFault(error);
  }
  return new Writing(target, force, temporaryPath, file);
}

class Writing implements OutputFile {
  readonly temporaryPath: string;
  bytes = 0;
  readonly #target: string;
  readonly #force: boolean;
  readonly #file: FileHandle;
  readonly #forget: () => void;
  #open = true;
  #named = false;

  constructor(target: string, force: boolean, temporaryPath: string, file: FileHandle) {
    this.temporaryPath = temporaryPath;
    this.#target = target;
    this.#force = force;
    this.#file = file;
    this.#forget = undoOnInterrupt(() => rmSync(temporaryPath, { force: true }));
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await this.#file.write(bytes, at)).bytesWritten;
      }
    } catch (error) {
      throw fileFault(error);
    }
    this.bytes += bytes.length;
  }

  async sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw fileFault(error);
    }
  }

  async finish(attributes: FileAttributes, durable: boolean): Promise<void> {
    try {
      await this.#file.chmod(attributes.mode ?? 0o666 & ~process.umask());
      if (attributes.modifiedMs !== undefined) {
        const seconds = attributes.modifiedMs / 1000;
        await this.#file.utimes(seconds, seconds);
      }
      if (durable) await this.#file.sync();
      await this.#close();
      if (this.#force) await rename(this.temporaryPath, this.#target);
      else await this.#takeFreeName();
      this.#named = true;
      this.#forget();
      if (durable) await syncFolder(dirname(this.#target));
    } catch (error) {
      throw fileFault(error);
    }
  }

  async discard(): Promise<void> {
    if (this.#named) return;
    await this.#close().catch(() => undefined);
    await rm(this.temporaryPath, { force: true }).catch(() => undefined);
    this.#forget();
  }

  /** A hard link fails where the name exists, in one step; a rename would replace it. */
  async #takeFreeName(): Promise<void> {
    try {
      await link(this.temporaryPath, this.#target);
      await rm(this.temporaryPath, { force: true });
    } catch (error) {
      if (!WITHOUT_LINKS.has(codeOf(error) ?? "")) throw error;
      await refuseTaken(this.#target, false);
      await rename(this.temporaryPath, this.#target);
    }
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.close();
  }
}

async function refuseTaken(target: string, force: boolean): Promise<void> {
  try {
    const stats = await lstat(target);
    if (stats.isDirectory()) throw new PithError("FileIo", { target, why: "it is a folder" });
    // Root would take the name away from /dev/null, for everybody.
    if (!stats.isFile() && !stats.isSymbolicLink()) {
      throw new PithError("FileIo", { target, why: "it is a device or pipe; -c writes to stdout" });
    }
    if (!force) throw new PithError("FileExists", { target });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw fileFault(error);
  }
}

/** Makes the names in a folder outlive a crash. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
