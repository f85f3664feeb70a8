/**
 * x86 branches: distances in calls, jumps and RIP-relative operands become positions, so that two
 * references to one place have equal bytes.
 *
 *   E8 | E9           operand      call, jmp
 *   48..4F op modrm   operand      lea, mov, cmp, movsxd of a 64-bit register at RIP + operand
 *
 * An operand has four bytes, little-endian, and is converted when its top byte is 00 or FF. It then
 * stays so: what is added is sign-extended from 25 bits, which makes a step a bijection. A scan that
 * jumps over what it converted could still not be taken back, for an operand may change the bytes
 * that made an earlier place a candidate. Two walks can:
 *
 *   little   apply goes from the end to the start, undo from the start to the end, neither jumps: a
 *            step keeps the bytes it looks at, and undo takes the steps back in reverse order
 *   big      both go forward and jump over the operand of every candidate, which is stored
 *            big-endian whether or not it is converted: no byte of an operand is ever looked at
 *
 * Candidates are looked for sixteen places at a time. Format: docs/formats/filters.md.
 */

/** With or without operands at RIP: the type argument of all that follows. */
export class WithRip {}
export class WithoutRip {}

const OPERAND_BYTES: usize = 4;

/** Applies the little-endian form to [from, end). */
export function applyLittle<TRip>(from: usize, end: usize): void {
  let at = previousCandidate<TRip>(end, from);
  while (at != 0) {
    const operand = at + opcodeBytesAt<TRip>(at);
    if (operand + OPERAND_BYTES <= end) {
      const value = load<u32>(operand, 0, 1);
      const position = <u32>(operand + OPERAND_BYTES - from);
      if (isNear(value)) store<u32>(operand, extended(value + position), 0, 1);
    }
    at = previousCandidate<TRip>(at, from);
  }
}

/** Takes the little-endian form back. */
export function undoLittle<TRip>(from: usize, end: usize): void {
  let at = nextCandidate<TRip>(from, end);
  while (at < end) {
    const operand = at + opcodeBytesAt<TRip>(at);
    if (operand + OPERAND_BYTES <= end) {
      const value = load<u32>(operand, 0, 1);
      const position = <u32>(operand + OPERAND_BYTES - from);
      if (isNear(value)) store<u32>(operand, extended(value - position), 0, 1);
    }
    at = nextCandidate<TRip>(at + 1, end);
  }
}

/** Applies the big-endian form. */
export function applyBig<TRip>(from: usize, end: usize): void {
  let at = nextCandidate<TRip>(from, end);
  while (at < end) {
    const operand = at + opcodeBytesAt<TRip>(at);
    at++;
    if (operand + OPERAND_BYTES <= end) {
      const value = load<u32>(operand, 0, 1);
      const position = <u32>(operand + OPERAND_BYTES - from);
      store<u32>(operand, bswap<u32>(isNear(value) ? extended(value + position) : value), 0, 1);
      at = operand + OPERAND_BYTES;
    }
    at = nextCandidate<TRip>(at, end);
  }
}

/** Takes the big-endian form back. */
export function undoBig<TRip>(from: usize, end: usize): void {
  let at = nextCandidate<TRip>(from, end);
  while (at < end) {
    const operand = at + opcodeBytesAt<TRip>(at);
    at++;
    if (operand + OPERAND_BYTES <= end) {
      const value = bswap<u32>(load<u32>(operand, 0, 1));
      const position = <u32>(operand + OPERAND_BYTES - from);
      store<u32>(operand, isNear(value) ? extended(value - position) : value, 0, 1);
      at = operand + OPERAND_BYTES;
    }
    at = nextCandidate<TRip>(at, end);
  }
}

