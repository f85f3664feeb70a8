/**
 * What must be undone when a signal ends the command: temporary files, before all.
 *
 * While something is registered, SIGINT, SIGTERM and SIGHUP run it and then end the process the
 * way they would have, so that a shell sees 130 after Ctrl-C. While nothing is, the signals
 * are not touched.
 */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const undoings = new Set<() => void>();

/**
 * Registers an undoing; it has to be synchronous and must not throw.
 *
 * @returns takes the registration back, once the work it belongs to is done or undone
 */
export function undoOnInterrupt(undo: () => void): () => void {
  if (undoings.size === 0) for (const name of SIGNALS) process.on(name, interrupt);
  undoings.add(undo);
  return () => {
    undoings.delete(undo);
    if (undoings.size === 0) for (const name of SIGNALS) process.off(name, interrupt);
  };
}

function interrupt(signal: NodeJS.Signals): void {
  undoAll();
  process.kill(process.pid, signal);
}

/** Runs every undoing that is registered: for exits that no signal announces. */
export function undoAll(): void {
  for (const undo of undoings) undo();
  undoings.clear();
  for (const name of SIGNALS) process.off(name, interrupt);
}
