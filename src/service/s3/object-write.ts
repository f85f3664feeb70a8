/**
 * Writing objects: PUT, DELETE, and the batch delete of a bucket.
 *
 * A put is answered when its object is committed. The store looks at bucket and condition before it
 * asks for the first byte, so that a large body does not travel in vain. Whatever goes wrong on the
 * way (a wrong checksum, a missing byte, a client that vanished) ends the store's reading of the body
 * with an error, and nothing is committed.
 */
import { FAULTS, PithError } from "../../core/errors.ts";
import { PUT_BYTES_HELD_MAXIMUM, XML_BODY_BYTES_MAXIMUM } from "../../core/limits.ts";
import type { Store } from "../../store/index.ts";
import { XML_HEADERS } from "./bucket.ts";
import { openProof } from "./checksum.ts";
import { writeCondition } from "./conditions.ts";
import { type Operate, shareOf } from "./context.ts";
import { readObjectHeaders, readUserMetadata } from "./object-headers.ts";
import { checkKey } from "./target.ts";
import { openUpload } from "./upload.ts";
import { document, type XmlNode } from "./xml.ts";
import { type DoomedObject, readDelete } from "./xml-read.ts";

export const putObject: Operate = async (exchange, { bucket, key }, context) => {
  const { store, transfers, mode, effort } = context;
  const headers = readObjectHeaders(exchange.headers);
  const userMetadata = readUserMetadata(exchange.headers);
  const condition = writeCondition(exchange.headers);
  const upload = await openUpload(exchange);
  const share = shareOf(upload.bytes ?? PUT_BYTES_HELD_MAXIMUM, PUT_BYTES_HELD_MAXIMUM);
  const leave = await transfers.puts.take(share, exchange.signal);
  try {
    const row = await store.putObject(bucket, key, upload.source, {
      headers,
      userMetadata,
      condition,
      mode,
      effort,
      signal: exchange.signal,
    });
    await exchange.send(200, { etag: `"${row.etag}"`, ...upload.proved() }, "");
  } finally {
    leave();
  }
};

export const deleteObject: Operate = async (exchange, { bucket, key }, { store }) => {
  await store.deleteObject(bucket, key, writeCondition(exchange.headers));
  await exchange.send(204, {}, "");
};

export const deleteObjects: Operate = async (exchange, { bucket }, context) => {
  const { store } = context;
  const proof = await openProof(exchange.headers);
  const body = await exchange.wholeBody(XML_BODY_BYTES_MAXIMUM);
  proof.update(body);
  proof.finish(new Map());
  const { objects, quiet } = readDelete(decodeText(body));
  await store.headBucket(bucket);
  const alarm = (error: PithError): void => context.alarm(error, exchange);
  // Together, so that the store can commit many of them at once.
  const all = await Promise.all(objects.map((doomed) => deleteOne(store, bucket, doomed, alarm)));
  const nodes = quiet ? all.filter(([name]) => name === "Error") : all;
  await exchange.send(200, XML_HEADERS, document("DeleteResult", nodes));
};

/** Deletes one object of a batch and says how it went; what is not there counts as deleted. */
async function deleteOne(
  store: Store,
  bucket: string,
  { key, etag, versionId }: DoomedObject,
  alarm: (error: PithError) => void,
): Promise<XmlNode> {
  try {
    checkKey(key);
    if (versionId !== undefined && versionId !== "null" && versionId !== "") {
      throw new PithError("NotImplemented", { element: "VersionId" });
    }
    await store.deleteObject(bucket, key, etag === undefined ? {} : { ifMatch: [etag] });
    return ["Deleted", [["Key", key]]];
  } catch (error) {
    const fault = PithError.from(error, "AssertionFailure");
    if (fault.kind !== "input" && fault.kind !== "limit") alarm(fault);
    const { s3, says } = FAULTS[fault.code];
    return [
      "Error",
      [
        ["Key", key],
        ["Code", s3],
        ["Message", says],
      ],
    ];
  }
}

/** @throws PithError "MalformedXml" when the bytes are not UTF-8 */
function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw PithError.from(error, "MalformedXml");
  }
}
