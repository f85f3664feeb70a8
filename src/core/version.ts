/**
 * Version: the build that runs, as the package says. The package lies two folders up both from
 * src/core and from dist/core, so the same line works for sources and for what is published.
 *
 * For Node only, and small: `pith --version` loads nothing else.
 */
import { readFileSync } from "node:fs";

let known: string | undefined;

/** For example "0.1.0"; read once. */
export function buildVersion(): string {
  known ??= readVersion();
  return known;
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version?: unknown }).version);
}
