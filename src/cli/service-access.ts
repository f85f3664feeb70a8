/**
 * Access to a running service: objects over its S3-style HTTP, care over its `/-/` addresses.
 */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { PithError } from "../core/errors.ts";
import type { BackupEntry, CheckReport, CollectReport } from "../store/index.ts";
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
import { readFigures } from "./figures.ts";
import { readBuckets, readListing } from "./listing-xml.ts";
import { ServiceClient } from "./service-client.ts";

const METADATA_PREFIX = "x-amz-meta-";

/** Objects of the service at `server`, with at most `connections` requests at once. */
export function openServiceAccess(server: string, connections: number): Access {
  return new ServiceAccess(new ServiceClient(server, connections));
}

class ServiceAccess implements Access {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  get place(): string {
    return this.#client.server;
  }

  async listBuckets(): Promise<readonly ListedBucket[]> {
    return readBuckets(await this.#client.text({ method: "GET", path: "/" }));
  }

  async hasBucket(bucket: string): Promise<boolean> {
    // Asking for the bucket itself would count as a fault of the service when it is not there.
    return (await this.listBuckets()).some(({ name }) => name === bucket);
  }

  async createBucket(bucket: string): Promise<void> {
    await this.#client.text({ method: "PUT", path: pathOf(bucket, "") });
  }

  async deleteBucket(bucket: string): Promise<void> {
    await this.#client.text({ method: "DELETE", path: pathOf(bucket, "") });
  }

  list(
    bucket: string,
    prefix: string,
    delimiter: string,
    from: string | undefined,
  ): Promise<Listing> {
    return this.#page(bucket, { prefix, delimiter, "continuation-token": from ?? "" });
  }

  async find(bucket: string, key: string): Promise<ListedObject | undefined> {
    // A key is the first of those that begin with it.
    const { objects } = await this.#page(bucket, { prefix: key, "max-keys": "1" });
    return objects.find((object) => object.key === key);
  }

  async put(
    bucket: string,
    key: string,
    body: PutBody,
    attributes: PutAttributes,
  ): Promise<string> {
    let md5 = "";
    const hashed: PutBody = {
      bytes: body.bytes,
      async *open() {
        const hash = createHash("md5");
        let left = body.bytes;
        if (left === 0) md5 = hash.copy().digest("hex");
        for await (const piece of body.open()) {
          hash.update(piece);
          left -= piece.length;
          // Before the last bytes leave: the answer may be here before this goes on.
          if (left === 0) md5 = hash.copy().digest("hex");
          yield piece;
        }
      },
    };
    const headers: Record<string, string> = { "content-type": attributes.contentType };
    for (const [name, value] of Object.entries(attributes.userMetadata)) {
      headers[METADATA_PREFIX + name] = value;
    }
    const path = pathOf(bucket, key);
    const answer = await this.#client.send({ method: "PUT", path, headers, body: hashed });
    answer.resume();
    const etag = etagOf(answer.headers);
    if (etag !== md5) throw new PithError("BadDigest", { sent: md5, stored: etag });
    return etag;
  }

  async get(bucket: string, key: string): Promise<OpenObject> {
    const answer = await this.#client.send({ method: "GET", path: pathOf(bucket, key) });
    const entry = listed(key, answer.headers);
    const userMetadata: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (name.startsWith(METADATA_PREFIX)) {
        userMetadata[name.slice(METADATA_PREFIX.length)] = String(value);
      }
    }
    return { ...entry, userMetadata, body: whole(answer, entry, this.place) };
  }

  async delete(bucket: string, key: string): Promise<void> {
    await this.#client.text({ method: "DELETE", path: pathOf(bucket, key) });
  }

