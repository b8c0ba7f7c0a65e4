import type { UnfinishedRun } from '@ecommerce-dms/seeder';
import type { Check } from '@ecommerce-dms/validator';
import { commandFor } from '../command-for.ts';
import { describeUnfinishedRun } from './open-database.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';

/** Finds a load that was cut off: what else is found then follows from it, and is not to be fixed one by one. */
export function unfinishedRunCheck(run: UnfinishedRun | undefined, environment: LoadedEnvironment): Check {
  return {
    kind: 'findings',
    id: 'load.unfinished',
    description:
      'No bulk load was cut off: all constraints, indexes and triggers that one sets aside are back.',
    severity: 'error',
    find: async () =>
      run === undefined
        ? []
        : [
            {
              object: `plan ${run.plan}`,
              severity: 'error',
              message: `${describeUnfinishedRun(run, environment)} Set aside: ${run.setAside.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.`,
              fix: `Run '${commandFor(environment, 'seed --undo')}' before you fix anything else.`,
            },
          ],
  };
}
