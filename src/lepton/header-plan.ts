/**
 * Header plan: what stands before the bytes of a dense file's header, so that its parts can be put together.
 *
 *   bytes of tokens | bytes of the rest | JPEGs | each: coded bytes, pieces, gap | bytes, gap | ... gap
 *
 * A gap counts the header's bytes since the piece before; a JPEG's last piece is as long as what is left of
 * it. All numbers are varints: seven bits a byte, lowest first, the top bit says that more follow.
 */
import { PithError } from "../core/errors.ts";
import { DENSE_EMBEDDED_MAXIMUM, LEPTON_HEADER_BYTES_MAXIMUM } from "../core/limits.ts";

/** A JPEG that was taken out. */
export interface PlannedJpeg {
  readonly codedBytes: number;
  /** Bytes of the header, without those of JPEGs, between a piece and the one before. */
  readonly gaps: readonly number[];
  /** Of all pieces but the last. */
  readonly pieceBytes: readonly number[];
}

export interface HeaderPlan {
  /** Bytes that the model has coded behind the plan. */
  readonly tokenBytes: number;
  /** Bytes of the deflate stream of what comes after those; 0 for none. */
  readonly restBytes: number;
  readonly jpegs: readonly PlannedJpeg[];
}

const VARINT_BYTES_MAXIMUM = 5;
/** A stream of segments has no more of them: those of a header have 64 KiB each. */
const PIECES_MAXIMUM = 2048;

export function writePlan({ tokenBytes, restBytes, jpegs }: HeaderPlan): Uint8Array {
  const numbers = [tokenBytes, restBytes, jpegs.length];
  for (const { codedBytes, gaps, pieceBytes } of jpegs) {
    numbers.push(codedBytes, gaps.length);
    for (const [i, gap] of gaps.entries()) numbers.push(gap, ...pieceBytes.slice(i, i + 1));
  }
  return Uint8Array.from(numbers.flatMap(varint));
}

/**
 * Reads a plan.
 *
 * @param next - gives the next byte
 * @throws PithError "BadLeptonFile"
 */
export function readPlan(next: () => number): HeaderPlan {
  const number = (maximum = LEPTON_HEADER_BYTES_MAXIMUM): number => readVarint(next, maximum);
  const [tokenBytes, restBytes] = [number(), number()];
  const jpegs: PlannedJpeg[] = [];
  for (let count = number(DENSE_EMBEDDED_MAXIMUM); count > 0; count--) {
    const codedBytes = number();
    const pieces = number(PIECES_MAXIMUM);
    const gaps: number[] = [];
    const pieceBytes: number[] = [];
    for (let i = 1; i <= pieces; i++) {
      gaps.push(number());
      if (i < pieces) pieceBytes.push(number());
    }
    if (pieces === 0) throw broken("a JPEG without a place");
    jpegs.push({ codedBytes, gaps, pieceBytes });
  }
  return { tokenBytes, restBytes, jpegs };
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push(128 | (left % 128));
  bytes.push(left);
  return bytes;
}

/** @throws PithError "BadLeptonFile" */
export function readVarint(next: () => number, maximum: number): number {
  let value = 0;
  for (let i = 0; i < VARINT_BYTES_MAXIMUM; i++) {
    const byte = next();
    value += (byte % 128) * 128 ** i;
    if (byte < 128) {
      if (value > maximum) throw broken("a number beyond what can be");
      return value;
    }
  }
  throw broken("a number that does not end");
}

function broken(why: string): PithError {
  return new PithError("BadLeptonFile", { part: "header", why });
}