/** How many operands the little-endian form would convert if none overlapped: for choosing. */
export function countOperands<TRip>(from: usize, end: usize): i32 {
  let count = 0;
  let at = nextCandidate<TRip>(from, end);
  while (at < end) {
    const operand = at + opcodeBytesAt<TRip>(at);
    at++;
    if (operand + OPERAND_BYTES <= end && isNear(load<u32>(operand, 0, 1))) {
      count++;
      at = operand + OPERAND_BYTES;
    }
    at = nextCandidate<TRip>(at, end);
  }
  return count;
}

/** The first place in [at, end) that looks like an opcode; `end` when there is none. */
function nextCandidate<TRip>(at: usize, end: usize): usize {
  if (ASC_FEATURE_SIMD) {
    while (at + 16 <= end) {
      const marks = marksAt<TRip>(at);
      if (marks != 0) return at + <usize>ctz<i32>(marks);
      at += 16;
    }
  }
  while (at < end && opcodeBytesAt<TRip>(at) == 0) at++;
  return min(at, end);
}

/** The last place in [from, at) that looks like an opcode; 0 when there is none. */
function previousCandidate<TRip>(at: usize, from: usize): usize {
  if (ASC_FEATURE_SIMD) {
    while (at >= from + 16) {
      at -= 16;
      const marks = marksAt<TRip>(at);
      if (marks != 0) return at + <usize>(31 - clz<i32>(marks));
    }
  }
  while (at > from) {
    at--;
    if (opcodeBytesAt<TRip>(at) != 0) return at;
  }
  return 0;
}

/** Bytes of the opcode at `at`, or 0. Near the end it may look at bytes past it: there is no room
 * for an operand then, whatever they are. */
// @ts-ignore: decorator
@inline
function opcodeBytesAt<TRip>(at: usize): usize {
  const first: u32 = load<u8>(at);
  if ((first & 0xfe) == 0xe8) return 1;
  if (idof<TRip>() == idof<WithRip>()) {
    if ((first & 0xf8) == 0x48 && (load<u8>(at, 2) & 0xc7) == 0x05) {
      if (isRipOpcode(load<u8>(at, 1))) return 3;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isRipOpcode(opcode: u32): bool {
  const pair = opcode & 0xfd;
  return pair == 0x89 || pair == 0x39 || opcode == 0x8d || opcode == 0x63;
}

/** The same for sixteen places, a bit for each. */
// @ts-ignore: decorator
@inline
function marksAt<TRip>(at: usize): i32 {
  const first = v128.load(at);
  let marks = i8x16.eq(v128.and(first, i8x16.splat(<i8>0xfe)), i8x16.splat(<i8>0xe8));
  if (idof<TRip>() == idof<WithRip>()) {
    const prefix = i8x16.eq(v128.and(first, i8x16.splat(<i8>0xf8)), i8x16.splat(0x48));
    const third = v128.and(v128.load(at, 2), i8x16.splat(<i8>0xc7));
    const wide = v128.and(prefix, i8x16.eq(third, i8x16.splat(0x05)));
    if (v128.any_true(wide)) {
      const opcode = v128.load(at, 1);
      // 8B and 89 differ in one bit, as do 3B and 39.
      const pairs = v128.and(opcode, i8x16.splat(<i8>0xfd));
      let listed = v128.or(
        i8x16.eq(pairs, i8x16.splat(<i8>0x89)),
        i8x16.eq(pairs, i8x16.splat(0x39)),
      );
      listed = v128.or(listed, i8x16.eq(opcode, i8x16.splat(<i8>0x8d)));
      listed = v128.or(listed, i8x16.eq(opcode, i8x16.splat(0x63)));
      marks = v128.or(marks, v128.and(wide, listed));
    }
  }
  return i8x16.bitmask(marks);
}

/** Whether the top byte is 00 or FF. */
// @ts-ignore: decorator
@inline
function isNear(value: u32): bool {
  return value + 0x01000000 < 0x02000000;
}

/** The lower 25 bits, sign-extended. */
// @ts-ignore: decorator
@inline
function extended(value: u32): u32 {
  return <u32>(<i32>(value << 7) >> 7);
}
