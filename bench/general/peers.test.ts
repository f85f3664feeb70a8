import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { comparisonOf, rowsOf } from "./comparison.ts";
import { inProcessPeer, type Peer, programPeer } from "./peers.ts";
import type { ProgramHere } from "./programs.ts";
import { cut, type Unit } from "./units.ts";

const here = existsSync("/bin/bash") || existsSync("/usr/bin/bash") ? false : "no bash here";
const units = cut("text.txt", Buffer.from("abcabcabc".repeat(1000)));

/** A program made of the shell's own words. */
function program(name: string, encode: string, decode: string): ProgramHere {
  return {
    name,
    needs: [],
    rival: true,
    program: "cat",
    versionSays: "1",
    version: () => "",
    encode: (path, plain, coded) => `${path} ${plain} ${encode} > ${coded}`,
    decode: (path, coded, plain) => `${path} ${coded} ${decode} > ${plain}`,
  };
}

test("only what came back byte for byte has a size", { skip: here }, async () => {
  const parent = mkdtempSync(join(tmpdir(), "pith-bench-"));
  try {
    const peers = [
      programPeer(program("good", "", ""), parent),
      programPeer(program("twice", "", "coded.7z"), parent),
      programPeer(program("broken", "no-such-file", ""), parent),
    ];
    const trips = await comparisonOf(units, peers, { rounds: 2, keptIn: undefined });
    assert.deepEqual(
      trips.map(({ peer, fault, codedBytes }) => [peer, fault, codedBytes]),
      [
        ["good", undefined, 9000],
        ["twice", "wrong bytes", undefined],
        ["broken", "does not encode", undefined],
      ],
    );
    const [good, twice] = rowsOf(trips, peers, undefined);
    assert.deepEqual([good?.units, good?.faults, good?.plainBytes], [1, 0, 9000]);
    assert.deepEqual([twice?.units, twice?.faults, twice?.codedBytes], [0, 1, 0]);
    for (const peer of peers) peer.close();
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("wrong bytes and errors of a coder of this process are faults", async () => {
  const same = async (bytes: Uint8Array): Promise<Uint8Array> => bytes;
  const shorter = async (bytes: Uint8Array): Promise<Uint8Array> => bytes.subarray(1);
  const broken = async (): Promise<Uint8Array> => {
    throw new Error("no luck");
  };
  const peers = [
    inProcessPeer({ name: "same", effort: "fast", encode: same, decode: same }, ""),
    inProcessPeer({ name: "shorter", effort: "fast", encode: same, decode: shorter }, ""),
    inProcessPeer({ name: "broken", effort: "fast", encode: broken, decode: same }, ""),
  ];
  const trips = await comparisonOf(units, peers, { rounds: 1, keptIn: undefined });
  assert.deepEqual(
    trips.map(({ fault, codedBytes }) => [fault, codedBytes]),
    [
      [undefined, 9000],
      ["wrong bytes", undefined],
      ["Error: no luck", undefined],
    ],
  );
});

test("sizes of peers are kept from run to run, ours are not", async () => {
  let asked = 0;
  const coder = async (bytes: Uint8Array): Promise<Uint8Array> => {
    asked++;
    return bytes;
  };
  const keptIn = mkdtempSync(join(tmpdir(), "pith-bench-"));
  const count = async (peer: Peer, unit: Unit): Promise<[asked: number, size: unknown]> => {
    asked = 0;
    const [trip] = await comparisonOf([unit], [peer], { rounds: 3, keptIn });
    return [asked, trip?.codedBytes];
  };
  try {
    const [unit] = units as [Unit];
    const [other] = cut("text.txt", Buffer.from("other")) as [Unit];
    const ours = inProcessPeer({ name: "ours", effort: "fast", encode: coder, decode: coder }, "");
    for (const _ of [1, 2]) assert.ok((await count(ours, unit))[0] >= 2);
    const peer = { ...ours, keptAs: "version 1" };
    assert.ok((await count(peer, unit))[0] >= 2);
    assert.deepEqual(await count(peer, unit), [0, 9000]);
    assert.ok((await count(peer, other))[0] >= 2);
    assert.ok((await count({ ...peer, keptAs: "version 2" }, unit))[0] >= 2);
  } finally {
    rmSync(keptIn, { recursive: true });
  }
});
