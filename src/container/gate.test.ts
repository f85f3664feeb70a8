import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { scanObject } from "../../test/codecs/scan.ts";
import { CHUNK_BYTES, GATE_FILE_BYTES_MAXIMUM } from "../core/limits.ts";
import type { CoderEvent } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { createGate, type Gate } from "./gate.ts";

const KNOWN = ["stored", "deflate", "zlib"];

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-gate-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function withGate(
  file: string | undefined,
  body: (gate: Gate) => Promise<void>,
): Promise<void> {
  const gate = await createGate({ file, known: KNOWN, pollMs: 5 });
  try {
    await body(gate);
  } finally {
    gate.close();
  }
}

/** Waits until `holds` does; the test's own deadline ends it otherwise. */
async function until(gate: Gate, holds: () => boolean): Promise<void> {
  await new Promise<void>((done) => {
    const stop = gate.onChange(() => {
      if (!holds()) return;
      stop();
      done();
    });
    if (holds()) {
      stop();
      done();
    }
  });
}

test("a switch in memory", async () => {
  await withGate(undefined, async (gate) => {
    let changes = 0;
    const stop = gate.onChange(() => void changes++);
    assert.deepEqual([...gate.disabled()], []);
    await gate.disable("zlib");
    assert.deepEqual([...gate.disabled()], ["zlib"]);
    await gate.disable("zlib");
    await gate.enable("zlib");
    assert.deepEqual([...gate.disabled()], []);
    assert.equal(changes, 2, "told of changes only");
    stop();
    await gate.disable("deflate");
    assert.equal(changes, 2);
    await assert.rejects(gate.disable("stored"), { code: "InvalidArgument" });
    await assert.rejects(gate.disable("lepton"), { code: "InvalidArgument" });
  });
});

test("a file is read at once, watched, and kept by disable and enable", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "codecs-off");
    await writeFile(file, "# by hand\n  zlib  # since Tuesday\n\n");
    await withGate(file, async (gate) => {
      assert.deepEqual([...gate.disabled()], ["zlib"]);
      await gate.disable("deflate");
      assert.equal(await readFile(file, "utf8"), "# by hand\n  zlib  # since Tuesday\ndeflate\n");
      await gate.enable("zlib");
      assert.equal(await readFile(file, "utf8"), "# by hand\ndeflate\n");
      assert.deepEqual([...gate.disabled()], ["deflate"]);
      await writeFile(file, "zlib\r\n");
      await until(gate, () => gate.disabled().has("zlib") && !gate.disabled().has("deflate"));
      await rm(file);
      await until(gate, () => gate.disabled().size === 0);
      assert.deepEqual(gate.problems(), []);
    });
  });
});

test("a name that no codec has, a file that cannot be read: told, and nothing else changes", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "codecs-off");
    await writeFile(file, "zlib\nzilb\nstored\n");
    await withGate(file, async (gate) => {
      assert.deepEqual([...gate.disabled()], ["zlib"]);
      assert.equal(gate.problems().length, 2);
      assert.match(gate.problems().join(), /zilb.*stored/);
      // A link to itself cannot be read; it comes in one step, so that no look finds no file.
      await symlink("codecs-off", join(folder, "loop"));
      await rename(join(folder, "loop"), file);
      await until(gate, () => gate.problems().some((problem) => problem.includes("read")));
      assert.deepEqual([...gate.disabled()], ["zlib"], "what was off stays off");

      await assert.rejects(gate.disable("deflate"), { code: "FileIo" });
      assert.deepEqual([...gate.disabled()].sort(), ["deflate", "zlib"], "it holds here even so");
      assert.ok(gate.problems().some((problem) => problem.includes("deflate is not kept")));
      await rm(file);
      await gate.enable("deflate");
      await until(gate, () => gate.disabled().size === 0 && gate.problems().length === 0);

      await writeFile(file, "#".repeat(GATE_FILE_BYTES_MAXIMUM + 1));
      await until(gate, () => gate.problems().length === 1);
    });
  });
});

test("a switch whose folder is missing holds in this process, and says so", async () => {
  await withFolder(async (folder) => {
    await withGate(join(folder, "missing", "codecs-off"), async (gate) => {
      assert.deepEqual(gate.problems(), [], "no file means that all is on");
      await assert.rejects(gate.disable("zlib"), { code: "FileIo", kind: "io" });
      assert.ok(gate.disabled().has("zlib"));
      assert.equal(gate.problems().length, 1);
    });
    assert.deepEqual(await readdir(folder), []);
  });
});

test("a codec that is switched off writes nothing that is yielded from then on", async () => {
  const object = new Uint8Array(3 * CHUNK_BYTES).map((_, i) => 97 + ((i * 7) % 11));
  async function* source(): AsyncGenerator<Uint8Array> {
    yield object;
  }
  for (const threads of [0, 2]) {
    const events: string[] = [];
    const onEvent = (event: CoderEvent): void => {
      if (event.outcome !== "coded") events.push(event.code);
    };
    const coder = await createCoder({ threads, onEvent });
    try {
      const names: (string | undefined)[] = [];
      let old: Uint8Array | undefined;
      for await (const chunk of coder.encode(source(), { effort: "fast" })) {
        names.push(chunk.codec?.name);
        old ??= chunk.frame;
        // The frames of the other chunks are under way or done by now.
        if (chunk.index === 0) await coder.gate.disable("zlib");
        if (chunk.index === 1) await coder.gate.disable("deflate");
      }
      assert.deepEqual(names, ["zlib", "deflate", "stored"]);
      assert.ok(events.includes("CodecDisabled"));
      const plain = await coder.decode(old as Uint8Array);
      assert.equal(plain.length, CHUNK_BYTES, "reading goes on");
    } finally {
      await coder.close();
    }
  }
});

test("a specialist that is switched off is passed over, and back when it is on", async () => {
  const module = new URL("../../test/codecs/scan.ts", import.meta.url);
  const coder = await createCoder({ threads: 2, codecModules: [module] });
  const encode = async (name: string, bytes: number, off?: number): Promise<string[]> => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield scanObject(name, bytes);
    }
    const names: string[] = [];
    for await (const chunk of coder.encode(source(), { effort: "flat" })) {
      names.push(chunk.codec?.name ?? "");
      if (chunk.index === off) await coder.gate.disable(name);
    }
    return names;
  };
  try {
    const inTheMiddle = await encode("scan", 400_000, 2);
    assert.deepEqual(inTheMiddle.slice(0, 3), ["scan", "scan", "scan"]);
    assert.ok(!inTheMiddle.slice(3).includes("scan"));
    assert.ok(!(await encode("scan", 400_000)).includes("scan"));
    await coder.gate.enable("scan");
    assert.ok((await encode("scan", 400_000)).every((name) => name === "scan"));
    await coder.gate.disable("big-scan");
    assert.equal((await encode("big-scan", 5_000_000)).length, 2);
  } finally {
    await coder.close();
  }
});
