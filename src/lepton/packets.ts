/**
 * Packets: the coded streams of all segments, cut and mixed behind the header of a Lepton file.
 *
 *   header byte   low nibble: segment; bits 4 and 5: f
 *   f = 0         u16 length - 1, then as many bytes
 *   f = 1, 2, 3   4096, 16384, 65536 bytes follow
 *   at the end    version 1: nothing; later ones: FF FE FF. Then u32 length of the file.
 *
 * Only the end of the file tells the length at the end from a packet, so reading holds back what may
 * be it. Layout: docs/formats/lepton.md.
 */
import { copyOf, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";

/** The length at the end. */
export const LENGTH_BYTES = 4;

const END_MARKER = [0xff, 0xfe, 0xff];

/** A packet has at least a byte: this many bytes or more are none that end the file. */
const HEAD_BYTES = 1 + LENGTH_BYTES;

const PACKET_BYTES_MAXIMUM = 65536;
const PACKET_BYTES_SMALL = 4096;

/** Takes the bytes of one packet or of a part of it; `bytes` are a view on what was fed. */
export type PacketSink = (segment: number, bytes: Uint8Array) => void;

/** Takes packets apart, however the bytes come. */
export class PacketReader {
  readonly #segments: number;
  readonly #hasEndMarker: boolean;
  /** Bytes that may be a packet's header or the end of the file. */
  #held = new Uint8Array(0);
  #segment = 0;
  /** Bytes of the packet that are to come. */
  #left = 0;

  /**
   * @param segments - how many there are
   * @param hasEndMarker - whether FF FE FF ends the packets
   */
  constructor(segments: number, hasEndMarker: boolean) {
    this.#segments = segments;
    this.#hasEndMarker = hasEndMarker;
  }

  /**
   * Takes the next bytes.
   *
   * @throws PithError "BadLeptonFile"
   */
  feed(piece: Uint8Array, sink: PacketSink): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#left > 0) {
        const end = Math.min(piece.length, at + this.#left);
        sink(this.#segment, piece.subarray(at, end));
        this.#left -= end - at;
        at = end;
      } else if (this.#held.length === 0 && piece.length - at >= HEAD_BYTES) {
        const size = this.#readHead(piece, at);
        if (size === 0) this.#held = copyOf(piece.subarray(at, at + HEAD_BYTES));
        at += size === 0 ? HEAD_BYTES : size;
      } else {
        at = this.#hold(piece, at, sink);
      }
    }
  }

  /** Adds a byte to those that are held, and lets go of them when they are a packet's. */
  #hold(piece: Uint8Array, at: number, sink: PacketSink): number {
    const held = new Uint8Array(this.#held.length + 1);
    held.set(this.#held);
    held[this.#held.length] = piece[at] ?? 0;
    this.#held = held;
    if (held.length < HEAD_BYTES) return at + 1;
    const size = this.#readHead(held, 0);
    if (size === 0) {
      if (held.length > END_MARKER.length + LENGTH_BYTES) throw bad("bytes behind the end");
      return at + 1;
    }
    // Fewer than HEAD_BYTES are left, so this goes but one call deep.
    this.#held = new Uint8Array(0);
    this.feed(held.subarray(size), sink);
    return at + 1;
  }

  /** Reads the header of the packet at `at`.
   * @returns its size, or 0 when the end marker begins here */
  #readHead(bytes: Uint8Array, at: number): number {
    const [head, low, high] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    if (this.#hasEndMarker && head === END_MARKER[0]) {
      if (low !== END_MARKER[1] || high !== END_MARKER[2]) throw bad("a broken end marker");
      return 0;
    }
    // Of such bytes one Lepton program takes the length from here, the other from behind.
    if (head > 63) throw bad("an unknown packet", { head });
    this.#segment = head & 15;
    if (this.#segment >= this.#segments) {
      throw bad("a packet of no segment", { segment: this.#segment });
    }
    const f = head >> 4;
    this.#left = f === 0 ? 1 + low + 256 * high : 1024 << (2 * f);
    return f === 0 ? 3 : 1;
  }

  /**
   * Says that the file ends.
   *
   * @returns the length that the file gives for itself
   * @throws PithError "BadLeptonFile" when it does not end behind a packet
   */
  finish(): number {
    const held = this.#held;
    const marker = this.#hasEndMarker ? END_MARKER.length : 0;
    if (this.#left > 0 || held.length !== marker + LENGTH_BYTES) throw bad("the end is missing");
    return viewOf(held).getUint32(marker, true);
  }
}

/**
 * Cuts streams into packets: a short one of each, so that all segments can be begun, then long ones
 * in turn, so that who decodes them at once need not hold one stream until another has come.
 *
 * @param streams - of each segment, in their order; 1 to 16
 * @returns headers and views on the streams, in turn
 */
export function* packets(streams: readonly Uint8Array[]): Generator<Uint8Array> {
  const longest = Math.max(...streams.map((stream) => stream.length));
  let from = 0;
  while (from < longest) {
    const size = from === 0 && streams.length > 1 ? PACKET_BYTES_SMALL : PACKET_BYTES_MAXIMUM;
    for (const [segment, stream] of streams.entries()) {
      const packet = stream.subarray(from, from + size);
      if (packet.length === 0) continue;
      yield packetHead(segment, packet.length);
      yield packet;
    }
    from += size;
  }
}

function packetHead(segment: number, size: number): Uint8Array {
  for (let f = 1; f < 4; f++) {
    if (size === 1024 << (2 * f)) return Uint8Array.of((f << 4) | segment);
  }
  return Uint8Array.of(segment, (size - 1) & 255, (size - 1) >> 8);
}

function bad(why: string, facts: Readonly<Record<string, unknown>> = {}): PithError {
  return new PithError("BadLeptonFile", { why, ...facts });
}
