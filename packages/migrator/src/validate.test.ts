import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const one = migration('Migration1', ['create table item (id int)', 'insert into item values (1)']);
const two = migration('Migration2', ['select 1']);

test('every migration of the ledger is compared with its code', async () => {
  const { url } = await openDatabase();
  const opaque = {
    name: 'Migration4',
    class: class extends Migration {
      override async up(): Promise<void> {
        await this.execute('select 1');
      }
    },
  };
  const three = migration('Migration3', ['select 3']);
  const five = migration('Migration5', ['select 5']);
  const all = [one, two, three, opaque, five];
  const migrator = await openMigrator(url, all);
  await migrator.up({ to: 'Migration4' });
  await migrator.logMigration('Migration5');
  expect(await migrator.validate()).toMatchObject([
    { name: 'Migration1', verdict: 'same' },
    { name: 'Migration2', verdict: 'same' },
    { name: 'Migration3', verdict: 'same' },
    { name: 'Migration4', verdict: 'undecided', reason: expect.stringContaining('ran queries itself') },
    {
      name: 'Migration5',
      verdict: 'undecided',
      reason: expect.stringContaining('recorded without being run'),
    },
  ]);
  const changed = migration('Migration1', [
    'create  table item (id int); -- as before',
    'insert into item values (2)',
    'select 7',
  ]);
  const random = {
    name: 'Migration2',
    class: class extends Migration {
      override up(): void {
        this.addSql(`select ${Math.random()}`);
      }
    },
  };
  const edited = await openMigrator(url, [changed, random, opaque, five]);
  expect(await edited.validate()).toEqual([
    {
      name: 'Migration1',
      path: undefined,
      verdict: 'changed',
      differences: [
        { change: 'removed', sql: 'insert into item values (1)' },
        { change: 'added', sql: 'insert into item values (2)' },
        { change: 'added', sql: 'select 7' },
      ],
    },
    {
      name: 'Migration2',
      path: undefined,
      verdict: 'undecided',
      reason: expect.stringContaining('emits other statements each time'),
    },
    { name: 'Migration3', verdict: 'undecided', reason: 'it is not in the code' },
    expect.objectContaining({ name: 'Migration4', verdict: 'undecided' }),
    expect.objectContaining({ name: 'Migration5', verdict: 'undecided' }),
  ]);
});

test('the ledger keeps what was run, without passwords', async () => {
  const { url, client } = await openDatabase();
  const role = `keeper_${client.database}`;
  const secret = migration('Migration1', [
    `create role ${role} password 's3cret'; create table item (name text)`,
    `insert into item values ('it''s')`,
  ]);
  const migrator = await openMigrator(url, [secret]);
  await migrator.up();
  expect(await column(client, 'select statements from migration_ledger')).toEqual([
    [
      `create role ${role} password '***'`,
      'create table item (name text)',
      `insert into item values ('it''s')`,
    ],
  ]);
  expect(await migrator.validate()).toMatchObject([{ verdict: 'same' }]);
  await client.query(`drop role ${role}`);
});

test('a ledger whose fingerprints another version of the parser has made is no ledger of changed migrations', async () => {
  const { url, client } = await openDatabase();
  const half = migration('Migration3', [
    'create table half ()',
    'vacuum half',
    'insert into missing values (1)',
  ]);
  const migrator = await openMigrator(url, [one, two, half]);
  await migrator.up().catch(() => undefined);
  await client.query(`update migration_ledger set fingerprint = 'of another version'`);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied', 'Migration3 failed']);
  expect(await migrator.validate()).toMatchObject([
    { verdict: 'same' },
    { verdict: 'same' },
    { verdict: 'same' },
  ]);
  await client.query('create table missing (id int)');
  expect(await migrator.up()).toEqual([{ name: 'Migration3' }]);
});

test('validate() takes no lock and creates nothing', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [one]);
  expect(await migrator.validate()).toEqual([]);
  expect(await column(client, `select count(*)::int from pg_tables where schemaname = 'public'`)).toEqual([
    0,
  ]);
});
