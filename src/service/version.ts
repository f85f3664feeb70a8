/**
 * Version: the build that runs, as the package says. The same path holds from src/service and
 * from dist/service.
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
