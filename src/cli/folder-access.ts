/**
 * Access to a data folder that no service owns: the store is opened in this process, with the
 * kill switch that lies in the folder.
 */

import { join } from "node:path";
import { type Coder, createCoder } from "../container/index.ts";
import { PithError } from "../core/errors.ts";
import { LIST_KEYS_MAXIMUM } from "../core/limits.ts";
import { buildVersion } from "../core/version.ts";
import { GATE_FILE } from "../service/index.ts";
import {
  type BackupEntry,
  type CheckReport,
  type CollectReport,
  openStore,
  type Store,
} from "../store/index.ts";
import type {
  Access,
  CollectWishes,
  ListedBucket,
  ListedObject,
  Listing,
  OpenObject,
  PutAttributes,
  PutBody,
  RecodeStatus,
  RecodeWishes,
  StoreFigures,
} from "./access.ts";
import { savedPercent } from "./table.ts";

/**
 * Opens the store in `folder`; a missing folder becomes an empty store.
 *
 * @throws PithError "StoreLocked" when another process owns it, "DatabaseDamaged", "VersionGate"
 */
export async function openFolderAccess(folder: string): Promise<Access> {
  const coder = await createCoder({ gateFile: join(folder, GATE_FILE) });
  try {
    const store = await openStore({
      folder,
      coder,
      writer: `pith ${buildVersion()}`,
    });
    return new FolderAccess(folder, store, coder);
  } catch (error) {
    await coder.close();
    throw error;
  }
}

class FolderAccess implements Access {
  readonly place: string;
  readonly #store: Store;
  readonly #coder: Coder;

  constructor(folder: string, store: Store, coder: Coder) {
    this.place = folder;
    this.#store = store;
    this.#coder = coder;
  }

  listBuckets(): Promise<readonly ListedBucket[]> {
    return this.#store.listBuckets();
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return (await this.#store.listBuckets()).some(({ name }) => name === bucket);
  }

  createBucket(bucket: string): Promise<void> {
    return this.#store.createBucket(bucket);
  }

  deleteBucket(bucket: string): Promise<void> {
    return this.#store.deleteBucket(bucket);
  }

  list(
    bucket: string,
    prefix: string,
    delimiter: string,
    from: string | undefined,
  ): Promise<Listing> {
    return this.#store.listObjects({
      bucket,
      prefix,
      delimiter,
      after: from ?? "",
      limit: LIST_KEYS_MAXIMUM,
    });
  }

  async find(bucket: string, key: string): Promise<ListedObject | undefined> {
    try {
      return await this.#store.headObject(bucket, key);
    } catch (error) {
      if (error instanceof PithError && error.code === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async put(
    bucket: string,
    key: string,
    body: PutBody,
    attributes: PutAttributes,
  ): Promise<string> {
    const { contentType, userMetadata } = attributes;
    const row = await this.#store.putObject(bucket, key, body.open(), {
      headers: { contentType },
      userMetadata,
      expectedBytes: body.bytes,
    });
    return row.etag;
  }

  async get(bucket: string, key: string): Promise<OpenObject> {
    const { row, body } = await this.#store.getObject(bucket, key);
    const { bytes, etag, modifiedMs, userMetadata } = row;
    return { key, bytes, etag, modifiedMs, userMetadata, body };
  }

  async delete(bucket: string, key: string): Promise<void> {
    await this.#store.deleteObject(bucket, key);
  }

  async figures(): Promise<StoreFigures> {
    const totals = await this.#store.totals();
    const codecs = totals.codecs.map(({ codec: id, codecVersion, ...sums }) => {
      const stored = { codec: id, codecVersion };
      const { codec: name, version, filter } = this.#coder.nameStored(stored);
      return { name, version, ...(filter === undefined ? {} : { filter }), ...sums };
    });
    const figures = {
      buckets: totals.buckets,
      objects: totals.objects,
      plainBytes: totals.objectBytes,
      storedBytes: totals.blobBytes,
      awaiting: totals.awaiting,
      codecs,
    };
    const percent = savedPercent(figures.plainBytes, figures.storedBytes);
    const raw = { data: this.place, ...figures, savedPercent: percent };
    const disabledCodecs = [...this.#coder.gate.disabled()].sort();
    return { ...figures, disabledCodecs, outcomes: [], faults: {}, raw };
  }

  check(deep: boolean): Promise<CheckReport> {
    return this.#store.check({ deep });
  }

  async collect({ graceMs, orphans }: CollectWishes): Promise<CollectReport> {
    const collected = await this.#store.collect({ graceMs });
    if (orphans !== true) return collected;
    const removed = await this.#store.removeOrphans((await this.#store.check()).orphans);
    return {
      chunks: collected.chunks + removed.chunks,
      blobs: collected.blobs + removed.blobs,
      bytes: collected.bytes + removed.bytes,
    };
  }

  recode(
    wishes: RecodeWishes,
    onProgress: (counts: RecodeStatus["counts"]) => void,
  ): Promise<RecodeStatus> {
    return this.#store.recode({ ...wishes, onProgress });
  }

  recoding(): Promise<RecodeStatus | undefined> {
    return this.#store.recoding();
  }

  stopRecoding(): Promise<RecodeStatus | undefined> {
    return this.#store.stopRecoding();
  }

  backup(): Promise<BackupEntry> {
    return this.#store.backup();
  }

  listBackups(): Promise<readonly BackupEntry[]> {
    return this.#store.listBackups();
  }

  switchCodec(codec: string, enabled: boolean): Promise<void> {
    const { gate } = this.#coder;
    return enabled ? gate.enable(codec) : gate.disable(codec);
  }

  async close(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      await this.#coder.close();
    }
  }
}
