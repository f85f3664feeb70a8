/**
 * Recode: what `/-/recode` is asked, in the words of the store.
 *
 *   POST /-/recode/start?effort=dense&from=lepton&bucket=photos&rate=2000000
 *
 * A service recodes in the background: while nobody else puts or gets unless told otherwise, and after
 * a restart it goes on by itself. Answers are the store's own status; `{"state":"none"}` before the
 * first.
 */
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import type { Store } from "../store/index.ts";
import type { RecodeCalls } from "./http/admin.ts";

type RecodeOptions = NonNullable<Parameters<Store["recode"]>[0]>;

const NAMES = ["effort", "codec", "from", "bucket", "prefix", "rate", "idle", "dry-run"];

const NONE = { state: "none" } as const;

export function recodeCalls(store: Store): RecodeCalls {
  return {
    status: async () => (await store.recoding()) ?? NONE,
    start: async (query) => await store.beginRecoding(readRecodeQuery(query)),
    stop: async () => (await store.stopRecoding()) ?? NONE,
  };
}

/**
 * A start's query as options of the store, which checks what they say.
 *
 * @throws PithError "InvalidArgument" for what a start does not know
 */
export function readRecodeQuery(query: ReadonlyMap<string, string>): RecodeOptions {
  for (const name of query.keys()) {
    if (!NAMES.includes(name)) {
      throw new PithError("InvalidArgument", { what: "a recoding has no such setting", name });
    }
  }
  const rate = query.get("rate");
  const idle = query.get("idle") ?? "yes";
  if (idle !== "yes" && idle !== "no") {
    throw new PithError("InvalidArgument", { what: "it is idle=yes or idle=no", idle });
  }
  return {
    effort: query.get("effort") as Effort | undefined,
    codec: query.get("codec"),
    from: query.get("from"),
    bucket: query.get("bucket"),
    prefix: query.get("prefix"),
    bytesPerSecond: rate === undefined ? undefined : Number(rate),
    idle: idle === "yes",
    dryRun: query.has("dry-run"),
    background: true,
  };
}
