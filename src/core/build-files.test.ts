import assert from "node:assert/strict";
import { test } from "node:test";
import { requireBuildFiles } from "./build-files.ts";
import { checksumOf } from "./checksum.ts";
import { loadKernelFile } from "./kernel.ts";

const NAME = "dictionary.bin";

test("files that are there and right pass, alone and together", async () => {
  const table = { name: NAME, sum: checksumOf(await loadKernelFile(NAME)) };
  const files = { kernels: ["deflate"], tables: [table] };
  for (let times = 0; times < 2; times++) {
    await requireBuildFiles([files, { kernels: ["filters"] }]);
  }
  await requireBuildFiles([]);
});

test("a table with another sum is named with both", async () => {
  const table = { name: NAME, sum: 0xabcd };
  const actual = checksumOf(await loadKernelFile(NAME)).toString(16);
  for (let times = 0; times < 2; times++) {
    await assert.rejects(requireBuildFiles([{ kernels: [], tables: [table] }]), {
      code: "BuildIncomplete",
      facts: { file: NAME, expected: "abcd", actual },
    });
  }
});

test("what is missing is named, one or many, whatever else is there", async () => {
  const absent = { kernels: ["deflate"], tables: [{ name: "absent.bin", sum: 1 }] };
  await assert.rejects(requireBuildFiles([absent]), {
    code: "BuildIncomplete",
    message: /install the same version again \(file "absent\.bin"/,
  });
  const more = { kernels: ["absent"], tables: [{ name: NAME, sum: 1 }] };
  await assert.rejects(requireBuildFiles([more, absent]), (error: Error & { facts: object }) => {
    const { file } = error.facts as { file: string };
    return /^absent\.(simd|scalar)\.wasm, absent\.bin, dictionary\.bin$/.test(
      file
        .split(", ")
        .sort((one, other) => +/bin/.test(one) - +/bin/.test(other))
        .join(", "),
    );
  });
});
