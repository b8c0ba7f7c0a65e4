import type { TakenSnapshot } from '@ecommerce-dms/aws/snapshot';
import { stage } from '../declare-stage.ts';
import { isProduction } from '../is-production.ts';
import { synth } from './synth.ts';

/** Takes a snapshot of each database of the environment, and waits until it can be restored from. */
export const backup = stage({
  name: 'backup',
  help: 'take a snapshot of the database on AWS',
  details: 'A deployment takes one in production only, before the migrations.',
  job: 'apply',
  title: 'Taking a snapshot',
  target: 'aws',
  // Of what a migration could break. Elsewhere its data can be generated again.
  isFor: isProduction,
  needs: { synth },
  run: async ({ environment, signal, progress }, { synth }) => {
    const { takeSnapshot } = await import('@ecommerce-dms/aws/snapshot');
    const { databasesOfStack, timeInName } = await import('../aws/databases-of-stack.ts');
    const { name, settings } = environment;
    const time = timeInName(new Date());
    const snapshots: (TakenSnapshot & { database: string })[] = [];
    for (const database of databasesOfStack(synth.json)) {
      const { identifier } = database;
      const taken = await takeSnapshot({
        region: settings.aws.region,
        database,
        snapshot: `${identifier}-${time}`,
        // Without the tag it could not be attributed to the stack once that is gone.
        tags: { Stack: `shop-${name}`, Environment: name },
        signal,
        onProgress: progress,
      });
      snapshots.push({ ...taken, database: identifier });
    }
    return {
      summary: snapshots.map(({ identifier, sizeGib }) => `${identifier} (${sizeGib} GiB)`).join(', '),
      result: { snapshots },
    };
  },
});
