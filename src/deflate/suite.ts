/**
 * What every inflate engine must agree on with zlib: which streams are whole, which are broken,
 * which end early, what they decode to and where they end.
 *
 * Streams are real ones with a few changes, so that most get deep into the decoder before they
 * show. Run for a moment by inflate-engine.test.ts and for long by inflate.fuzz.ts.
 */
import assert from "node:assert/strict";
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from "node:zlib";
import type { Random } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { type FaultCode, PithError } from "../core/errors.ts";
import type { InflateEngine } from "./inflate-engine.ts";
import { readWith } from "./read.ts";

const SETTINGS: readonly ZlibOptions[] = [
  { level: 0 },
  { level: 1 },
  { level: 9 },
  { strategy: constants.Z_HUFFMAN_ONLY },
  { strategy: constants.Z_RLE },
  { strategy: constants.Z_FIXED },
];

/** No mutation of a small stream decodes to more before zlib is stopped. */
const OUTPUT_BYTES_MAXIMUM = 4 * 1024 * 1024;

type Outcome = { plain: Uint8Array; bytesRead: number } | FaultCode;

/** Decodes one mutated stream with `engine` and with zlib itself, and compares all there is. */
export async function compareWithZlib(engine: InflateEngine, random: Random): Promise<void> {
  const bytes = mutated(random);
  const cut = random.oneIn(3) ? 1 + random.upTo(40) : bytes.length + 1;
  const actual = await outcomeOf(engine, bytes, cut);
  const expected = outcomeOfZlib(bytes);
  const told = (one: Outcome): string =>
    typeof one === "string" ? one : `${one.plain.length} bytes from ${one.bytesRead}`;
  assert.equal(told(actual), told(expected), `fed by ${cut}`);
  if (typeof actual === "string" || typeof expected === "string") return;
  assert.ok(equalBytes(actual.plain, expected.plain), `other bytes, fed by ${cut}`);
}

/** A raw deflate stream of ours, changed in up to 3 places, shortened, or nothing but noise. */
function mutated(random: Random): Uint8Array {
  if (random.oneIn(20)) return random.bytes(random.upTo(100));
  const plain = random.content(random.oneIn(10) ? random.upTo(70_000) : random.upTo(1500));
  let bytes = new Uint8Array(deflateRawSync(plain, random.pick(SETTINGS)));
  for (let changes = random.upTo(4); changes > 0 && bytes.length > 0; changes--) {
    // Half of the changes are at the start, where the tables are.
    const at = random.upTo(random.oneIn(2) ? Math.min(bytes.length, 80) : bytes.length);
    const kind = random.upTo(5);
    if (kind <= 1) bytes[at] = (bytes[at] as number) ^ (1 << random.upTo(8));
    else if (kind === 2) bytes[at] = random.upTo(256);
    else if (kind === 3) bytes = bytes.slice(0, at);
    else bytes = concatenate([bytes.subarray(0, at), random.bytes(3), bytes.subarray(at)]);
  }
  return bytes;
}

async function outcomeOf(engine: InflateEngine, bytes: Uint8Array, cut: number): Promise<Outcome> {
  let bytesRead = 0;
  const pieces: Uint8Array[] = [];
  function* source(): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
  }
  try {
    const reading = readWith(engine, source(), {
      format: "raw",
      trailing: "ignore",
      maxOutputBytes: OUTPUT_BYTES_MAXIMUM,
      onProgress: (progress) => {
        bytesRead = progress.bytesIn;
      },
    });
    for await (const piece of reading) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof PithError)) throw error;
    return error.code;
  }
  return { plain: concatenate(pieces), bytesRead };
}

function outcomeOfZlib(bytes: Uint8Array): Outcome {
  try {
    const options = { info: true, maxOutputLength: OUTPUT_BYTES_MAXIMUM };
    const result: unknown = inflateRawSync(bytes, options);
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    return { plain: new Uint8Array(buffer), bytesRead: engine.bytesWritten };
  } catch (error) {
    const { code } = error as { code: string };
    if (code === "ERR_BUFFER_TOO_LARGE") return "OutputLimit";
    return code === "Z_BUF_ERROR" ? "DeflateTruncated" : "DeflateCorrupt";
  }
}

/** Any bytes at the door of gzip and zlib: every engine gives the same bytes or the same fault. */
export async function compareEngines(
  engines: readonly InflateEngine[],
  whole: Uint8Array,
  random: Random,
): Promise<void> {
  const bytes = whole.slice(0, random.oneIn(3) ? random.upTo(whole.length) : whole.length);
  for (let changes = random.upTo(3); changes > 0 && bytes.length > 0; changes--) {
    const at = random.upTo(random.oneIn(2) ? Math.min(bytes.length, 14) : bytes.length);
    bytes[at] = random.upTo(256);
  }
  const answers: (Uint8Array | FaultCode)[] = [];
  for (const engine of engines) {
    const pieces: Uint8Array[] = [];
    try {
      for await (const piece of readWith(engine, bytes, {})) pieces.push(piece);
      answers.push(concatenate(pieces));
    } catch (error) {
      if (!(error instanceof PithError)) throw error;
      answers.push(error.code);
    }
  }
  const [first, ...others] = answers;
  for (const other of others) {
    const same =
      first instanceof Uint8Array && other instanceof Uint8Array
        ? equalBytes(first, other)
        : first === other;
    assert.ok(same, `${String(first).slice(0, 40)} against ${String(other).slice(0, 40)}`);
  }
}
