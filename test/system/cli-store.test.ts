/**
 * The command over a store, both ways in: through a running service, and in the data folder itself.
 */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { request } from "node:http";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import type { RecodeStatus } from "../../src/cli/access.ts";
import { concatenate } from "../../src/core/bytes.ts";
import { FAULTS } from "../../src/core/errors.ts";
import { corpusPath, withoutCorpus } from "../corpus.ts";
import { seeded } from "../random.ts";
import {
  newFolder,
  pith,
  pithHere,
  pithHereWell,
  pithWell,
  type RunningService,
  removeFolders,
  startService,
} from "./cli-process.ts";

const isFull = process.env["PITH_FULL"] === "1";
/** Of the corpus, files that the service's usual effort does not take long for. What coding makes of all of
 * it is seen in test/full/container-corpus.test.ts. */
const REAL_FILE_BYTES = isFull ? 2_000_000 : 600_000;

const random = seeded(11);
const MODIFIED = new Date("2023-07-01T01:02:03.456Z");
/** Three chunks; only the last one takes a codec's time. */
const LARGE = concatenate([random.bytes(8_500_000), random.content(500_000)]);

let service: RunningService;
let serviceData = "";
let folderData = "";
before(async () => {
  serviceData = join(await newFolder(), "data");
  folderData = join(await newFolder(), "data");
  service = await startService(serviceData);
});
after(async () => {
  await service.stop();
  await removeFolders();
});

/** Both ways to a store: what to add to a command. */
const WAYS: readonly [string, () => string[]][] = [
  ["through the service", () => ["--server", service.url]],
  ["in the folder", () => ["--data", folderData]],
];

/** What file systems allow and addresses, XML and terminals do not like. */
const STRANGE = "sub/?#&=;,'()*!~$@:\"<>|\\\u0001\n\u007f\u00a0\u202e😀e\u0301.txt";

async function makeTree(): Promise<string> {
  const folder = join(await newFolder(), "tree");
  await mkdir(join(folder, "sub/deep"), { recursive: true });
  const names = ["large.bin", "empty", "sub/a b+c.txt", "sub/deep/Größe 写真 %2F.txt", STRANGE];
  await writeFile(join(folder, STRANGE), "third");
  await writeFile(join(folder, "large.bin"), LARGE);
  await writeFile(join(folder, "empty"), "");
  await writeFile(join(folder, "sub/a b+c.txt"), "first", { mode: 0o600 });
  await writeFile(join(folder, "sub/deep/Größe 写真 %2F.txt"), "second");
  for (let i = 0; i < 40; i++) {
    names.push(`sub/${i}`);
    await writeFile(join(folder, `sub/${i}`), random.bytes(random.upTo(3000)));
  }
  for (const name of names) await utimes(join(folder, name), MODIFIED, MODIFIED);
  await chmod(join(folder, "empty"), 0o755);
  return folder;
}

async function readTree(folder: string): Promise<Map<string, [string, number, number]>> {
  const found = new Map<string, [string, number, number]>();
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const stats = await stat(join(folder, name));
    if (!stats.isFile()) continue;
    const bytes = (await readFile(join(folder, name))).toString("base64");
    found.set(name, [bytes, Math.round(stats.mtimeMs), stats.mode & 0o777]);
  }
  return found;
}

