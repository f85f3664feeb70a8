/**
 * Scaling worker: codes its own copy of an input over and over, with nothing shared but the machine.
 * Says so when it is warm, and again when it is done. See scaling.ts.
 */
import { parentPort, workerData } from "node:worker_threads";
import { encodeLinear } from "../../src/deflate/index.ts";

const CODED_BYTES = 256 * 1024 * 1024;

const bytes = workerData as Uint8Array;

async function code(plainBytes: number): Promise<void> {
  for (let done = 0; done < plainBytes; done += bytes.length) await encodeLinear(bytes);
}

await code(CODED_BYTES / 8);
parentPort?.once("message", async () => {
  await code(CODED_BYTES);
  parentPort?.postMessage("done");
});
parentPort?.postMessage("warm");
