export { digest, type Digest } from './digest.ts';
export type { Value } from './encode/value.ts';
export {
  definePlan,
  type Emit,
  type Family,
  type Plan,
  type Random,
  randomOf,
  type TableColumns,
} from './plan.ts';
export type { Phase, Progress, ProgressListener } from './progress.ts';
export { calendar, type CalendarOptions } from './random/calendar.ts';
export { type Choice, weightedChoice, weightedKeys, zipfChoice } from './random/choice.ts';
export type { Draw } from './random/draw.ts';
export type { StreamKey } from './random/hash.ts';
export { permutation } from './random/permutation.ts';
export { Uuid } from './random/uuid.ts';
export { loadVocabulary, type Vocabulary } from './random/vocabulary.ts';
export { restore } from './run/restore.ts';
export { findUnfinishedRun, type UnfinishedRun } from './run/unfinished-run.ts';
export { seed, type SeedOptions, type SeedResult } from './seed.ts';
