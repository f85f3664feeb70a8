/**
 * Paths below a target folder, made from names that others chose (keys of objects, names in a
 * walked folder): whatever the name, nothing is written outside the folder.
 *
 *   key "2025/b.jpg" in "out"  ->  out/2025/b.jpg
 *   key "../b", "/b", "a//b", "a/./b", "C:\\b" on Windows  ->  refused
 *
 * A name is refused as a whole, never mended: two keys must not become one file. Folders on
 * the way must be real folders: a symbolic link that lies in the target would lead out of it.
 */
import { lstat, mkdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { PithError } from "../core/errors.ts";
import { codeOf, fileFault } from "./file-fault.ts";

/** File systems take 255 bytes a name. */
const SEGMENT_BYTES_MAXIMUM = 255;

/**
 * The path of `name` below `folder`.
 *
 * @param name - parts with "/" between them
 * @throws PithError "UnsafePath" when a part is empty, ".", ".." or too long, or holds NUL or
 *   the system's own separator
 */
export function pathBelow(folder: string, name: string): string {
  const parts = name.split("/");
  for (const part of parts) {
    const why = refusal(part);
    if (why !== undefined) throw new PithError("UnsafePath", { why });
  }
  return join(folder, ...parts);
}

function refusal(part: string): string | undefined {
  if (part === "") return "a part of it is empty";
  if (part === "." || part === "..") return `a part of it is "${part}"`;
  if (part.includes("\0")) return "it holds a NUL";
  if (sep !== "/" && /[\\:]/.test(part)) return "it holds a separator of this system";
  if (Buffer.byteLength(part) > SEGMENT_BYTES_MAXIMUM) return "a part of it is too long";
  return undefined;
}

/** Makes the folders that files below `root` need, each looked at once. */
export class FolderMaker {
  readonly #root: string;
  readonly #ready = new Map<string, Promise<void>>();

  /** @param root - the target; made when missing, and it may itself be reached through a link */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Makes the folders on the way to the file `name` below the root.
   *
   * @param name - as `pathBelow` accepts it
   * @throws PithError "FileIo" when a part is a file or cannot be made, "UnsafePath" when it is
   *   a symbolic link
   */
  async makeFor(name: string): Promise<void> {
    await this.#once(this.#root, () => makeRoot(this.#root));
    let path = this.#root;
    for (const part of name.split("/").slice(0, -1)) {
      path = join(path, part);
      const folder = path;
      await this.#once(folder, () => makeReal(folder));
    }
  }

  #once(path: string, make: () => Promise<void>): Promise<void> {
    let ready = this.#ready.get(path);
    if (ready === undefined) {
      ready = make();
      this.#ready.set(path, ready);
    }
    return ready;
  }
}

async function makeRoot(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw codeOf(error) === "EEXIST"
      ? new PithError("FileIo", { target: path, why: "it is not a folder" }, error)
      : fileFault(error);
  }
}

async function makeReal(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw fileFault(error);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) {
      throw new PithError("UnsafePath", { folder: path, why: "it is a symbolic link" });
    }
    if (!stats.isDirectory()) {
      throw new PithError("FileIo", { folder: path, why: "a file has the name of a folder" });
    }
  }
}
