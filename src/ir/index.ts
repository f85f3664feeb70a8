/**
 * The door of the IR: the commands between bytes and bits. `pith/ir`.
 *
 * A generator turns bytes into commands, optimizers change them and keep their meaning, a codec turns
 * them into bits. Text form: docs/formats/ir.md.
 */
export { IrBuilder } from "./build.ts";
export type { Generator, Ir, Optimizer } from "./command.ts";
export { IrCursor } from "./cursor.ts";
export { mashIr } from "./mash.ts";
export { optimizeIr } from "./optimize/optimize.ts";
export { parseIr } from "./parse.ts";
export { printIr } from "./print.ts";
export { readIr } from "./read/read-ir.ts";
export { runIr } from "./run.ts";
export { runs } from "./runs.ts";
