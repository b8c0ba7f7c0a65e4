import { expect, test } from 'vitest';
import { fixture } from '../../test/fixture.ts';
import { notNull, references, rowCheck, type RowCheck, table, unique, validate } from '../index.ts';

const schemaSql = `
  create table parent (id int primary key, code text unique);
  create table child (id int primary key, parent_id int references parent, code text references parent (code),
    amount int not null check (amount >= 0), held int, kind text check (kind in ('a', 'b')),
    constraint held_check check (held <= amount + 5), unique (parent_id, kind));
  create unique index child_partial on child (held) where kind = 'a';
  insert into parent values (1, 'x');
  insert into child values (1, 1, 'x', 3, 2, 'a'), (2, null, null, 0, null, null);`;

const on = table('child');
const row = (that: string, nulls: 'pass' | 'fail' = 'pass') =>
  rowCheck({ id: `${that} ${nulls}`, description: that, on, that, nulls });
const link = (columns: string[], parentColumns: string[]) =>
  references({ id: 'link', description: 'x', table: 'child', columns, parent: 'parent', parentColumns });
const only = (columns: string[]) => unique({ id: 'only', description: 'x', table: 'child', columns });

async function stateOf(url: string, check: RowCheck, paranoid = false): Promise<string | undefined> {
  const report = await validate({ url, checks: [check], paranoid });
  expect(report.scans > 0).toBe(report.checks[0]?.state !== 'proven');
  return report.checks[0]?.state;
}

test.each([
  { given: 'the same CHECK', check: row('amount >= 0') },
  { given: 'a weaker predicate', check: row('amount > -3') },
  { given: 'a conjunction of two', check: row(`amount >= 0 and held <= amount + 5`) },
  { given: 'a wider list', check: row(`kind in ('a', 'b', 'c')`) },
  { given: 'NOT NULL', check: notNull({ id: 'x', description: 'x', table: 'child', column: 'amount' }) },
  { given: 'a primary key', check: only(['id']) },
  { given: 'a unique constraint, in another order', check: only(['kind', 'parent_id']) },
  { given: 'a superset of unique columns', check: only(['kind', 'id']) },
  { given: 'a foreign key', check: link(['parent_id'], ['id']) },
])('$given is proven without a scan, and scanned when paranoid', async ({ check }) => {
  const { url } = await fixture(schemaSql);
  expect(await stateOf(url, check)).toBe('proven');
  expect(await stateOf(url, check, true)).toBe('passed');
});

test.each([
  { given: 'a stronger predicate', check: row('amount >= 0 and amount < 100') },
  { given: 'a predicate whose NULL fails', check: row('held <= amount + 5', 'fail') },
  {
    given: 'a CHECK that is not validated',
    sql: 'alter table child add check (id > 0) not valid',
    check: row('id > 0'),
  },
  { given: 'a partial unique index', check: only(['held']) },
  { given: 'a part of the unique columns', check: only(['parent_id']) },
  { given: 'a foreign key to other columns', check: link(['code'], ['id']) },
  {
    given: 'a foreign key whose triggers are disabled',
    sql: 'alter table child disable trigger all',
    check: link(['parent_id'], ['id']),
  },
  {
    given: 'a foreign key whose triggers are disabled on the other side',
    sql: 'alter table parent disable trigger all',
    check: link(['parent_id'], ['id']),
  },
])('$given proves nothing', async ({ sql, check }) => {
  const { url, execute } = await fixture(schemaSql);
  if (sql !== undefined) await execute(sql);
  expect(await stateOf(url, check)).not.toBe('proven');
});

const orders = `
  create table parent (id int primary key);
  create table child (id int, parent_id int references parent, code text, primary key (id)) partition by range (id);
  create table child_1 partition of child for values from (0) to (10);
  create table child_2 partition of child for values from (10) to (20);
  insert into parent values (1);
  insert into child values (1, 1, 'x'), (11, 1, 'y');`;

