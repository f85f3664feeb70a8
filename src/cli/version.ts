/**
 * The build's name, read from the package that these files were installed with.
 *
 * It lies two folders up both from src/cli and from dist/cli, so the same line works for sources
 * and for what is published.
 */
import { readFileSync } from "node:fs";

/** The version of this build, for example "0.1.0". */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const described: unknown = JSON.parse(text);
  if (typeof described === "object" && described !== null && "version" in described) {
    return String(described.version);
  }
  return "unknown";
}
