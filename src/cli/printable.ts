/**
 * Names and messages made harmless for a terminal.
 *
 * Keys and file names are other people's bytes: they may hold line ends that fake a second line,
 * commands that a terminal obeys, or marks that turn the direction of writing.
 */

/** `text` with control characters (line ends and terminal commands among them) written as \xNN. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      const code = character.charCodeAt(0);
      return code < 256
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    },
  );
}