test.each([
  {
    given: "a foreign key of a partitioned table whose partition's triggers are disabled",
    sql: 'alter table child_2 disable trigger all; insert into child values (12, 99)',
    check: link(['parent_id'], ['id']),
  },
  {
    given: 'a foreign key, of children by INHERITS',
    sql: `create table other (id int, parent_id int references parent); insert into other values (1, 1);
      create table other_child () inherits (other); insert into other_child values (2, 99);`,
    check: references({
      id: 'link',
      description: 'x',
      table: 'other',
      columns: ['parent_id'],
      parent: 'parent',
      parentColumns: ['id'],
    }),
  },
  {
    given: 'a unique index, over INHERITS',
    sql: `create table other (id int primary key); insert into other values (1);
      create table other_child () inherits (other); insert into other_child values (1);`,
    check: unique({ id: 'only', description: 'x', table: 'other', columns: ['id'] }),
  },
  {
    given: 'a unique index with a stricter idea of what is equal than its column',
    sql: `create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table other (code text collate loose); create unique index on other (code collate "C");
      insert into other values ('a'), ('A');`,
    check: unique({ id: 'only', description: 'x', table: 'other', columns: ['code'] }),
  },
  {
    given: 'a CHECK of a foreign table',
    sql: `create extension file_fdw; create server files foreign data wrapper file_fdw;
      create foreign table other (amount int not null check (amount > 0)) server files options (program 'echo -1');`,
    check: rowCheck({ id: 'x', description: 'x', on: table('other'), that: 'amount > 0' }),
  },
  {
    given: 'a CHECK with a function that was replaced',
    sql: `create function is_good(int) returns boolean immutable language sql return $1 < 100;
      create table other (amount int, check (is_good(amount))); insert into other values (50);
      create or replace function is_good(int) returns boolean immutable language sql return $1 < 10;`,
    check: rowCheck({ id: 'x', description: 'x', on: table('other'), that: 'is_good(amount)' }),
  },
  {
    given: 'a CHECK that a child by INHERITS does not have',
    sql: `create table other (amount int, constraint good check (amount > 0) no inherit); insert into other values (1);
      create table other_child () inherits (other); insert into other_child values (-1);`,
    check: rowCheck({ id: 'x', description: 'x', on: table('other'), that: 'amount > 0' }),
  },
])('$given is no proof of rows that break the rule', async ({ sql, check }) => {
  const { url, execute } = await fixture(orders);
  await execute(sql);
  expect(await stateOf(url, check)).toBe('failed');
});

test('NOT NULL that is not validated proves nothing', async ({ skip }) => {
  const { url, execute } = await fixture('create table other (amount int); insert into other values (null);');
  const [version] = await execute('show server_version_num');
  skip(Number(version?.['server_version_num']) < 180_000, 'PostgreSQL 18 has NOT NULL as constraints');
  await execute('alter table other add constraint known not null amount not valid');
  const check = notNull({ id: 'x', description: 'x', table: 'other', column: 'amount' });
  expect(await stateOf(url, check)).toBe('failed');
});

test('a setting that turns foreign keys off for a role voids their proofs', async () => {
  const { url, name, execute } = await fixture(orders);
  await execute(`alter database ${name} set session_replication_role = 'replica'`);
  expect(await stateOf(url, link(['parent_id'], ['id']))).toBe('passed');
  await execute(`alter database ${name} reset session_replication_role`);
  expect(await stateOf(url, link(['parent_id'], ['id']))).toBe('proven');
});

test('a unique index that lacks rows hides nothing from a paranoid run', async () => {
  const { url, name, execute } = await fixture(
    'create table other (id int); create unique index on other (id)',
  );
  const isReady = (ready: boolean) => `set allow_system_table_mods = on;
    update pg_index set indisready = ${ready} where indrelid = 'other'::regclass`;
  await execute(isReady(false));
  await execute('insert into other values (1), (1)');
  await execute(isReady(true));
  await execute(`alter database ${name} set enable_seqscan = off`);
  const check = unique({ id: 'only', description: 'x', table: 'other', columns: ['id'] });
  expect(await stateOf(url, check)).toBe('proven');
  expect(await stateOf(url, check, true)).toBe('failed');
});
