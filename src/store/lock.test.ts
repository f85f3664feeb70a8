import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { lockFolder } from "./lock.ts";

/** A process that takes the lock, says so and stays; it says "refused" when it cannot. */
const HOLDER = `
  const { lockFolder } = await import(process.argv[1]);
  try {
    const lock = lockFolder(process.argv[2], Date.now());
    console.log("held");
    setInterval(() => lock, 1000);
  } catch (error) {
    console.log(error.code === "StoreLocked" ? "refused" : String(error));
  }
`;

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-lock-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A child that tries to take the folder: what it says, and how to kill it. */
function startHolder(folder: string): { says: Promise<string>; kill: () => Promise<void> } {
  const module = new URL("./lock.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", HOLDER, module, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const says = new Promise<string>((resolve) => {
    child.stdout.on("data", (data: Buffer) => resolve(data.toString().trim()));
    child.on("exit", () => resolve("nothing"));
  });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { says, kill };
}

test("a folder has one owner, whose process is named", async () => {
  await inFolder(async (folder) => {
    const lock = lockFolder(folder, 0);
    assert.throws(
      () => lockFolder(folder, 0),
      (error: unknown) => {
        assert.ok(error instanceof Error && "facts" in error && "code" in error);
        assert.equal(error.code, "StoreLocked");
        assert.equal((error.facts as { pid: number }).pid, process.pid);
        return true;
      },
    );
    lock.release();
    lockFolder(folder, 0).release();
    assert.equal(JSON.parse(await readFile(join(folder, "owner.json"), "utf8")).pid, process.pid);
  });
});

test("a half-written note about the owner changes nothing but the message", async () => {
  await inFolder(async (folder) => {
    const lock = lockFolder(folder, 0);
    await writeFile(join(folder, "owner.json"), '{"pid": 12');
    assert.throws(() => lockFolder(folder, 0), { code: "StoreLocked" });
    lock.release();
    lockFolder(folder, 0).release();
  });
});

test("of several processes that start at once one gets the lock, and a kill -9 frees it", async () => {
  await inFolder(async (folder) => {
    const starters = Array.from({ length: 4 }, () => startHolder(folder));
    const said = await Promise.all(starters.map((starter) => starter.says));
    assert.deepEqual(said.sort(), ["held", "refused", "refused", "refused"]);
    assert.throws(() => lockFolder(folder, 0), { code: "StoreLocked" });
    await Promise.all(starters.map((starter) => starter.kill()));
    lockFolder(folder, 0).release();
  });
});

test("a folder that is not there is an error of the disk", () => {
  assert.throws(() => lockFolder(join(tmpdir(), "pith-none", "none"), 0), { kind: "io" });
});

test("a damaged lock file is named, and not taken for the metadata", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "lock.db"), "no lock ".repeat(100));
    assert.throws(() => lockFolder(folder, 0), { code: "StoreIo", message: /lock\.db.*delete it/ });
    await rm(join(folder, "lock.db"));
    lockFolder(folder, 0).release();
  });
});
