export { findRemnants, type TeardownOptions, type TeardownReport } from './find-remnants.ts';
export type { Remnant } from './remnant.ts';