  async figures(): Promise<StoreFigures> {
    return readFigures(await this.#client.json({ method: "GET", path: "/-/stats" }));
  }

  async check(deep: boolean): Promise<CheckReport> {
    return (await this.#act(deep ? "check?deep" : "check")) as CheckReport;
  }

  async collect({ graceMs, orphans }: CollectWishes): Promise<CollectReport> {
    if (graceMs !== undefined || orphans === true) {
      throw new PithError("BadUsage", { why: "--grace and --orphans go with --data" });
    }
    return (await this.#act("collect")) as CollectReport;
  }

  async recode(wishes: RecodeWishes): Promise<RecodeStatus> {
    const { bytesPerSecond, idle, dryRun, ...words } = wishes;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(words)) {
      if (value !== undefined) query.set(name, value);
    }
    if (bytesPerSecond !== undefined) query.set("rate", String(bytesPerSecond));
    if (idle !== undefined) query.set("idle", idle ? "yes" : "no");
    if (dryRun === true) query.set("dry-run", "");
    return (await this.#act(`recode/start?${query.toString()}`)) as RecodeStatus;
  }

  async recoding(): Promise<RecodeStatus | undefined> {
    return statusIn(await this.#client.json({ method: "GET", path: "/-/recode" }));
  }

  async stopRecoding(): Promise<RecodeStatus | undefined> {
    return statusIn(await this.#act("recode/stop"));
  }

  async backup(): Promise<BackupEntry> {
    return (await this.#act("backup")) as BackupEntry;
  }

  async listBackups(): Promise<readonly BackupEntry[]> {
    // The service listens on this machine only, so its folder is at hand.
    const { data } = (await this.figures()).raw;
    if (typeof data !== "string") throw new PithError("ServiceFailed", { why: "no data in stats" });
    const { listBackups } = await import("../store/index.ts");
    return listBackups(data);
  }

  async switchCodec(codec: string, enabled: boolean): Promise<void> {
    const verb = enabled ? "enable" : "disable";
    await this.#act(`gate/${verb}/${encodeURIComponent(codec)}`);
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  /** Asks for something to be done; the header says that it was meant. */
  #act(path: string): Promise<unknown> {
    const headers = { "x-pith-admin": "cli", "content-length": "0" };
    return this.#client.json({ method: "POST", path: `/-/${path}`, headers });
  }

  async #page(bucket: string, wishes: Readonly<Record<string, string>>): Promise<Listing> {
    const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url" });
    for (const [name, value] of Object.entries(wishes)) if (value !== "") query.set(name, value);
    const path = `${pathOf(bucket, "")}?${query.toString()}`;
    return readListing(await this.#client.text({ method: "GET", path }));
  }
}

/** A service that has recoded nothing yet answers so, with a state of its own. */
function statusIn(answer: unknown): RecodeStatus | undefined {
  const status = answer as { readonly state: RecodeStatus["state"] | "none" };
  return status.state === "none" ? undefined : (answer as RecodeStatus);
}

/** Every byte but the unreserved ones of RFC 3986 is encoded; "/" in keys is kept. */
function pathOf(bucket: string, key: string): string {
  const encode = (text: string): string =>
    encodeURIComponent(text)
      .replaceAll("%2F", "/")
      .replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return key === "" ? `/${encode(bucket)}` : `/${encode(bucket)}/${encode(key)}`;
}

function listed(key: string, headers: IncomingHttpHeaders): ListedObject {
  return {
    key,
    bytes: Number(headers["content-length"] ?? 0),
    etag: etagOf(headers),
    modifiedMs: Date.parse(headers["last-modified"] ?? ""),
  };
}

function etagOf(headers: IncomingHttpHeaders): string {
  return (headers.etag ?? "").replaceAll('"', "");
}

/** The answer's bytes, proven by their number and their MD5 at the end. */
async function* whole(
  answer: IncomingMessage,
  entry: ListedObject,
  server: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("md5");
  try {
    for await (const piece of answer as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      yield piece;
    }
  } catch (error) {
    // The service cuts the answer short when it finds damage on its way.
    const why = "the object came only in part; `pith check --deep` tells whether it is damaged";
    throw new PithError("ServiceFailed", { server, why }, error);
  }
  const md5 = hash.digest("hex");
  if (md5 !== entry.etag) throw new PithError("BadDigest", { stored: entry.etag, came: md5 });
}
