/**
 * Runs: the smallest generator, all literals and no copies.
 *
 * What there is to compare others with, and an example of how to write one.
 */
import { IrBuilder } from "./build.ts";
import type { Generator } from "./command.ts";

/** Bytes of one insert, so that the text has lines that can be looked at. */
const RUN_BYTES = 64 * 1024;

export const runs: Generator = {
  name: "runs",
  generate(plain) {
    const builder = new IrBuilder();
    for (let at = 0; at < plain.length; at += RUN_BYTES) {
      builder.insert(plain.subarray(at, at + RUN_BYTES));
    }
    return builder.finish();
  },
};
