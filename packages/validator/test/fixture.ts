import { createHash } from 'node:crypto';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';

/** A fresh database with `sql` applied (once a run, then cloned): its URL, and a way to run more SQL as superuser. */
export async function fixture(sql: string) {
  const name = `validator_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
  const database = await createTestDatabase({ template: { name, prepare: (url) => apply(url, sql) } });
  const client = new Client(database.url);
  client.on('error', () => undefined);
  onTestFinished(async () => {
    await client.end();
    await database.drop();
  });
  await client.connect();
  return {
    url: database.url,
    name: database.name,
    execute: async (text: string, values: unknown[] = []) =>
      (await client.query<Record<string, unknown>>(text, values)).rows,
  };
}

/** The URL of a new login role without any privilege but CONNECT, and what removes it. */
export async function loginRole(
  database: Awaited<ReturnType<typeof fixture>>,
  grants: (role: string) => string = () => '',
): Promise<{ name: string; url: string }> {
  const name = `role_${database.name}`;
  await database.execute(`create role ${name} login password 'test'`);
  await database.execute(`grant usage on schema public to ${name}; ${grants(name)}`);
  onTestFinished(async () => {
    await database.execute(`drop owned by ${name}`);
    await database.execute(`drop role ${name}`);
  });
  const url = new URL(database.url);
  url.username = name;
  url.password = 'test';
  return { name, url: url.href };
}

async function apply(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
