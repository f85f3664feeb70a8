/**
 * Coefficient model: what codes the coefficients of a JPEG. Two are known, each with a kernel of its own
 * and a version of the file:
 *
 *   lepton   versions 1 to 4 of the file, which other programs know: docs/formats/lepton.md
 *   dense    version 65, ours alone, with tables that were trained beforehand: docs/formats/jpeg-dense.md
 *
 * All else (reading and writing JPEGs, segments, chunks, packets, proofs) is the same for both.
 */
export type CoefficientModel = "lepton" | "dense";

/** Option of what works with either; Lepton's unless told. */
export interface ModelOption {
  readonly model?: CoefficientModel | undefined;
}
