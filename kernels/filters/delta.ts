/**
 * Delta: each byte or word less the one a distance before it, modulo its size.
 *
 *   bytes   | distance bytes stay | difference to the byte `distance` before | ...
 *   words   | phase bytes stay | stride words stay | differences | rest of a word stays |
 *
 * Words are 16 or 32 bits wide, little- or big-endian, and keep their order. Apply goes from the end
 * to the start, so that what it subtracts is still plain; undo goes forward and adds what it has
 * just made. Vectors are used where a step does not need its own result: always when applying,
 * and from a distance of sixteen bytes on when undoing.
 */

/** Byte order of words, as a type argument. */
export class Little {}
export class Big {}

/** Applies the byte delta to [from, end). */
export function applyBytes(from: usize, end: usize, distance: usize): void {
  if (end - from <= distance) return;
  const first = from + distance;
  let at = end;
  if (ASC_FEATURE_SIMD) {
    while (at - first >= 16) {
      at -= 16;
      v128.store(at, i8x16.sub(v128.load(at), v128.load(at - distance)));
    }
  }
  while (at > first) {
    at--;
    store<u8>(at, load<u8>(at) - load<u8>(at - distance));
  }
}

/** Takes the byte delta back. */
export function undoBytes(from: usize, end: usize, distance: usize): void {
  if (end - from <= distance) return;
  let at = from + distance;
  if (ASC_FEATURE_SIMD) {
    if (distance >= 16) {
      while (end - at >= 16) {
        v128.store(at, i8x16.add(v128.load(at), v128.load(at - distance)));
        at += 16;
      }
    }
  }
  if (distance == 1) {
    // The sum in a local: through memory each byte would wait for the one before to be stored.
    let sum: u32 = load<u8>(from);
    for (; at < end; at++) {
      sum += load<u8>(at);
      store<u8>(at, sum);
    }
    return;
  }
  for (; at < end; at++) store<u8>(at, load<u8>(at) + load<u8>(at - distance));
}

/** Applies the delta of words of type `TWord` to [from, end). */
export function applyWords<TWord extends number, TOrder>(
  from: usize,
  end: usize,
  stride: usize,
): void {
  const distance = stride * sizeof<TWord>();
  if (end - from <= distance) return;
  const first = from + distance;
  let at = from + ((end - from) & ~(sizeof<TWord>() - 1));
  if (ASC_FEATURE_SIMD) {
    while (at >= first + 16) {
      at -= 16;
      const value = ordered16<TWord, TOrder>(v128.load(at));
      const before = ordered16<TWord, TOrder>(v128.load(at - distance));
      v128.store(at, ordered16<TWord, TOrder>(v128.sub<TWord>(value, before)));
    }
  }
  while (at > first) {
    at -= sizeof<TWord>();
    const value = ordered<TWord, TOrder>(load<TWord>(at, 0, 1));
    const before = ordered<TWord, TOrder>(load<TWord>(at - distance, 0, 1));
    store<TWord>(at, ordered<TWord, TOrder>(<TWord>(<u32>value - <u32>before)), 0, 1);
  }
}

/** Takes the delta of words back. */
export function undoWords<TWord extends number, TOrder>(
  from: usize,
  end: usize,
  stride: usize,
): void {
  const distance = stride * sizeof<TWord>();
  if (end - from <= distance) return;
  const wordsEnd = from + ((end - from) & ~(sizeof<TWord>() - 1));
  let at = from + distance;
  if (ASC_FEATURE_SIMD) {
    if (distance >= 16) {
      while (at + 16 <= wordsEnd) {
        const value = ordered16<TWord, TOrder>(v128.load(at));
        const before = ordered16<TWord, TOrder>(v128.load(at - distance));
        v128.store(at, ordered16<TWord, TOrder>(v128.add<TWord>(value, before)));
        at += 16;
      }
    }
  }
  while (at < wordsEnd) {
    const value = ordered<TWord, TOrder>(load<TWord>(at, 0, 1));
    const before = ordered<TWord, TOrder>(load<TWord>(at - distance, 0, 1));
    store<TWord>(at, ordered<TWord, TOrder>(<TWord>(<u32>value + <u32>before)), 0, 1);
    at += sizeof<TWord>();
  }
}

/** A word from its order in memory to the machine's, or back. */
// @ts-ignore: decorator
@inline
export function ordered<TWord extends number, TOrder>(value: TWord): TWord {
  if (idof<TOrder>() == idof<Big>()) return bswap<TWord>(value);
  return value;
}

/** The same for the words of a vector. */
// @ts-ignore: decorator
@inline
export function ordered16<TWord extends number, TOrder>(words: v128): v128 {
  if (idof<TOrder>() == idof<Little>() || sizeof<TWord>() == 1) return words;
  if (sizeof<TWord>() == 2) {
    return i8x16.shuffle(words, words, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  }
  return i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
