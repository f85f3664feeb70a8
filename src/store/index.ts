/**
 * The front door of the store.
 */
export { restoreBackup } from "./backup.ts";
export { type BackupEntry, listBackups } from "./backup-list.ts";
export type { CheckReport } from "./check.ts";
export type { CollectReport } from "./collect.ts";
export type {
  ListPage,
  ListQuery,
  ObjectEntry,
  ObjectRow,
  Totals,
} from "./meta/meta.ts";
export { openStore, type Store } from "./store.ts";
