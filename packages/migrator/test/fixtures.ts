import { UserError } from '@ecommerce-dms/errors';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import type { Options } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { lockClass } from '../src/advisory-lock.ts';
import { Migrator } from '../src/index.ts';
import { type ListedMigration, openOrm } from './migration.ts';

/** The migrator of an ORM that is closed at the end of the test. */
export async function openMigrator(
  url: string,
  migrationsList: ListedMigration[],
  options: Options = {},
): Promise<Migrator> {
  const orm = await openOrm(url, migrationsList, options);
  onTestFinished(() => orm.close(true));
  return Migrator.of(orm);
}

/** An empty database with a client on it, both gone at the end of the test. */
export async function openDatabase(): Promise<{ url: string; client: Client }> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return { url: database.url, client: await openClient(database.url) };
}

/** A client that is closed at the end of the test. */
export async function openClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // Tests end sessions on purpose, and a database is dropped with force.
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Creates a role that may log in, and returns the URL with it. Roles belong to the whole cluster: name it uniquely. */
export async function createLogin(client: Client, url: string, role: string): Promise<string> {
  await client.query(`create role ${role} login password 'secret'`);
  return Object.assign(new URL(url), { username: role, password: 'secret' }).href;
}

/** The first column of the rows. */
export async function column(client: Client, sql: string): Promise<unknown[]> {
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  return rows.map((row: unknown[]) => row[0]);
}

/** The indexes of a table by name, each with whether it is valid, such as `item_id true`. */
export function indexesOf(client: Client, table: string): Promise<unknown[]> {
  return column(
    client,
    `select indexrelid::regclass || ' ' || indisvalid from pg_index where indrelid = '${table}'::regclass order by 1`,
  );
}

/** Whether a session of the database waits for a lock in a statement that begins with `statement`, as an expression. */
export function waitsForLock(statement: string): string {
  return `exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '${statement}%')`;
}

/** Takes the advisory lock of a run, or of its work session, as another process would. */
export async function takeLock(client: Client, scope: 'run' | 'work'): Promise<void> {
  await client.query(`select pg_advisory_lock(${lockClass('migration_ledger')}, ${scope === 'run' ? 1 : 2})`);
}

/** Waits until an expression is true. */
export async function until(client: Client, expression: string): Promise<void> {
  while ((await column(client, `select ${expression}`))[0] !== true)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The names and states that `info()` shows. */
export async function states(migrator: Migrator): Promise<string[]> {
  return (await migrator.info()).map(({ name, state }) => `${name} ${state}`);
}

/** The UserError that a promise is rejected with, as plain values. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string }> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint ?? '' };
  }
  throw new Error('It did not fail.');
}
