import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { after, before, test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { FolderMaker, pathBelow } from "./below.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-below-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("ordinary keys become paths", () => {
  assert.equal(pathBelow("out", "a.jpg"), join("out", "a.jpg"));
  assert.equal(pathBelow("out", "2025/Größe/写真 1.jpg"), join("out", "2025/Größe/写真 1.jpg"));
  assert.equal(pathBelow("out", "..a/b.."), join("out", "..a/b.."));
  assert.equal(pathBelow("out", "x".repeat(255)), join("out", "x".repeat(255)));
});

test("keys that lead elsewhere, or to no file, are refused", () => {
  const keys = ["", "/", "/etc/passwd", "..", "../a", "a/../b", "a/..", "a/", "a//b", ".", "./a"];
  for (const key of [...keys, "a/./b", "a\0b", "x".repeat(256), `a/${"ü".repeat(128)}`]) {
    assert.throws(() => pathBelow("out", key), { code: "UnsafePath" }, JSON.stringify(key));
  }
});

test("no key at all leads out of the folder", async () => {
  await forSeeds(300, (random) => {
    const parts = ["..", ".", "", "a", "\\", "\0", "C:", "~", "a b", "…", "\u2215", "%2e%2e"];
    const key = Array.from({ length: 1 + random.upTo(6) }, () => random.pick(parts)).join("/");
    let path: string;
    try {
      path = pathBelow("/target/folder", key);
    } catch {
      return;
    }
    assert.ok(resolve(path).startsWith(`/target/folder${sep}`), JSON.stringify(key));
  });
});

test("folders are made on the way, and only real ones are walked through", async () => {
  const root = join(folder, "real");
  const maker = new FolderMaker(root);
  await Promise.all([maker.makeFor("a/b/c.txt"), maker.makeFor("a/d.txt"), maker.makeFor("e")]);
  assert.deepEqual((await readdir(root, { recursive: true })).sort(), ["a", join("a", "b")]);

  const elsewhere = join(folder, "elsewhere");
  await mkdir(elsewhere);
  await symlink(elsewhere, join(root, "link"));
  await assert.rejects(new FolderMaker(root).makeFor("link/new/x"), { code: "UnsafePath" });
  assert.deepEqual(await readdir(elsewhere), []);

  await writeFile(join(root, "file"), "");
  await assert.rejects(new FolderMaker(root).makeFor("file/x"), { code: "FileIo" });
  await assert.rejects(new FolderMaker(join(root, "file")).makeFor("x"), { code: "FileIo" });
});
