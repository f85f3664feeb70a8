/**
 * Record fields: what stands one behind the other in the header of a Lepton file, little-endian.
 */
import { viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";

/** Takes fields off an array and refuses to pass its end. */
export class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(size: number): Uint8Array {
    if (size > this.left) throw new PithError("BadLeptonFile", { why: "a record that is cut" });
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u32(): number {
    this.take(4);
    return this.#view.getUint32(this.#at - 4, true);
  }
}
