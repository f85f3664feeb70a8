/**
 * One launcher at a time installs and builds; others wait and then find the work done.
 *
 * The lock is a file that holds the process id of its owner, made with the flag that refuses an
 * existing file. The lock of a process that is gone is taken over.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { say } from "./install.mjs";

const LOOK_MS = 100;
/** A wait is announced after this: most are over before. */
const ANNOUNCE_MS = 2_000;
/** Longer than any installation; then the process id most likely belongs to someone else by now. */
const GIVE_UP_MS = 15 * 60_000;
/** A lock file without a process id is one being written, or one of a process killed just then. */
const UNWRITTEN_MS = 10_000;

/**
 * Runs `work` while holding the lock.
 *
 * @param {string} file
 * @param {() => Promise<void>} work
 * @throws what `work` throws; Error when the lock is not given up in 15 minutes
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const start = Date.now();
  let announced = false;
  while (!take(file)) {
    if (ownerIsGone(file)) {
      removeDead(file);
      continue;
    }
    const waited = Date.now() - start;
    if (waited > GIVE_UP_MS) throw new Error(`another build holds ${file}; remove it if none runs`);
    if (waited > ANNOUNCE_MS && !announced) {
      announced = true;
      say("waiting for another installation or build in this folder");
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {boolean} whether the file is ours now
 */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes the lock of a dead process. Two waiters may see it at once; the second file keeps the
 * slower of them from removing the lock that the faster one has just taken.
 *
 * @param {string} file
 */
function removeDead(file) {
  const guard = `${file}.removal`;
  if (!take(guard)) {
    if (ownerIsGone(guard)) rmSync(guard, { force: true });
    return;
  }
  if (ownerIsGone(file)) rmSync(file, { force: true });
  rmSync(guard, { force: true });
}

/**
 * @param {string} file
 * @returns {boolean} whether the file is there and its process is not
 */
function ownerIsGone(file) {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    if (owner > 0) return !isAlive(owner);
    return existsSync(file) && Date.now() - statSync(file).mtimeMs > UNWRITTEN_MS;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM"; // there, but another user's
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
