import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "../../core/hash.ts";
import { BLOB_BYTES_MAXIMUM } from "../../core/limits.ts";
import { openFolderBlobs } from "./folder.ts";
import { testBlobs } from "./suite.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-blobs-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

testBlobs("folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-blobs-"));
  const end = (): Promise<void> => rm(folder, { recursive: true });
  return { blobs: await openFolderBlobs(join(folder, "blobs")), end };
});

test("opening removes what was half written, and leaves other files alone", async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, "tmp"));
    await writeFile(join(folder, "tmp", "1-half"), "half");
    await writeFile(join(folder, "README"), "not ours");
    const bytes = Uint8Array.of(1, 2, 3);
    const blobs = await openFolderBlobs(folder);
    await blobs.put(sha256(bytes), bytes);
    assert.deepEqual(await readdir(join(folder, "tmp")), []);
    assert.ok((await readdir(folder)).includes("README"));
    assert.deepEqual(await blobs.list("", 10), [{ name: sha256(bytes), bytes: 3 }]);
    await blobs.close();
  });
});

test("a blob lies at blobs/ab/cd/<name>", async () => {
  await inFolder(async (folder) => {
    const blobs = await openFolderBlobs(folder);
    const bytes = Uint8Array.of(7);
    const name = sha256(bytes);
    await blobs.put(name, bytes);
    assert.deepEqual(await readdir(join(folder, name.slice(0, 2), name.slice(2, 4))), [name]);
    await blobs.close();
  });
});

test("a name that is no hash never becomes a path", async () => {
  await inFolder(async (folder) => {
    const blobs = await openFolderBlobs(folder);
    for (const name of ["../../etc/passwd", "", "AB".repeat(32), `${"ab".repeat(32)}/x`]) {
      await assert.rejects(blobs.get(name), { kind: "bug" });
      await assert.rejects(blobs.put(name, new Uint8Array(1)), { kind: "bug" });
    }
    await blobs.close();
  });
});

test("a file longer than any blob is not read into memory", async () => {
  await inFolder(async (folder) => {
    const blobs = await openFolderBlobs(folder);
    const name = sha256(Uint8Array.of(8));
    await blobs.put(name, Uint8Array.of(8));
    await truncate(join(folder, name.slice(0, 2), name.slice(2, 4), name), BLOB_BYTES_MAXIMUM + 1);
    await assert.rejects(blobs.get(name), { code: "BlobCorrupt" });
    await blobs.close();
  });
});

test("a folder that cannot be made is a typed error", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "file"), "");
    await assert.rejects(openFolderBlobs(join(folder, "file", "blobs")), { kind: "io" });
  });
});

test("what lies in a blob's place and is no file is damage, at once", async () => {
  await inFolder(async (folder) => {
    const blobs = await openFolderBlobs(folder);
    const [pipe, nest, loop] = await Promise.all(
      [1, 2, 3].map(async (byte) => {
        const bytes = Uint8Array.of(byte);
        const name = sha256(bytes);
        await blobs.put(name, bytes);
        const file = join(folder, name.slice(0, 2), name.slice(2, 4), name);
        await rm(file);
        return { name, file };
      }),
    );
    assert.ok(pipe !== undefined && nest !== undefined && loop !== undefined);
    execFileSync("mkfifo", [pipe.file]);
    await mkdir(nest.file);
    await symlink(loop.file, loop.file);
    await assert.rejects(blobs.get(pipe.name), { code: "BlobCorrupt" });
    await assert.rejects(blobs.get(nest.name), { code: "BlobCorrupt" });
    await assert.rejects(blobs.get(loop.name), { code: "StoreIo" });
    const listed = (await blobs.list("", 10)).map((entry) => entry.name);
    assert.deepEqual(listed, [pipe.name, nest.name, loop.name].sort());
    await blobs.close();
  });
});
