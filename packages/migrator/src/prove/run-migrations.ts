import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';
import type { RunOptions } from '../options.ts';
import { withMigratorOn } from './on-database.ts';
import { type WireObserver, WireProxy } from './wire-proxy.ts';

/** What is run on each copy of a database: one migration, and after the last one the repeatable ones. */
export interface Subject {
  driver: AbstractSqlDriver;
  /** The name of the versioned migration. */
  name: string;
}

/** Applies the migration on a database, by the migrator's own code; returns what it failed with. */
export async function applyOn(
  { driver, name }: Subject,
  session: ClientConfig,
  options: Pick<RunOptions, 'unfinished'> = {},
): Promise<unknown> {
  try {
    await withMigratorOn(driver, session, (migrator) =>
      migrator.up({
        ...options,
        checkSum: false,
        allowOutOfOrder: true,
        runBackfills: true,
        migrations: [name],
      }),
    );
    return undefined;
  } catch (error) {
    return error ?? new Error('the run failed');
  }
}

/**
 * As {@link applyOn}, while an observer sees all that is sent.
 *
 * @throws what the observer throws
 */
export async function applyThrough(
  subject: Subject,
  database: ClientConfig,
  observer: (proxy: Pick<WireProxy, 'cut'>) => WireObserver,
): Promise<unknown> {
  await using proxy = await WireProxy.open(database);
  proxy.observe(observer(proxy));
  const error = await applyOn(subject, proxy.session);
  if (proxy.failure !== undefined) throw proxy.failure;
  return error;
}
