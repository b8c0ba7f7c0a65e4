import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { safeParameters } from './parameter-group.ts';
import { staticParameters } from './static-parameters.ts';

/** Names of files and addresses, and settings of recovery and debugging, which RDS does not let anybody set. */
const notOnRds =
  /^(bonjour|cluster_name$|data_|dynamic_shared|event_source|external_pid|hba_|ident_|config_file|ignore_|debug_|listen_|recovery_|trace_|unix_)/;

interface Setting {
  name: string;
  context: string;
  vartype: string;
  min_val: string | null;
  max_val: string | null;
  enumvals: string[] | null;
}

let database: TestDatabase | undefined;
let settings: Map<string, Setting>;

beforeAll(async () => {
  database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<Setting>(
    'select name, context, vartype, min_val, max_val, enumvals from pg_settings',
  );
  settings = new Map(rows.map((row) => [row.name, row]));
  await client.end();
});
afterAll(() => database?.drop());

test('the list has every parameter that PostgreSQL 18 reads at start only', () => {
  const atStart = [...settings.values()].filter((setting) => setting.context === 'postmaster');
  expect(atStart.length).toBeGreaterThan(40);
  const missing = atStart
    .map((setting) => setting.name)
    .filter((name) => !notOnRds.test(name) && !staticParameters.has(name));
  expect(missing).toEqual([]);
});

test('PostgreSQL 18 knows each safe parameter, and its value is one that it takes', () => {
  const refused = Object.entries(safeParameters(18))
    .filter(([name]) => !name.startsWith('rds.'))
    .filter(([name, value]) => !takes(settings.get(name), value));
  expect(refused).toEqual([]);
});

function takes(setting: Setting | undefined, value: string): boolean {
  switch (setting?.vartype) {
    case 'bool':
      return value === '0' || value === '1';
    case 'enum':
      return setting.enumvals?.includes(value) === true;
    case 'integer':
    case 'real':
      return Number(value) >= Number(setting.min_val) && Number(value) <= Number(setting.max_val);
    case 'string':
      return true;
    default:
      return false;
  }
}

test('connections are logged in the way of each version', () => {
  expect([17, 18].map((version) => safeParameters(version)['log_connections'])).toEqual(['1', 'all']);
});
