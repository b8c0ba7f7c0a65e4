import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { staticParameters } from './static-parameters.ts';

/** Names of files and addresses, and settings of recovery and debugging, which RDS does not let anybody set. */
const notOnRds =
  /^(bonjour|cluster_name$|data_|dynamic_shared|event_source|external_pid|hba_|ident_|config_file|ignore_|debug_|listen_|recovery_|trace_|unix_)/;

test('the list has every parameter that PostgreSQL 18 reads at start only', async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select name from pg_settings where context = 'postmaster'",
    );
    expect(rows.length).toBeGreaterThan(40);
    const missing = rows
      .map((row) => row.name)
      .filter((name) => !notOnRds.test(name) && !staticParameters.has(name));
    expect(missing).toEqual([]);
  } finally {
    await client.end();
    await database.drop();
  }
});
