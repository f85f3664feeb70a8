/**
 * Configuration: what the service is told, from four places.
 *
 *   defaults  <  config file (JSON)  <  environment (PITH_PORT, ...)  <  flags
 *
 * Everything is checked at start and every error is told at once. A key that is not known
 * refuses to start: a misspelt setting must never mean a default.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import * as v from "valibot";
import { EFFORTS } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { THREADS_MAXIMUM } from "../core/limits.ts";
import { isLoopback } from "./http/same-host.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const Schema = v.strictObject({
  /** Folder that holds everything; made when it is not there. */
  data: v.pipe(v.string(), v.minLength(1)),
  /** Loopback only, as long as there are no access keys. */
  host: v.pipe(
    v.string(),
    v.check(
      isLoopback,
      "must be a loopback address (127.0.0.1, ::1, localhost) while no access keys are configured",
    ),
  ),
  /** 0 picks a free one. */
  port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
  /** When a put is acknowledged: after coding and proof, or once its plain bytes are durable. */
  mode: v.picklist(["verified", "async"]),
  effort: v.picklist(EFFORTS),
  /** Worker threads that code and prove. */
  threads: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(THREADS_MAXIMUM)),
  logLevel: v.picklist(LOG_LEVELS),
});

export type ServiceConfig = Readonly<v.InferOutput<typeof Schema>>;

/** What a command line may say; what is undefined was not said. */
export type ServiceFlags = {
  readonly [name in keyof ServiceConfig]?: ServiceConfig[name] | undefined;
} & {
  /** Path of a JSON file with settings. */
  readonly config?: string | undefined;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of a service that was told nothing. */
export function defaultConfig(): ServiceConfig {
  return {
    data: "pith-data",
    host: "127.0.0.1",
    port: 7484,
    mode: "verified",
    effort: "default",
    threads: availableParallelism(),
    logLevel: "info",
  };
}

/** Environment variables, and the settings they give. */
const VARIABLES: ReadonlyMap<string, keyof ServiceConfig> = new Map(
  Object.keys(Schema.entries).map((name) => [variableOf(name), name as keyof ServiceConfig]),
);

/** Variables of this prefix that belong to the command and to the tests. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(
  "CONFIG CORPUS FULL SEED SEED_FIRST SERVER SOAK_GIB SOAK_MINUTES"
    .split(" ")
    .map((name) => `PITH_${name}`),
);

/**
 * Puts the settings together.
 *
 * @param flags - what the command line said
 * @param environment - usually process.env
 * @returns a complete configuration; `data` is an absolute path
 * @throws PithError "BadConfig" whose fact `problems` names every error, or "FileIo" when the
 *   config file cannot be read
 */
export function resolveConfig(flags: ServiceFlags, environment: Environment): ServiceConfig {
  const { config: flagFile, ...said } = flags;
  const file = flagFile ?? environment["PITH_CONFIG"];
  const problems: string[] = [];
  const merged: Record<string, unknown> = {
    ...defaultConfig(),
    ...(file === undefined ? {} : readFile(file, problems)),
    ...readEnvironment(environment, problems),
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  };
  const result = v.safeParse(Schema, merged);
  for (const issue of result.issues ?? []) {
    const name = v.getDotPath(issue) ?? "the settings";
    const unknown = issue.type === "strict_object" && issue.expected === "never";
    problems.push(unknown ? `${name}: no such setting` : `${name}: ${issue.message}`);
  }
  if (!result.success || problems.length > 0) {
    throw new PithError("BadConfig", { problems: problems.join("; ") });
  }
  return { ...result.output, data: resolve(result.output.data) };
}

function readFile(path: string, problems: string[]): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw PithError.from(error, "FileIo", { path });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    problems.push(`${path}: not a JSON object`);
  } catch (error) {
    problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {};
}

function readEnvironment(environment: Environment, problems: string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("PITH_") || value === undefined || OTHER_VARIABLES.has(name)) continue;
    const setting = VARIABLES.get(name);
    if (setting === undefined) problems.push(`${name}: no such setting`);
    else found[setting] = typeof defaultConfig()[setting] === "number" ? toNumber(value) : value;
  }
  return found;
}

/** A number where the text is one; else the text, for the schema to complain about. */
function toNumber(text: string): number | string {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function variableOf(name: string): string {
  return `PITH_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
