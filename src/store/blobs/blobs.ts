/**
 * Blobs: immutable byte strings at rest, each named by the SHA-256 of its bytes.
 *
 * This is the contract that every driver fulfils (memory, folder; object stores later); suite.ts is
 * its test. A driver knows names and bytes, nothing of frames, chunks or objects. Each method is
 * atomic: after a crash a blob is whole under its name or not there.
 */

/** One blob as a listing shows it. */
export interface BlobEntry {
  readonly name: string;
  readonly bytes: number;
}

export interface Blobs {
  /**
   * Writes a blob durably: once this resolves, the bytes outlive a crash of the machine.
   *
   * Writing a name that is there already is no error; the blob there stays if its length is
   * right, and is replaced if it is not (a repaired blob). Either way it is durable afterwards,
   * also when another put of that name is still under way.
   *
   * @param name - lower-case hexadecimal SHA-256 of `bytes`; trusted, checked by the caller
   * @param replace - true writes in any case: for a blob that was found damaged
   * @throws PithError "DiskFull", "ReadOnly" or "StoreIo"
   */
  put(name: string, bytes: Uint8Array, replace?: boolean): Promise<void>;

  /**
   * The bytes of a blob, as they lie there: the caller checks them.
   *
   * @throws PithError "BlobMissing", "StoreIo", or "BlobCorrupt" for more than any blob may have
   */
  get(name: string): Promise<Uint8Array>;

  /** The blob's length in bytes, or undefined when it is not there. */
  size(name: string): Promise<number | undefined>;

  /** Removes a blob durably; no error when it is not there. */
  delete(name: string): Promise<void>;

  /** Up to `limit` blobs in order of name, after the name `after` ("" for the first page). */
  list(after: string, limit: number): Promise<BlobEntry[]>;

  close(): Promise<void>;
}
