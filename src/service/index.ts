/**
 * The service's front door: start it, stop it, read its settings.
 */
export {
  defaultConfig,
  resolveConfig,
  type ServiceConfig,
  type ServiceFlags,
} from "./config.ts";
export type { Health } from "./http/admin.ts";
export { GATE_FILE } from "./machine.ts";
export { type Service, type Surroundings, startService } from "./server.ts";
export type { CodecStats, ServiceStats } from "./stats.ts";
