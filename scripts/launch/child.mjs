/**
 * Children of the launcher: a process that behaves as if it stood in the launcher's own place.
 *
 * It has our stdin, stdout and stderr; signals that we get, it gets; its exit code is ours. A
 * child that died of a signal counts as 128 + the signal's number, as in a shell.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";

const PARENT_LOOK_MS = 250;

/**
 * Runs a program to its end.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ watched?: boolean, toStderr?: boolean, env?: NodeJS.ProcessEnv, cwd?: string }} options -
 *   watched: end the child when our parent ends; toStderr: its stdout goes to stderr
 * @returns {Promise<number>} the exit code
 * @throws Error when the program cannot be started
 */
export function runChild(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: options.toStderr ? ["ignore", 2, 2] : "inherit",
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    // A service takes a second signal for "at once": the watch sends none after the first.
    const unwatch = options.watched ? endWithParent(() => child.kill("SIGTERM")) : () => {};
    const unhook = passSignals(child, unwatch);
    const settle = () => {
      unhook();
      unwatch();
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      settle();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/**
 * Passes our signals on. A terminal sends an interrupt and a hangup to all its processes by
 * itself: passing these on as well would look like a second Ctrl-C, "stop at once".
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => void} heard - called at each signal
 * @returns {() => void} stops passing on
 */
function passSignals(child, heard) {
  const terminal = process.stdin.isTTY || process.stderr.isTTY;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    heard();
    if (terminal && signal !== "SIGTERM") return;
    child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}

/**
 * Calls `end` once when our parent is gone. npm passes a signal to its shell only, which dies and
 * leaves us running; so under npm, and only there, we look whether the parent is still the same.
 *
 * @param {() => void} end
 * @returns {() => void} stops looking
 */
function endWithParent(end) {
  if (process.env["npm_lifecycle_event"] === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, PARENT_LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
