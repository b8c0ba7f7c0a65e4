import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { type Constructor, defineEntity, p } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { Migrator } from '../src/index.ts';

const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary() } });

/** A migration as `migrationsList` takes it, which emits the given statements. */
export interface ListedMigration {
  name: string;
  class: Constructor<Migration>;
}

export function migration(name: string, up: readonly string[], down?: readonly string[]): ListedMigration {
  return {
    name,
    class: class extends Migration {
      override up(): void {
        for (const sql of up) this.addSql(sql);
      }
      override down(): void {
        if (down === undefined) return super.down() as undefined;
        for (const sql of down) this.addSql(sql);
      }
    },
  };
}

/** An ORM with our migrator, closed at the end of the test. */
export async function openMigrator(
  url: string,
  migrationsList: ListedMigration[],
  options: Options = {},
): Promise<Migrator> {
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl: url,
      entities: [Item],
      extensions: [Migrator],
      ...options,
      migrations: { migrationsList, silent: true, ...options.migrations },
    }),
  );
  onTestFinished(() => orm.close(true));
  return Migrator.of(orm);
}

/** An empty database with a client on it, both gone at the end of the test. */
export async function openDatabase(): Promise<{ url: string; client: Client }> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return { url: database.url, client: await openClient(database.url) };
}

export async function openClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The database is dropped with force at the end.
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
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