for (const [how, way] of WAYS) {
  test(`a folder goes in and comes out, ${how}`, async () => {
    const tree = await makeTree();
    const put = await pithHere(["put", tree, "trees/one/first", ...way()]);
    assert.equal(put.code, 0, put.stderr);
    assert.equal(put.stderr, "pith: made the bucket trees\n");
    assert.match(put.stdout.toString(), /^put 45 objects, 9\.\d\d MB, into trees \(/);
    const again = await pithHere(["put", tree, "trees/one/second", ...way(), "-q", "-T", "1"]);
    assert.deepEqual([again.code, again.stdout.length, again.stderr], [0, 0, ""]);

    assert.equal((await pithHereWell(["ls", ...way()])).toString(), "trees\n");
    assert.equal((await pithHereWell(["ls", "trees", ...way()])).toString(), "one/\n");
    const level = (await pithHereWell(["ls", "trees/one/first", ...way()])).toString();
    assert.equal(level, "one/first/empty\none/first/large.bin\none/first/sub/\n");
    const all = (await pithHereWell(["ls", "-r", "--json", "trees", ...way()])).toString();
    assert.equal(all.trim().split("\n").length, 90);
    const long = (await pithHereWell(["ls", "-l", "trees/one/first/", ...way()])).toString();
    assert.match(long, /\n9\.00 MB {2}20\d\d-\d\d-\d\d \d\d:\d\d:\d\d {2}one\/first\/large\.bin\n/);

    const back = await newFolder();
    await pithHereWell(["get", "trees/one/second", "-o", join(back, "x"), "-q", ...way()]);
    assert.deepEqual(await readTree(join(back, "x")), await readTree(tree));
    const kept = await pithHere(["get", "trees/one/second", "-o", join(back, "x"), ...way()]);
    assert.equal(kept.code, FAULTS.FileExists.number);
    await pithHereWell(["get", "trees", "-o", join(back, "x"), "-f", "-q", ...way()]);
    assert.deepEqual(await readTree(join(back, "x/one/first")), await readTree(tree));
  });

  test(`single objects go by their names, ${how}`, async () => {
    const top = await newFolder();
    await writeFile(join(top, "a.txt"), "to be");
    const cwd = { cwd: top };
    await pithWell(["put", "a.txt", "plays", "-q", ...way()], cwd);
    await pithWell(["put", "a.txt", "plays/acts/", "-q", ...way()], cwd);
    await pithWell(["put", "a.txt", "plays/b.txt", "-q", ...way()], cwd);
    await pithHereWell(["put", "-", "plays/piped", "-q", ...way()], {
      input: Buffer.from("or not"),
    });
    const names = (await pithHereWell(["ls", "-r", "plays", ...way()])).toString();
    assert.equal(names, "a.txt\nacts/a.txt\nb.txt\npiped\n");

    assert.equal((await pithHereWell(["get", "-c", "plays/piped", ...way()])).toString(), "or not");
    await pithWell(["get", "plays/acts/a.txt", "-o", "c.txt", "-q", ...way()], cwd);
    assert.equal(await readFile(join(top, "c.txt"), "utf8"), "to be");
    await pithWell(["get", "plays/b.txt", "plays/piped", "-q", ...way()], cwd);
    assert.equal(await readFile(join(top, "piped"), "utf8"), "or not");
    await mkdir(join(top, "folder"));
    const told = await pithWell(["get", "plays/b.txt", "-o", "folder", "--json", ...way()], cwd);
    const { name, bytes, etag } = JSON.parse(told.toString());
    const md5 = hash("md5", "to be");
    assert.deepEqual([name, bytes, etag], [join("folder", "b.txt"), 5, md5]);

    await pithHereWell(["rm", "plays/b.txt", "-q", ...way()]);
    assert.equal((await pithHere(["get", "plays/b.txt", ...way()])).code, FAULTS.NoSuchKey.number);
    assert.equal((await pithHere(["rm", "plays/b.txt", ...way()])).code, FAULTS.NoSuchKey.number);
    assert.equal((await pithHere(["rm", "plays", ...way()])).code, FAULTS.BucketNotEmpty.number);
    assert.equal(
      (await pithHere(["rm", "-r", "plays/none", ...way()])).code,
      FAULTS.NoSuchKey.number,
    );
    assert.match((await pithHereWell(["rm", "-r", "plays/acts", ...way()])).toString(), /1 object/);
    await pithHereWell(["rm", "-r", "plays", ...way()]);
    assert.equal((await pithHere(["ls", "plays", ...way()])).code, FAULTS.NoSuchBucket.number);
    assert.equal((await pithHere(["get", "plays/x", ...way()])).code, FAULTS.NoSuchBucket.number);
  });

  test(`figures, checks, collections and backups, ${how}`, async () => {
    const top = await newFolder();
    await writeFile(join(top, "text"), "to be or not to be, ".repeat(5000));
    await pithHereWell(["put", join(top, "text"), "care", "-q", ...way()]);
    const page = (await pithHereWell(["stats", ...way()])).toString();
    assert.match(page, /: \d+ objects? in \d+ buckets?\n.* saved\n/);
    assert.match(page, /\n([\w-]+ \+ )?divans +\d/);
    const figures = JSON.parse((await pithHereWell(["stats", "--json", ...way()])).toString());
    assert.ok(figures.plainBytes >= 100_000 && figures.storedBytes > 0);
    for (const words of [["check"], ["check", "--deep"]]) {
      assert.match((await pithHereWell([...words, ...way()])).toString(), /all is well/);
    }
    const report = JSON.parse((await pithHereWell(["check", "--json", ...way()])).toString());
    assert.equal(report.problemCount, 0);
    assert.match((await pithHereWell(["collect", ...way()])).toString(), /^removed 0 chunks/);
    const made = JSON.parse((await pithHereWell(["backup", "--json", ...way()])).toString());
    const listed = (await pithHereWell(["backup", "--list", ...way()])).toString();
    assert.ok(listed.includes(made.name));
  });

  test(`what is stored is coded anew, ${how}`, async () => {
    const top = await newFolder();
    const text = Buffer.from(seeded(77).content(20_000));
    await writeFile(join(top, "text"), text);
    const jpeg = await readFile(new URL("../vectors/pith/lepton.jpg", import.meta.url));
    await writeFile(join(top, "picture"), jpeg);
    await pithHereWell(["gate", "disable", "divans", ...way()]);
    await pithHereWell(["put", top, "anew", "-q", ...way()]);
    await pithHereWell(["gate", "enable", "divans", ...way()]);
    const only = ["--bucket", "anew", ...way()];

    const dry = await recoded(["--effort", "default", "--dry-run", ...only]);
    const ended = await recoded(["--effort", "default", ...only]);
    assert.equal(ended.state, "done");
    assert.deepEqual(dry.counts, ended.counts);
    const { rewritten, kept, skipped, failed } = ended.counts;
    // The picture was put while a codec was off: that counts as another way, and Lepton stays.
    assert.deepEqual([rewritten, kept, skipped, failed], [1, 1, 0, {}]);
    assert.ok(ended.counts.bytesAfter < ended.counts.bytesBefore);
    const again = await recoded(["--effort", "default", ...only]);
    assert.deepEqual([again.counts.rewritten, again.counts.kept, again.counts.skipped], [0, 0, 2]);
    const page = (await pithHereWell(["recode", "status", ...way()])).toString();
    assert.match(page, /^recoding with effort default: done\n2 objects, 2 chunks looked at: 0 /);
    const dense = await recoded(["--from", "lepton", ...only]);
    assert.equal(dense.counts.rewritten + dense.counts.kept, 1);

    const back = await newFolder();
    await pithHereWell(["get", "anew", "-o", join(back, "x"), "-q", ...way()]);
    assert.ok((await readFile(join(back, "x/text"))).equals(text));
    assert.ok((await readFile(join(back, "x/picture"))).equals(jpeg));
    assert.match((await pithHereWell(["check", "--deep", ...way()])).toString(), /all is well/);
    await pithHereWell(["recode", "stop", "-q", ...way()]);
    for (const [words, fault] of [
      [["begin"], FAULTS.BadUsage],
      [["--codec", "none"], FAULTS.InvalidArgument],
      [["--rate", "0"], FAULTS.BadUsage],
    ] as const) {
      const refused = await pithHere(["recode", ...words, ...way()]);
      assert.equal(refused.code, fault.number, words.join(" "));
    }

    /** Recodes to the end, wherever that happens. */
    async function recoded(words: readonly string[]): Promise<RecodeStatus> {
      const answer = await pithHereWell(["recode", "--json", ...words]);
      let status = JSON.parse(answer.toString()) as RecodeStatus;
      while (status.state === "running") {
        await new Promise((wait) => setTimeout(wait, 50));
        const now = await pithHereWell(["recode", "status", "--json", ...way()]);
        status = JSON.parse(now.toString()) as RecodeStatus;
      }
      return status;
    }
  });

  test(`a codec is switched off and on again, ${how}`, async () => {
    const top = await newFolder();
    await writeFile(join(top, "first"), "or not to be, ".repeat(5000));
    assert.match((await pithHereWell(["gate", ...way()])).toString(), /^no codec is switched off/);
    assert.equal(
      (await pithHereWell(["gate", "disable", "divans", ...way()])).toString(),
      "switched off: divans\n",
    );
    const before = await chunksBy("zlib", way());
    await pithHereWell(["put", join(top, "first"), "gates", "-q", ...way()]);
    assert.equal(await chunksBy("zlib", way()), before + 1);
    assert.match((await pithHereWell(["stats", ...way()])).toString(), /\nswitched off: divans\n/);
    assert.match(
      (await pithHereWell(["gate", "enable", "divans", ...way()])).toString(),
      /^no codec/,
    );
    const unknown = await pithHere(["gate", "disable", "rar", ...way()]);
    assert.equal(unknown.code, FAULTS.InvalidArgument.number);
  });
}

async function chunksBy(codec: string, way: string[]): Promise<number> {
  const { codecs } = JSON.parse((await pithHereWell(["stats", "--json", ...way])).toString());
  // A line for each filter, and one without.
  return codecs
    .filter(({ name }: { name: string }) => name === codec)
    .reduce((sum: number, { chunks }: { chunks: number }) => sum + chunks, 0);
}

/** Puts an object as no command of ours would. */
async function putRaw(path: string, body: string): Promise<void> {
  const { hostname, port } = new URL(service.url);
  await new Promise<void>((done, failed) => {
    const sent = request({ hostname, port, path, method: "PUT" }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) done();
      else failed(new Error(`${path}: ${answer.statusCode}`));
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

test("hostile keys never lead out of the folder; the others are fetched", async () => {
  await putRaw("/hostile", "");
  const hostile = [
    "../evil",
    "/abs",
    "a/../../evil",
    "a//b",
    "./c",
    "sub/..",
    `${"x".repeat(300)}`,
  ];
  for (const key of [...hostile, "sub/link/evil", "good/one"]) {
    await putRaw(`/hostile/${encodeURIComponent(key)}`, key);
  }
  await putRaw("/hostile/good/", "");
  const top = await newFolder();
  const out = join(top, "out");
  await mkdir(join(out, "sub"), { recursive: true });
  await mkdir(join(top, "elsewhere"));
  await symlink(join(top, "elsewhere"), join(out, "sub/link"));
  const ended = await pithHere(["get", "hostile", "-o", out, "--server", service.url]);
  assert.equal(ended.code, FAULTS.UnsafePath.number);
  assert.equal(ended.stderr.trim().split("\n").length, hostile.length + 1);
  assert.equal(await readFile(join(out, "good/one"), "utf8"), "good/one");
  assert.deepEqual((await readdir(top)).sort(), ["elsewhere", "out"]);
  assert.deepEqual(await readdir(join(top, "elsewhere")), []);
  const single = await pith(["get", "hostile/sub/..", "--server", service.url], { cwd: top });
  assert.equal(single.code, FAULTS.UnsafePath.number);
});

test("more objects than one page are listed, fetched and removed", async () => {
  const folder = join(await newFolder(), "many");
  await mkdir(folder);
  for (let i = 0; i < 1100; i++) await writeFile(join(folder, `${i}`), i % 10 === 0 ? `${i}` : "x");
  const way = ["--data", folderData];
  await pithHereWell(["put", folder, "pages", "-q", "-T", "16", ...way]);
  const names = (await pithHereWell(["ls", "pages", ...way])).toString().trim().split("\n");
  assert.equal(names.length, 1100);
  const back = join(await newFolder(), "back");
  await pithHereWell(["get", "pages", "-o", back, "-q", ...way]);
  assert.deepEqual(await readTree(back), await readTree(folder));
  assert.match(
    (await pithHereWell(["rm", "-r", "pages", ...way])).toString(),
    /removed the bucket/,
  );
});

test("a folder that a service owns says what to do", async () => {
  const ended = await pithHere(["ls", "--data", serviceData]);
  assert.equal(ended.code, FAULTS.StoreLocked.number);
  assert.match(ended.stderr, /^pith: another process owns the data folder .*--server [^\n]*\n$/);
});

test("the address of the service comes from the environment too", async () => {
  const env = { PITH_SERVER: service.url };
  await pithHereWell(["ls"], { env });
  const nobody = await pithHere(["ls"], { env: { PITH_SERVER: "http://127.0.0.1:1" } });
  assert.equal(nobody.code, FAULTS.ServerUnreachable.number);
  const near = await pithHereWell(["stats", "--json", "--data", folderData], { env });
  assert.equal(JSON.parse(near.toString()).data, folderData);
});

test("what cannot be read is told, counted, and the others are put", async () => {
  const top = await newFolder();
  await writeFile(join(top, "good"), "good");
  const words = ["put", join(top, "none"), join(top, "good"), "partly", "--data", folderData];
  const ended = await pithHere(words);
  assert.equal(ended.code, FAULTS.FileIo.number);
  assert.match(ended.stderr, /none: .*no such file or folder/);
  assert.equal((await pithHereWell(["ls", "partly", "--data", folderData])).toString(), "good\n");
  const named = await pithHere(["put", join(top, "good"), "No_Bucket", "--data", folderData]);
  assert.equal(named.code, FAULTS.BadBucketName.number);
});

test("a damaged object is named, and everything else is given back", async () => {
  const data = join(await newFolder(), "data");
  const way = ["--data", data];
  const top = await newFolder();
  await writeFile(join(top, "first"), random.bytes(50_000));
  await writeFile(join(top, "other"), random.bytes(60_000));
  await pithHereWell(["put", top, "lost", "-q", ...way]);
  await flipLastBlob(data);

  const out = join(await newFolder(), "out");
  const got = await pithHere(["get", "lost", "-o", out, ...way]);
  assert.equal(FAULTS.BlobCorrupt.kind, kindOf(got.code));
  assert.match(got.stderr, /lost\/first/);
  assert.deepEqual(await readdir(out), ["other"]);
  const checked = await pithHere(["check", "--deep", ...way]);
  assert.equal(checked.code, FAULTS.CheckFailed.number);
  assert.match(checked.stderr, /lost\/first/);
});

function kindOf(number: number | null): string | undefined {
  return Object.values(FAULTS).find((fault) => fault.number === number)?.kind;
}

test("damage that the service meets halfway is a fault, and leaves no file", async () => {
  const data = join(await newFolder(), "data");
  const top = await newFolder();
  await writeFile(join(top, "long"), random.bytes(20_000_000));
  await pithHereWell(["put", join(top, "long"), "cut", "-q", "--data", data]);
  await flipLastBlob(data);
  const own = await startService(data);
  try {
    const got = await pithHere(["get", "cut/long", "-o", join(top, "x"), "--server", own.url]);
    assert.equal(got.code, FAULTS.ServiceFailed.number);
    assert.match(got.stderr, /^pith: cut\/long: [^\n]*came only in part[^\n]*\n$/);
    assert.deepEqual(await readdir(top), ["long"]);
    const piped = await pithHere(["get", "-c", "cut/long", "--server", own.url]);
    assert.equal(piped.code, FAULTS.ServiceFailed.number);
  } finally {
    await own.stop();
  }
});

/** Damages the blob of the shortest chunk, which is an object's last. */
async function flipLastBlob(data: string): Promise<void> {
  let smallest = "";
  const entries = await readdir(join(data, "blobs"), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (smallest === "" || (await stat(path)).size < (await stat(smallest)).size) smallest = path;
  }
  const bytes = await readFile(smallest);
  bytes[30_000] = (bytes[30_000] as number) ^ 1;
  await writeFile(smallest, bytes);
}

test("a service that dies under a put is told, and what was acknowledged is there", async () => {
  const data = join(await newFolder(), "data");
  const top = await newFolder();
  for (let i = 0; i < 300; i++) await writeFile(join(top, `${i}`), random.bytes(20_000));
  const own = await startService(data);
  const putting = pithHere(["put", top, "killed", "--json", "--server", own.url]);
  await own.kill(async () => {
    const { objects } = JSON.parse(
      (await pithHereWell(["stats", "--json", "--server", own.url])).toString(),
    );
    return objects > 20;
  });
  const put = await putting;
  assert.equal(put.code, FAULTS.ServerUnreachable.number);
  assert.match(put.stderr, /gave up; \d+ files were not tried\n$/);
  const acknowledged = put.stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).key);
  assert.ok(acknowledged.length >= 20 && acknowledged.length < 300);
  const back = join(await newFolder(), "back");
  await pithHereWell(["get", "killed", "-o", back, "-q", "--data", data]);
  for (const key of acknowledged) {
    assert.ok((await readFile(join(back, key))).equals(await readFile(join(top, key))), key);
  }
  assert.match((await pithHereWell(["check", "--deep", "--data", data])).toString(), /all is well/);
});

test("a backup brings the metadata back", async () => {
  const data = join(await newFolder(), "data");
  const way = ["--data", data];
  const top = await newFolder();
  await writeFile(join(top, "a"), "to be");
  await pithHereWell(["put", join(top, "a"), "plays", "-q", ...way]);
  await pithHereWell(["backup", ...way]);
  await pithHereWell(["rm", "-r", "plays", "-q", ...way]);
  await pithHereWell(["backup", "--restore", ...way]);
  assert.equal((await pithHereWell(["get", "plays/a", "-c", ...way])).toString(), "to be");
  const { name } = JSON.parse(
    (await pithHereWell(["backup", "--list", "--json", ...way])).toString(),
  );
  await pithHereWell(["backup", "--restore", name, ...way]);
  assert.match((await pithHereWell(["check", "--deep", ...way])).toString(), /all is well/);
  const none = await pithHere(["backup", "--restore", "meta-none", ...way]);
  assert.equal(none.code, FAULTS.BadUsage.number);
});

test("space comes back when it is asked for", async () => {
  const way = ["--data", join(await newFolder(), "data")];
  await pithHereWell(["put", "-", "plays/a", "-q", ...way], { input: random.bytes(100_000) });
  await pithHereWell(["rm", "plays/a", "-q", ...way]);
  assert.match((await pithHereWell(["collect", ...way])).toString(), /^removed 0 chunks/);
  const collected = (await pithHereWell(["collect", "--grace", "0", ...way])).toString();
  assert.match(collected, /^removed 1 chunk and 1 blob, 100 kB\n$/);
});

test("real files survive the service", { skip: withoutCorpus }, async () => {
  const server = ["--server", service.url];
  const sources: string[] = [];
  for (const name of await readdir(corpusPath("general"))) {
    const source = corpusPath(`general/${name}`);
    const stats = await stat(source);
    if (stats.isFile() && stats.size < REAL_FILE_BYTES) sources.push(source);
  }
  assert.ok(sources.length > 8);
  await pithHereWell(["put", ...sources, "corpus", "-q", ...server]);
  const back = join(await newFolder(), "back");
  await pithHereWell(["get", "corpus", "-o", back, "-q", ...server]);
  for (const source of sources) {
    const name = basename(source);
    assert.ok((await readFile(source)).equals(await readFile(join(back, name))), name);
  }
  assert.ok(existsSync(serviceData));
});
