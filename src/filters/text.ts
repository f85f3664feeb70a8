/**
 * Text: whether a unit is one, at a glance. Filters are for machine code, tables and pictures; where there
 * is no time to look for those everywhere, text is passed over.
 *
 *   sample   eight pieces of 1 KiB: how many bytes are neither printable ASCII nor white space
 */

const PIECES = 8;
const PIECE_BYTES = 1024;
/** One other byte in so many, for names with accents and the like. In the corpus's texts it is one in 300 at
 * most, in all else one in six at least. */
const BYTES_PER_OTHER = 16;

/** Whether nearly all bytes are those of ASCII text. */
export function looksLikeText(plain: Uint8Array): boolean {
  const free = Math.max(0, plain.length - PIECE_BYTES);
  let others = 0;
  let total = 0;
  for (let i = 0; i < PIECES; i++) {
    const at = Math.floor((free * i) / (PIECES - 1));
    for (const byte of plain.subarray(at, at + PIECE_BYTES)) {
      if (byte > 126 || (byte < 32 && (byte < 9 || byte > 13))) others++;
      total++;
    }
  }
  return others * BYTES_PER_OTHER <= total;
}
