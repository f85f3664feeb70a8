/**
 * A program that is meant to be killed: it codes what a data folder holds anew, and says how far it is.
 *
 *   node recode-worker.ts FOLDER        a line "coded" for each chunk, "done" at the end
 *
 * Writing to a pipe is synchronous here: a line that was written before the kill arrives.
 */
import { createCoder } from "../../src/container/index.ts";
import { openStore } from "../../src/store/index.ts";

const [folder = ""] = process.argv.slice(2);
const coder = await createCoder({ threads: 2 });
const store = await openStore({ folder, coder });
const before = (await store.recoding())?.counts;
let told = before === undefined ? 0 : before.rewritten + before.kept;
await store.recode({
  effort: "default",
  onProgress: ({ rewritten, kept }) => {
    for (; told < rewritten + kept; told++) process.stdout.write("coded\n");
  },
});
await store.close();
await coder.close();
process.stdout.write("done\n");
