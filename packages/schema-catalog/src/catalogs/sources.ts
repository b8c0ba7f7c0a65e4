import type { Source } from '../source.ts';
import { clusterSources } from './cluster.ts';
import { otherSources } from './others.ts';
import { relationSources } from './relations.ts';
import { routineSources } from './routines.ts';
import { typeSources } from './types.ts';

/** All that is read. */
export const sources: readonly Source[] = [
  ...relationSources,
  ...typeSources,
  ...routineSources,
  ...clusterSources,
  ...otherSources,
];
