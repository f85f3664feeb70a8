/**
 * The front door of filters: reversible changes that make bytes easier for a general codec, in Node
 * and in browsers.
 */

export { applyFilter, loadFilters, undoFilter } from "./apply.ts";
export { type ChooseOptions, chooseFilter, type FilterChoice } from "./choose.ts";
export { detectFilters } from "./detect.ts";
export {
  describeFilter,
  type Filter,
  filterName,
  readFilter,
  writeFilter,
} from "./filter.ts";
