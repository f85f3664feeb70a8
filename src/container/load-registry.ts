/**
 * Loading further codecs by the address of their modules, the same list on every thread: a
 * codec itself cannot be posted to a worker.
 */
import type { Codec } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { createRegistry, type Registry } from "./registry.ts";

/**
 * The built-in codecs and those of `modules`, each of which exports `codecs`.
 *
 * @throws PithError "BadConfig" when a module cannot be loaded or exports no codecs
 */
export async function loadRegistry(modules: readonly string[]): Promise<Registry> {
  const extra: Codec[] = [];
  for (const module of modules) {
    let loaded: { codecs?: unknown };
    try {
      loaded = (await import(module)) as typeof loaded;
    } catch (error) {
      throw PithError.from(error, "BadConfig", { module });
    }
    if (!Array.isArray(loaded.codecs)) {
      throw new PithError("BadConfig", { what: "the module exports no codecs", module });
    }
    extra.push(...(loaded.codecs as Codec[]));
  }
  return createRegistry(extra);
}
