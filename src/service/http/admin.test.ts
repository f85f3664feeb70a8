import assert from "node:assert/strict";
import { test } from "node:test";
import { openRaw } from "../../../test/raw-http.ts";
import { PithError } from "../../core/errors.ts";
import { type AdminContext, serveAdmin } from "./admin.ts";
import { listen } from "./listener.ts";

test("a check ends with its client, so it holds up no shutdown", async () => {
  const begun = Promise.withResolvers<void>();
  const faults: PithError[] = [];
  const admin = {
    check: (deep: boolean, signal: AbortSignal) =>
      new Promise((_, reject) => {
        assert.equal(deep, true);
        signal.addEventListener("abort", () => reject(new PithError("Aborted")));
        begun.resolve();
      }),
  } as unknown as AdminContext;
  const listener = await listen("127.0.0.1", 0, {
    handle: (exchange) => serveAdmin(exchange, "check", new Map([["deep", ""]]), admin),
    report: () => undefined,
    fault: (error) => void faults.push(error),
    describe: () => "",
  });
  const socket = await openRaw(listener.address.port);
  socket.on("error", () => undefined);
  socket.write("POST /-/check?deep HTTP/1.1\r\nHost: localhost\r\nx-pith-admin: 1\r\n\r\n");
  await begun.promise;
  await listener.close(0);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["Aborted"],
  );
  socket.destroy();
});
