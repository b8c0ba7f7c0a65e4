import type { Progress } from '@ecommerce-dms/seeder';
import { Option } from 'commander';
import { stage } from '../declare-stage.ts';
import { isProduction } from '../is-production.ts';
import type { SeedSettings } from '../seed-hints.ts';
import type { Stage } from '../stage.ts';
import { wholeNumber } from '../ui/flag-values.ts';
import { progressBar } from '../ui/progress-bar.ts';

/** Flags; what is left out follows from the settings. */
export interface SeedOptions extends Partial<SeedSettings> {
  undo?: boolean;
  discardRowsOfOthers?: boolean;
}

const undefinedTable = '42P01';

/** Fills the database with customers, carts, orders, payments and what belongs to them. */
export const seed = stage({
  name: 'seed',
  help: 'generate customers, carts, orders and payments',
  details:
    'Refuses production, and a database that has orders, unless told otherwise; a deployment leaves both as they are.',
  job: 'database',
  title: 'Generating data',
  flags: [
    new Option('--orders <n>', 'orders to generate (default: the setting, 10000)').argParser(wholeNumber),
    new Option('--seed <n>', 'number that the data follows from (default: the setting, 1)').argParser(
      wholeNumber,
    ),
  ],
  ownFlags: [
    new Option('--allow-production', 'seed an environment of the production preset'),
    new Option('--allow-non-empty', 'seed a database that has orders already'),
    new Option('--undo', 'only undo a load that was cut off'),
    new Option(
      '--discard-rows-of-others',
      'undo it even if that deletes rows that others wrote meanwhile',
    ).implies({ undo: true }),
  ],
  mode: (options: SeedOptions): Stage | undefined => (options.undo === true ? undo : undefined),
  isFor: (environment) => !isProduction(environment),
  writes: true,
  run: async (context, _needs, options: SeedOptions) => {
    const { shopPlan } = await import('@ecommerce-dms/entities/seed');
    const { seed } = await import('@ecommerce-dms/seeder');
    const { openDatabase } = await import('../database/open-database.ts');
    const { withSeedCommand } = await import('../seed-hints.ts');
    const { environment, signal, progress } = context;
    const { settings } = environment;
    const asked = {
      ...options,
      orders: options.orders ?? settings.orders,
      seed: options.seed ?? settings.seed,
    };
    if (asked.orders === 0) return left('none asked for', 0);
    const { migrator: url } = await openDatabase(context, 'write');
    if (asked.keepExisting === true) {
      const orders = await countOrders(url, signal);
      if (orders > 0) return left(`${count(orders)} orders, kept`, orders);
    }
    const loaded = await seed({
      url,
      // The data ends with the day before, so that a day's runs give the same rows.
      plan: shopPlan({ orders: asked.orders, at: startOfDay(new Date()) }),
      seed: asked.seed,
      environment: settings.target === 'aws' ? settings.aws.preset : environment.name,
      allowNonEmpty: asked.allowNonEmpty ?? false,
      allowProduction: asked.allowProduction ?? false,
      signal,
      onProgress: (now) => progress(describe(now)),
    }).catch((error: unknown) => {
      throw withSeedCommand(error, environment, asked);
    });
    const orders = await countOrders(url, signal);
    const rate = (loaded.totalRows / loaded.ms.total) * 1000;
    return {
      summary: `${count(orders)} orders, ${count(loaded.totalRows)} rows at ${count(rate)} rows/s`,
      result: {
        /** Orders in the database now. */
        orders,
        /** What was loaded; undefined when nothing was. */
        loaded,
      },
    };
  },
});

/** Undoes a load that was cut off, and loads nothing. */
const undo = stage({
  name: 'seed --undo',
  title: 'Undoing a load',
  writes: true,
  run: async (context, _needs, options: SeedOptions) => {
    const { openDatabase } = await import('../database/open-database.ts');
    const { undone } = await openDatabase(context, 'write', options);
    return {
      summary: undone === undefined ? 'no load to undo' : `the load of the plan '${undone}' is undone`,
      /** Plan of the load that was undone; null if there was none to undo. */
      result: { undone: undone ?? null },
    };
  },
});

function left(summary: string, orders: number) {
  return { summary, result: { orders, loaded: undefined } };
}

function describe({ phase, done, total, rate, secondsLeft }: Progress): string {
  if (phase === 'load') return progressBar({ done, total, ratePerSecond: rate, secondsLeft });
  return total > 1 ? `${phase}: ${done} of ${total}` : phase;
}

/** None in a database that has not been migrated, too: what it lacks is the seeder's to say. */
async function countOrders(url: string, signal: AbortSignal): Promise<number> {
  const { withClient } = await import('../database/with-client.ts');
  return await withClient(
    url,
    async (client) => {
      const { rows } = await client.query<{ orders: number }>(
        'select count(*)::float8 as orders from sales_order',
      );
      return rows[0]?.orders ?? 0;
    },
    signal,
  ).catch((error: unknown) => {
    if ((error as { code?: string }).code === undefinedTable) return 0;
    throw error;
  });
}

function startOfDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
