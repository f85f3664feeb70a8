/**
 * SQLite rows: columns of the database to fields of the contract, and back.
 */
import { assertThat } from "../../core/errors.ts";
import type { BlobRow, ChunkRow, ObjectEntry, ObjectHeaders, ObjectRow } from "./meta.ts";

/** One row as node:sqlite gives it. */
export type Columns = Record<string, unknown>;

/** A hash as it is stored. */
export function hashBytes(hex: string): Uint8Array {
  // Buffer stops at the first character that is no digit: the length tells.
  const bytes = Buffer.from(hex, "hex");
  assertThat(bytes.length === 32, "a hash has 32 bytes", { hex });
  return bytes;
}

export function objectEntry(columns: Columns): ObjectEntry {
  return {
    bucket: text(columns, "bucket"),
    key: text(columns, "key"),
    version: text(columns, "version"),
    bytes: number(columns, "bytes"),
    etag: text(columns, "etag"),
    modifiedMs: number(columns, "modified_ms"),
  };
}

export function objectRow(columns: Columns): ObjectRow {
  return {
    ...objectEntry(columns),
    headers: JSON.parse(text(columns, "headers")) as ObjectHeaders,
    userMetadata: JSON.parse(text(columns, "user_metadata")) as Record<string, string>,
    manifest: bytesOf(columns, "manifest"),
  };
}

export function chunkRow(columns: Columns): ChunkRow {
  return {
    sha256: hex(columns, "sha256"),
    bytes: number(columns, "bytes"),
    references: number(columns, "uses"),
    keepUntilMs: number(columns, "keep_until_ms"),
    blob: hex(columns, "blob"),
    blobBytes: number(columns, "blob_bytes"),
    codec: number(columns, "codec"),
    codecVersion: number(columns, "codec_version"),
    state: number(columns, "plain") === 1 ? "plain" : "coded",
    tried: number(columns, "tried"),
    writer: text(columns, "writer"),
  };
}

export function blobRow(columns: Columns): BlobRow {
  return {
    name: hex(columns, "name"),
    bytes: number(columns, "bytes"),
    state: number(columns, "deleting") === 1 ? "deleting" : "held",
    keepUntilMs: number(columns, "keep_until_ms"),
  };
}

export function text(columns: Columns, name: string): string {
  const value = columns[name];
  assertThat(typeof value === "string", "a column holds text", { name });
  return value;
}

export function number(columns: Columns, name: string): number {
  const value = columns[name];
  assertThat(typeof value === "number", "a column holds an integer", { name });
  return value;
}

export function hex(columns: Columns, name: string): string {
  const bytes = bytesOf(columns, name);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

function bytesOf(columns: Columns, name: string): Uint8Array {
  const value = columns[name];
  assertThat(value instanceof Uint8Array, "a column holds bytes", { name });
  return value;
}
