import { UserError } from '@ecommerce-dms/errors';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import type { Options } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
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

/** A client that ends with the test. */
export async function openClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // Tests end sessions on purpose, and a database is dropped with force.
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Creates a role that may log in, and gives the URL as it. Roles belong to the whole cluster: name it uniquely. */
export async function createLogin(client: Client, url: string, role: string): Promise<string> {
  await client.query(`create role ${role} login password 'secret'`);
  return Object.assign(new URL(url), { username: role, password: 'secret' }).href;
}

/** The first column of the rows. */
export async function column(client: Client, sql: string): Promise<unknown[]> {
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  return rows.map((row: unknown[]) => row[0]);
}

/** Waits until a query gives `true`. */
export async function until(client: Client, sql: string): Promise<void> {
  while ((await column(client, sql))[0] !== true) await new Promise((resolve) => setTimeout(resolve, 20));
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
