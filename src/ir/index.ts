/**
 * The door of the IR: commands between bytes and bits. `pith/ir`.
 */
export { IrBuilder } from "./build.ts";
export type { Generator, Ir, IrPrices, Optimizer } from "./command.ts";
export { IrCursor } from "./cursor.ts";
