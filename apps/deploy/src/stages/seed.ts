import { shopPlan } from '@ecommerce-dms/entities/seed';
import { type Progress, seed, type SeedResult } from '@ecommerce-dms/seeder';
import { openDatabase } from '../database/open-database.ts';
import { withClient } from '../database/with-client.ts';
import type { StageContext, StageOutcome } from '../stage.ts';
import { progressBar } from '../ui/progress-bar.ts';
import { type SeedStageOptions, withSeedCommand } from './seed-hints.ts';

const UNDEFINED_TABLE = '42P01';

export interface SeedStageResult {
  /** Orders in the database now. */
  orders: number;
  /** What was loaded; undefined when the data that was there is kept. */
  loaded: SeedResult | undefined;
}

/** Fills the database with customers, carts, orders, payments and what belongs to them. */
export async function seedDatabase(
  context: StageContext,
  options: SeedStageOptions,
): Promise<StageOutcome<SeedStageResult>> {
  const { environment, signal, progress } = context;
  if (options.orders === 0) return { summary: 'none asked for', result: { orders: 0, loaded: undefined } };
  const { migrator: url } = await openDatabase(context, 'write');
  if (options.keepExisting === true) {
    const orders = await countOrders(url, signal);
    if (orders > 0)
      return { summary: `${count(orders)} orders, kept`, result: { orders, loaded: undefined } };
  }
  const { aws } = environment.settings;
  const loaded = await seed({
    url,
    // The data ends with the day before, so that a day's runs give the same rows.
    plan: shopPlan({ orders: options.orders, at: startOfDay(new Date()) }),
    seed: options.seed,
    environment: environment.settings.target === 'aws' ? aws.preset : environment.name,
    allowNonEmpty: options.allowNonEmpty ?? false,
    allowProduction: options.allowProduction ?? false,
    signal,
    onProgress: (now) => progress(describe(now)),
  }).catch((error: unknown) => {
    throw withSeedCommand(error, environment, options);
  });
  const orders = await countOrders(url, signal);
  const rate = (loaded.totalRows / loaded.ms.total) * 1000;
  return {
    summary: `${count(orders)} orders, ${count(loaded.totalRows)} rows at ${count(rate)} rows/s`,
    result: { orders, loaded },
  };
}

function describe({ phase, done, total, rate, secondsLeft }: Progress): string {
  if (phase === 'load') return progressBar({ done, total, ratePerSecond: rate, secondsLeft });
  return total > 1 ? `${phase}: ${done} of ${total}` : phase;
}

/** None in a database that has not been migrated, too: what it lacks is the seeder's to say. */
async function countOrders(url: string, signal: AbortSignal): Promise<number> {
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
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return 0;
    throw error;
  });
}

function startOfDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
