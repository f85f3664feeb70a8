import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { test } from "node:test";
import { openProof } from "./checksum.ts";

const DIGITS = Buffer.from("123456789");

/** Check values of the algorithms over "123456789", as their catalogues give them. */
const CHECKS = {
  crc32: "cbf43926",
  crc32c: "e3069283",
  crc64nvme: "ae8b14860a799888",
  sha1: createHash("sha1").update(DIGITS).digest("hex"),
  sha256: createHash("sha256").update(DIGITS).digest("hex"),
};
const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

async function prove(
  headers: IncomingHttpHeaders,
  trailers: Record<string, string> = {},
  body: Uint8Array = DIGITS,
): Promise<Record<string, string>> {
  const proof = await openProof(headers);
  proof.update(body.subarray(0, 4));
  proof.update(body.subarray(4));
  return proof.finish(new Map(Object.entries(trailers)));
}

test("each algorithm is proved from a header and from a trailer", async () => {
  for (const [algorithm, hex] of Object.entries(CHECKS)) {
    const name = `x-amz-checksum-${algorithm}`;
    const proved = { [name]: base64(hex), "x-amz-checksum-type": "FULL_OBJECT" };
    assert.deepEqual(await prove({ [name]: base64(hex) }), proved);
    assert.deepEqual(await prove({ "x-amz-trailer": name }, { [name]: base64(hex) }), proved);
    const other = Buffer.from("123456780");
    await assert.rejects(prove({ [name]: base64(hex) }, {}, other), { code: "BadDigest" });
    await assert.rejects(prove({ "x-amz-trailer": name }, { [name]: base64(hex) }, other), {
      code: "BadDigest",
    });
  }
});

test("Content-MD5 and the hash of the content are proved", async () => {
  const md5 = createHash("md5").update(DIGITS).digest("base64");
  assert.deepEqual(await prove({ "content-md5": md5 }), {});
  await assert.rejects(prove({ "content-md5": md5 }, {}, Buffer.from("x")), { code: "BadDigest" });
  const sha = { "x-amz-content-sha256": CHECKS.sha256.toUpperCase() };
  await prove(sha);
  await assert.rejects(prove(sha, {}, Buffer.from("x")), { code: "ContentHashMismatch" });
  await prove({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD" });
});

test("checksums that are not written right are refused before the body", async () => {
  const headers: IncomingHttpHeaders[] = [
    { "content-md5": "x" },
    { "content-md5": base64("00") },
    { "x-amz-checksum-crc32": "AAAA" },
    { "x-amz-checksum-crc32": "" },
    { "x-amz-checksum-sha256": `${base64(CHECKS.sha256)}=` },
  ];
  for (const each of headers) await assert.rejects(openProof(each), { code: "InvalidDigest" });
});

test("unknown algorithms and two at once are refused", async () => {
  await assert.rejects(openProof({ "x-amz-checksum-md4": "AA==" }), { code: "InvalidArgument" });
  await assert.rejects(openProof({ "x-amz-trailer": "x-amz-checksum-toString" }), {
    code: "InvalidArgument",
  });
  const two = {
    "x-amz-checksum-crc32": base64(CHECKS.crc32),
    "x-amz-trailer": "x-amz-checksum-sha1",
  };
  await assert.rejects(openProof(two), { code: "InvalidArgument" });
  await openProof({ "x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-mode": "ENABLED" });
});

test("trailers come when announced, and only then", async () => {
  const name = "x-amz-checksum-crc32";
  await assert.rejects(prove({ "x-amz-trailer": name }), { code: "BadRequest" });
  await assert.rejects(prove({}, { [name]: base64(CHECKS.crc32) }), { code: "BadRequest" });
  await assert.rejects(prove({ "x-amz-trailer": name }, { [name]: "?" }), {
    code: "InvalidDigest",
  });
});
